extension Figure {
  /// Up to so many places each value has a point of its own on its line.
  private static let mostPoints = 60

  /// One line a series over a common axis, broken where a value is undefined.
  ///
  /// - Parameters:
  ///   - name: the file's, without extension.
  ///   - description: what it shows, for readers who cannot see it.
  ///   - xLabel: below it.
  ///   - yLabel: beside it.
  ///   - x: `[n]`, in the order in which lines go.
  ///   - series: `[n]` values each. Where `x` or the value is nil, NaN, infinite or beyond 1e300 there is a gap; a value between two gaps is a
  ///     point.
  static func brokenLines(
    _ name: String, description: String, xLabel: String, yLabel: String, x: [Double],
    series: [(title: String, values: [Double?])]
  ) -> Figure {
    var data: [(name: String, rows: [[String]])] = []
    var plots: [String] = []
    for (s, series) in series.enumerated() {
      let runs = runs(x, series.values)
      let isMarked = x.count <= mostPoints
      let ink = "lc rgb '\(colour(s))'"
      var title = quoted(short(series.title))
      func add(_ runs: [[(x: Double, y: Double)]], _ kind: String, _ drawn: String) {
        guard !runs.isEmpty else { return }
        let file = "\(name)-\(s + 1)-\(kind)"
        // An empty line breaks the line that is drawn.
        let rows = runs.map { $0.map { ["\($0.x)", "\($0.y)"] } }.joined(separator: [[]])
        data.append((file, Array(rows)))
        plots.append("'@\(file)@' using 1:2 with \(drawn) title \(title)")
        title = "''"
      }
      let (style, dash) = (
        isMarked ? "linespoints pt 7 ps 0.5" : "lines", 1 + s / palette.count
      )
      add(runs.filter { $0.count > 1 }, "line", "\(style) lw 2 dt \(dash) \(ink)")
      add(runs.filter { $0.count == 1 }, "points", "points pt 7 ps 0.5 \(ink)")
    }
    if plots.isEmpty { plots = ["-1 with lines lc rgb '#888888' title 'undefined'"] }
    let places = x.compactMap { Double?($0).finite }
    let legend = legend(series.map { short($0.title) }, beside: ["0.00000"])
    var script = """
      \(legend.command)set xlabel \(quoted(xLabel))
      set ylabel \(quoted(yLabel))
      set autoscale xfix
      set grid lc rgb '#999999' lw 0.5 dt 3
      set border 3
      set tics nomirror
      set key outside top center horizontal
      set rmargin 3

      """
    if data.isEmpty { script += "set xrange [0:1]\nset yrange [0:1]\n" }
    // Between whole numbers, such as epochs, there is nothing to name.
    if let low = places.min(), let high = places.max(), low < high, high - low < 1e9,
      places.allSatisfy({ $0 == $0.rounded() })
    {
      script += "set xtics \(max(1, roundStep(high - low)))\nset format x '%.0f'\n"
    }
    script += "plot \(plots.joined(separator: ", \\\n  "))\n"
    return Figure(
      name: name, descriptions: [description], data: data, script: script,
      size: (narrow, 320 + legend.height))
  }

  /// The parts of a line between its gaps.
  private static func runs(_ x: [Double], _ values: [Double?]) -> [[(x: Double, y: Double)]] {
    var runs: [[(x: Double, y: Double)]] = [[]]
    for (x, value) in zip(x, values) {
      if let x = Double?(x).finite, let value = value.finite {
        runs[runs.count - 1].append((x, value))
      } else {
        runs.append([])
      }
    }
    return runs.filter { !$0.isEmpty }
  }
}
