import CXRFiles

extension Figure {
  /// One small frame of several.
  public struct Panel {
    /// Above the frame.
    public let title: String
    /// Areas between two heights: x, low, high.
    public var bands: [(points: [(x: Double, low: Double, high: Double)], colour: Int)]
    /// Over them.
    public var lines: [Series]

    /// Gathers a frame.
    public init(
      title: String, bands: [(points: [(x: Double, low: Double, high: Double)], colour: Int)] = [],
      lines: [Series] = []
    ) {
      (self.title, self.bands, self.lines) = (title, bands, lines)
    }
  }

  /// Frames of one kind side by side, and a last one with the legend.
  ///
  /// - Parameters:
  ///   - name: the file's, without extension.
  ///   - description: what it shows, for readers who cannot see it.
  ///   - xLabel: below the lowest frames.
  ///   - yLabel: beside the leftmost frames.
  ///   - panels: row by row.
  ///   - diagonal: whether the line of equal values is drawn in each.
  ///   - legend: titles by colour and dashes.
  ///   - withPoints: whether each point of a line is marked.
  ///   - scaled: whether both axes of a frame end where its lines do, not at 1.
  public static func panels(
    _ name: String, description: String, xLabel: String, yLabel: String, panels: [Panel],
    legend: [(title: String, colour: Int, dash: Int)], diagonal: Bool, withPoints: Bool = false,
    scaled: Bool = false
  ) -> Figure {
    let columns = 4
    let rows = (panels.count + columns) / columns
    var files: [(name: String, rows: [[String]])] = []
    var script = """
      set multiplot layout \(rows),\(columns)
      set xrange [0:1]
      set yrange [0:1]
      set size square
      set xtics ('0' 0, '' 0.25, '.5' 0.5, '' 0.75, '1' 1) font ',11' offset 0,0.4
      set ytics ('0' 0, '' 0.25, '.5' 0.5, '' 0.75, '1' 1) font ',11' offset 0.6,0
      set grid lc rgb '#999999' lw 0.5 dt 3
      set tmargin 1.6
      set bmargin 2.6
      set lmargin 4.5
      set rmargin 0.8
      unset key

      """
    for (p, panel) in panels.enumerated() {
      var plots: [String] = []
      for (b, band) in panel.bands.enumerated() where !band.points.isEmpty {
        let file = "\(name)-\(p + 1)-band-\(b + 1)"
        files.append((file, band.points.map { ["\($0.x)", "\($0.low)", "\($0.high)"] }))
        plots.append(
          "'@\(file)@' using 1:2:3 with filledcurves fs transparent solid 0.22 noborder "
            + "lc rgb '\(colour(band.colour))'")
      }
      for (l, line) in panel.lines.enumerated() where !line.points.isEmpty {
        let file = "\(name)-\(p + 1)-line-\(l + 1)"
        files.append((file, line.points.map { ["\($0.x)", "\($0.y)"] }))
        plots.append(
          "'@\(file)@' using 1:2 with \(withPoints ? "linespoints pt 7 ps 0.4" : "lines") lw 1.6 "
            + "dt \(line.dash) lc rgb '\(colour(line.colour))'")
      }
      if diagonal { plots.append("x with lines lw 1 dt 3 lc rgb '#888888'") }
      if plots.isEmpty { plots = ["-1 with lines"] }
      if scaled {
        let most = panel.lines.flatMap { $0.points.map { max($0.x, $0.y) } }.max() ?? 1
        let end = most > 0 ? min(1, most * 1.05) : 1
        let tics = [0, end / 2, end].map { "'\(fixedPoint($0, digits: end < 0.1 ? 3 : 2))' \($0)" }
          .joined(separator: ", ")
        script += """
          set xrange [0:\(end)]
          set yrange [0:\(end)]
          set xtics (\(tics))
          set ytics (\(tics))

          """
      }
      script += """
        set title \(quoted(short(panel.title))) font ',12' offset 0,-0.6
        \(p % columns == 0 ? "set ylabel \(quoted(yLabel)) font ',11' offset 1.6,0" : "unset ylabel")
        \(p + columns >= panels.count ? "set xlabel \(quoted(xLabel)) font ',11' offset 0,1" : "unset xlabel")
        plot \(plots.joined(separator: ", \\\n  "))

        """
    }
    let keys = legend.map {
      "NaN with lines lw 2.5 dt \($0.dash) lc rgb '\(colour($0.colour))' title \(quoted(short($0.title)))"
    }
    script += """
      unset title
      unset xlabel
      unset ylabel
      unset border
      unset tics
      unset grid
      set key center center vertical Left reverse samplen 2 font ',12'
      plot \((keys.isEmpty ? ["NaN notitle"] : keys).joined(separator: ", \\\n  "))
      unset multiplot

      """
    return Figure(
      name: name, description: description, data: files, script: script,
      size: (880, 30 + rows * 225))
  }

  /// A curve of at most a few hundred points: those closer than 1/400 to the last kept one are left out, which no
  /// eye sees.
  public static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    guard var last = points.first, points.count > 2 else { return points }
    var kept = [last]
    for point in points.dropFirst().dropLast() {
      guard abs(point.x - last.x) + abs(point.y - last.y) >= 1.0 / 400 else { continue }
      kept.append(point)
      last = point
    }
    if let end = points.last { kept.append(end) }
    return kept
  }
}
