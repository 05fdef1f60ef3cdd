extension Figure {
  /// A value with the ends of its interval, in any unit.
  public typealias Estimate = (value: Double?, low: Double?, high: Double?)

  /// A point with its interval a category, below one another.
  ///
  /// - Parameters:
  ///   - name: the file's, without extension.
  ///   - description: what it shows, for readers who cannot see it.
  ///   - valueLabel: of the horizontal axis.
  ///   - categories: `[n]`, from top to bottom.
  ///   - estimates: `[n]`, finite or nil; without both ends a point alone, without value the word n/a.
  ///   - reference: where a dashed line stands.
  static func forest(
    _ name: String, description: String, valueLabel: String, categories: [String],
    estimates: [Estimate], reference: Double?
  ) -> Figure {
    var (points, intervals, undefined): ([[String]], [[String]], [Double]) = ([], [], [])
    for (row, estimate) in estimates.enumerated() {
      guard let value = estimate.value else {
        undefined.append(Double(row))
        continue
      }
      points.append(["\(value)", "\(row)"])
      if let low = estimate.low, let high = estimate.high {
        intervals.append(["\(low)", "\(row)", "\(high)"])
      }
    }
    let drawn = [
      ("intervals", intervals, "using 1:2:($3-$1):(0) with vectors nohead lw 1.6"),
      ("points", points, "using 1:2 with points pt 7 ps 0.7"),
    ].filter { !$0.1.isEmpty }
    let plots = drawn.map { "'@\(name)-\($0.0)@' \($0.2) lc rgb '\(colour(0))' notitle" }
    let (low, high) = range(estimates, reference)
    let line = reference.map {
      "set arrow 1 from \($0), graph 0 to \($0), graph 1 nohead lc rgb '#888888' dt 2"
    }
    let script = """
      set xlabel \(quoted(valueLabel))
      set ytics scale 0 (\(tics(categories))) nomirror
      set yrange [\(Double(categories.count) - 0.4):-0.6]
      set xrange [\(low):\(high)]
      set grid x lc rgb '#999999' lw 0.5 dt 3
      set border 3
      set xtics nomirror
      unset key
      set rmargin 5
      \(line ?? "")
      plot \(plots.isEmpty ? "-1 with lines" : plots.joined(separator: ", \\\n  "))

      """
    return Figure(
      name: name, descriptions: [description],
      data: drawn.map { ("\(name)-\($0.0)", $0.1) },
      script: axis(from: low, to: high) + Self.undefined(undefined, edge: 1) + script,
      size: (narrow, 90 + categories.count * 24))
  }

  /// What is drawn, the reference too, and a little more on either side; nought to one of nothing.
  private static func range(
    _ estimates: [Estimate], _ reference: Double?
  ) -> (low: Double, high: Double) {
    let known = estimates.filter { $0.value != nil }
    let drawn = known.flatMap { [$0.value, $0.low, $0.high] }.compactMap { $0 }
    guard !drawn.isEmpty, let low = (drawn + [reference ?? drawn[0]]).min(),
      let high = (drawn + [reference ?? drawn[0]]).max()
    else { return (0, 1) }
    let margin = high > low ? (high - low) * 0.05 : low == 0 ? 0.5 : low.magnitude * 0.05
    return (low - margin, high + margin)
  }
}
