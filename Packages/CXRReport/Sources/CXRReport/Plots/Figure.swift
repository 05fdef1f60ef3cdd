/// A picture to be drawn by gnuplot, or several of one kind: data as tab-separated columns, and the commands that plot them.
public struct Figure: Sendable {
  /// The file name without extension, of the characters of ``safeFileName(_:)``.
  public let name: String
  /// What each picture shows, for readers who cannot see it; one, but for ``panels(_:description:xLabel:yLabel:panels:legend:diagonal:xRange:wholeX:heights:course:)``.
  public let descriptions: [String]
  /// Data files by name; rows of columns.
  public let data: [(name: String, rows: [[String]])]
  /// gnuplot commands; `@name@` stands for the path of a data file.
  public let script: String
  /// In pixels.
  let size: (width: Int, height: Int)
  /// Of several pictures: what colours mean.
  var legend: [(title: String, colour: Int)] = []
  /// Of several pictures: the titles of those that would show nothing.
  var leftOut: [String] = []
}

extension Figure {
  /// Near Okabe and Ito's colours, told apart by colour-blind readers; each three times as light or as dark as white and black
  /// paper (WCAG 2's contrast 3:1).
  public static let palette = [
    "#0072B2", "#D55E00", "#009E73", "#C76BA0", "#B8860B", "#2E8FCB", "#8C6BB1", "#7F7F7F",
  ]

  static func colour(_ index: Int) -> String { palette[index % palette.count] }

