extension Figure {
  /// A point with its interval a series, below one another a category.
  ///
  /// - Parameters:
  ///   - name: the file's, without extension.
  ///   - description: what it shows, for readers who cannot see it.
  ///   - valueLabel: of the horizontal axis.
  ///   - categories: from top to bottom.
  ///   - series: a value a category with the ends of its interval, which are the value's own place where there is none; a value
  ///     that is `nil` has no mark.
  ///   - reference: where a dashed line stands, such as the figure of chance.
  public static func intervals(
    _ name: String, description: String, valueLabel: String, categories: [String],
    series: [(title: String, values: [(value: Double?, low: Double?, high: Double?)])],
    reference: Double?
  ) -> Figure {
    let groups = categories.count
    let step = 0.7 / Double(max(1, series.count))
    let files = series.enumerated().map { s, series in
      (
        name: "\(name)-\(s + 1)",
        rows: (0..<groups).compactMap { g -> [String]? in
          guard let value = series.values[g].value else { return nil }
          let (low, high) = (series.values[g].low ?? value, series.values[g].high ?? value)
          let y = Double(g) - 0.35 + step * (Double(s) + 0.5)
          return ["\(value)", "\(y)", "\(low)", "\(high)"]
        }
      )
    }
    var plots = zip(files, series).enumerated().filter { !$1.0.rows.isEmpty }.map { s, item in
      "'@\(item.0.name)@' using 1:2:3:4 with xerrorbars pt 7 ps 0.7 lw 1.6 "
        + "lc rgb '\(colour(s))' title \(quoted(short(item.1.title)))"
    }
    if plots.isEmpty { plots = ["-1 with lines lc rgb '#888888' title 'undefined'"] }
    let line = reference.map {
      "set arrow 1 from \($0), graph 0 to \($0), graph 1 nohead lc rgb '#888888' dt 2"
    }
    let legend = Self.legend(series.map { short($0.title) }, beside: categories.map(short))
    let script = """
      set xlabel \(quoted(valueLabel))
      set ytics scale 0 (\(tics(categories))) nomirror
      set yrange [\(Double(groups) - 0.4):-0.6]
      set xrange \(files.allSatisfy(\.rows.isEmpty) ? "[0:1]" : "[*:*]")
      set grid x lc rgb '#999999' lw 0.5 dt 3
      set border 3
      set xtics nomirror
      set key outside top center horizontal
      \(legend.command)\
      set rmargin 4
      \(line ?? "")
      plot \(plots.joined(separator: ", \\\n  "))

      """
    return Figure(
      name: name, descriptions: [description], data: files, script: script,
      size: (narrow, 110 + legend.height + groups * (14 * series.count + 10)))
  }
}