  /// A text in single quotes: within double quotes gnuplot would run what stands in backquotes.
  static func quoted(_ text: String) -> String {
    let line = text.map { character in
      if character.isNewline { return " " }
      // One by one: a quote under an accent is another character, but ends gnuplot's text all the same.
      return character.unicodeScalars.map { HTML.isXML($0) ? String($0) : "\u{FFFD}" }.joined()
    }.joined()
    let parts = line.unicodeScalars.split(separator: "'", omittingEmptySubsequences: false)
      .map(String.init)
    // gnuplot takes a doubled quote for one, but not at the beginning, and not one after another.
    if parts.count == 1 || !parts.dropLast().contains("") {
      return "'" + parts.joined(separator: "''") + "'"
    }
    return parts.map { "'\($0)'" }.joined(separator: #" . "\047" . "#)
  }

  /// Names beside an axis, from 0 on; in these gnuplot takes % for a number format.
  static func tics(_ names: [String]) -> String {
    names.enumerated().map { position, name in
      let plain = short(name).unicodeScalars.map { $0 == "%" ? "%%" : String($0) }.joined()
      return "\(quoted(plain)) \(position)"
    }.joined(separator: ", ")
  }

  /// A name that fits beside an axis; tables give it in full.
  static func short(_ name: String) -> String {
    name.count > 28 ? name.prefix(16) + "…" + name.suffix(11) : name
  }

  /// A plot of nothing, for figures all of whose numbers are undefined.
  private static let nothing = "-1 with lines lc rgb '#888888' title 'undefined'"

  /// One line a series over a common horizontal axis.
  public struct Series {
    /// In the legend.
    public let title: String
    /// In any unit.
    public let points: [(x: Double, y: Double)]
    /// A place in ``palette``, beginning anew after its end. Series are told apart by colour first; every eight the dashes
    /// change.
    public var colour: Int
    /// gnuplot's dash type, from 1, an unbroken line.
    public var dash: Int

    /// Gathers a line.
    public init(title: String, points: [(x: Double, y: Double)], colour: Int, dash: Int = 1) {
      (self.title, self.points, self.colour, self.dash) = (title, points, colour, dash)
    }
  }

  /// Lines in one frame.
  public static func lines(
    _ name: String, description: String, xLabel: String, yLabel: String, series: [Series],
    xRange: String = "[*:*]", yRange: String = "[*:*]", diagonal: Bool = false,
    square: Bool = false,
    legendOutside: Bool = false, wholeX: Bool = false
  ) -> Figure {
    let files = series.enumerated().map { i, series in
      (name: "\(name)-\(i + 1)", rows: series.points.map { ["\($0.x)", "\($0.y)"] })
    }
    var plots = zip(files, series).filter { !$1.points.isEmpty }.map { file, series in
      "'@\(file.name)@' using 1:2 with \(series.points.count == 1 ? "points pt 7" : "lines") "
        + "lw 2 dt \(series.dash) lc rgb '\(colour(series.colour))' "
        + "title \(quoted(short(series.title)))"
    }
    if diagonal { plots.append("x with lines lw 1 dt 3 lc rgb '#888888' title 'chance'") }
    if plots.isEmpty { plots = [nothing] }
    var script = """
      set xlabel \(quoted(xLabel))
      set ylabel \(quoted(yLabel))
      set xrange \(xRange)
      set yrange \(files.allSatisfy(\.rows.isEmpty) ? "[0:1]" : yRange)
      set grid lc rgb '#999999' lw 0.5 dt 3

      """
    if square { script += "set size ratio 1\n" }
    if wholeX { script += "set xtics 1\nset format x '%.0f'\n" }
    script +=
      legendOutside
      ? "set key outside right top samplen 2\n" : "set key outside top center horizontal\n"
    script += "plot \(plots.joined(separator: ", \\\n  "))\n"
    return Figure(
      name: name, descriptions: [description], data: files, script: script,
      size: legendOutside ? (880, 560) : (640, 400))
  }

  /// Of a bar, of the distance 1 between categories.
  private static func barWidth(of series: Int) -> Double { 0.8 / Double(max(1, series)) }

  /// Where the middle of a bar lies; the middle of its category's group lies at its number.
  static func barPlace(category: Int, series: Int, of count: Int) -> Double {
    Double(category) - 0.4 + barWidth(of: count) * (Double(series) + 0.5)
  }

  /// One group of bars a category, lying, so that long names stay legible.
  public static func bars(
    _ name: String, description: String, valueLabel: String, categories: [String],
    series: [(title: String, values: [Double?])], annotations: [String]? = nil,
    logarithmic: Bool = false, range: String = "[0:*]"
  ) -> Figure {
    let groups = categories.count
    let (count, width) = (series.count, barWidth(of: series.count))
    let files = series.enumerated().map { s, series in
      (
        name: "\(name)-\(s + 1)",
        rows: (0..<groups).compactMap { g -> [String]? in
          guard let value = series.values[g] else { return nil }
          let centre = barPlace(category: g, series: s, of: count)
          return ["\(value)", "\(centre)", "\(width * 0.45)", annotations?[g] ?? ""]
        }
      )
    }
    var plots: [String] = []
    for (s, item) in series.enumerated() where !files[s].rows.isEmpty {
      // On a logarithmic axis the length of a bar would mean nothing.
      if logarithmic {
        plots.append(
          "'@\(files[s].name)@' using 1:2 with points pt 7 ps 0.9 lc rgb '\(colour(s))' "
            + "title \(quoted(short(item.title)))")
        continue
      }
      plots.append(
        "'@\(files[s].name)@' using (0):2:(0):1:($2-$3):($2+$3) "
          + "with boxxyerror fs solid 0.85 noborder lc rgb '\(colour(s))' title \(quoted(item.title))"
      )
      if annotations != nil {
        plots.append(
          "'' using 1:2:4 with labels left offset 0.5,0 font ',11' notitle")
      }
    }
    if plots.isEmpty { plots = [nothing] }
    let legend = Self.legend(series.map { short($0.title) }, beside: categories.map(short))
    let script = """
      set xlabel \(quoted(valueLabel))
      set ytics scale 0 (\(tics(categories))) nomirror
      set yrange [\(Double(groups) - 0.4):-0.6]
      set xrange \(files.allSatisfy(\.rows.isEmpty) ? "[0:1]" : range)
      \(logarithmic ? "set logscale x\n" : "")set grid x lc rgb '#999999' lw 0.5 dt 3
      set border 3
      set xtics nomirror
      \(series.count > 1 ? "set key outside top center horizontal\n" + legend.command : "unset key\n")\
      set rmargin \(annotations == nil ? 4 : 12)
      plot \(plots.joined(separator: ", \\\n  "))

      """
    return Figure(
      name: name, descriptions: [description], data: files, script: script,
      size: (narrow, 90 + legend.height + groups * max(24, 13 * series.count + 8)))
  }
}
