import CXRFiles
import Foundation

extension Figure {
  /// One small frame of several.
  public struct Panel {
    /// Above the frame.
    public let title: String
    /// Areas between two heights: x, low, high.
    public var bands: [(points: [(x: Double, low: Double, high: Double)], colour: Int)]
    /// Over them.
    public var lines: [Series]
    /// Over these, single points.
    public var marks: [Mark]
    /// Where a dashed line lies, such as a share that chance alone gives.
    public var level: Double?
    /// Where a dashed line stands, such as a threshold.
    public var upright: Double?

    /// Gathers a frame.
    public init(
      title: String, bands: [(points: [(x: Double, low: Double, high: Double)], colour: Int)] = [],
      lines: [Series] = [], marks: [Mark] = [], level: Double? = nil, upright: Double? = nil
    ) {
      (self.title, self.bands, self.lines) = (title, bands, lines)
      (self.marks, self.level, self.upright) = (marks, level, upright)
    }

    /// Whether nothing would be drawn that was measured.
    var isEmpty: Bool {
      marks.isEmpty && lines.allSatisfy(\.points.isEmpty) && bands.allSatisfy(\.points.isEmpty)
    }
  }

  /// A point that stands out, hollow where little is known, with an upright interval where there is one.
  public struct Mark {
    /// Where.
    public let place: (x: Double, y: Double)
    /// Of its height.
    public let interval: (low: Double, high: Double)?
    /// A place in ``palette``.
    public let colour: Int
    /// Whether it is drawn as a ring.
    public let isHollow: Bool

    /// Gathers a point.
    public init(
      x: Double, y: Double, interval: (low: Double, high: Double)? = nil, colour: Int,
      isHollow: Bool = false
    ) {
      (place, self.interval, self.colour, self.isHollow) = ((x, y), interval, colour, isHollow)
    }
  }

  /// What the upright axis of panels spans.
  public enum Heights: Equatable, Sendable {
    /// The same in each.
    case common(ClosedRange<Double>)
    /// In each what its lines and marks reach, and nought.
    case ownFromNought
    /// In each what its lines and marks reach.
    case own
  }

  /// How lines of a panel go from point to point.
  public enum Course: String {
    /// Straight.
    case straight = "lines"
    /// Upright first, then level: between two points holds the height of the second.
    case heightOfSecond = "fsteps"
  }

  /// Pictures of one kind, each of its own, side by side on a page; one without a point is left out, and the page names it.
  ///
  /// - Parameters:
  ///   - name: the files', without number and extension.
  ///   - description: what they show, for readers who cannot see it; the panel's title follows.
  ///   - xLabel: below each.
  ///   - yLabel: beside each.
  ///   - panels: in the order of the page.
  ///   - legend: what colours mean.
  ///   - diagonal: whether the line of equal values is drawn in each.
  ///   - xRange: of the horizontal axis.
  ///   - wholeX: whether only whole numbers stand below it, as of epochs.
  ///   - heights: of the upright axis.
  ///   - course: how lines go.
  public static func panels(
    _ name: String, description: String, xLabel: String, yLabel: String, panels: [Panel],
    legend: [(title: String, colour: Int)], diagonal: Bool = false,
    xRange: ClosedRange<Double> = 0...1, wholeX: Bool = false,
    heights: Heights = .common(0...1), course: Course = .straight
  ) -> Figure {
    let leftOut = panels.filter(\.isEmpty).map(\.title)
    let panels = panels.filter { !$0.isEmpty }
    var files: [(name: String, rows: [[String]])] = []
    let letters = panels.map { tickLetters($0, heights) }.max() ?? 0
    let xStep = roundStep(xRange.upperBound - xRange.lowerBound)
    var script = """
      set size \(heights == .common(xRange) ? "square" : "nosquare")
      set xrange [\(xRange.lowerBound):\(xRange.upperBound)]
      set xtics \(wholeX ? max(1, xStep) : xStep) font ',13' offset 0,0.4
      set grid lc rgb '#999999' lw 0.5 dt 3
      set tmargin 1.8
      set bmargin 3
      set lmargin \(fixedPoint(3.3 + 0.9 * Double(letters), digits: 1))
      set rmargin 1.4
      unset key
      set xlabel \(quoted(xLabel)) font ',13' offset 0,0.8
      set ylabel \(quoted(yLabel)) font ',13' offset 2,0

      """
    for (p, panel) in panels.enumerated() {
      var plots: [String] = []
      func add(_ kind: String, _ number: Int, _ rows: [[String]], _ drawn: String) {
        guard !rows.isEmpty else { return }
        let file = "\(name)-\(p + 1)-\(kind)-\(number + 1)"
        files.append((file, rows))
        plots.append("'@\(file)@' \(drawn)")
      }
      for (b, band) in panel.bands.enumerated() {
        add(
          "band", b, band.points.map { ["\($0.x)", "\($0.low)", "\($0.high)"] },
          "using 1:2:3 with filledcurves fs transparent solid 0.22 noborder lc rgb '\(colour(band.colour))'"
        )
      }
      for (l, line) in panel.lines.enumerated() {
        add(
          "line", l, line.points.map { ["\($0.x)", "\($0.y)"] },
          // A point alone makes no line.
          "using 1:2 with "
            + (line.points.count == 1
              ? "points pt 7 ps 0.6" : "\(course.rawValue) lw 1.8 dt \(line.dash)")
            + " lc rgb '\(colour(line.colour))'"
        )
      }
      for (m, mark) in panel.marks.enumerated() {
        let bar = mark.interval.map { ["\($0.low)", "\($0.high)"] } ?? []
        add(
          "mark", m, [["\(mark.place.x)", "\(mark.place.y)"] + bar],
          (bar.isEmpty ? "using 1:2 with points" : "using 1:2:3:4 with yerrorbars lw 1")
            + " pt \(mark.isHollow ? 6 : 7) ps 0.6 lc rgb '\(colour(mark.colour))'")
      }
      if let level = panel.level { plots.append("\(level) with lines lw 1 dt 2 lc rgb '#888888'") }
      if diagonal { plots.append("x with lines lw 1 dt 3 lc rgb '#888888'") }
      let own = range(of: panel, heights)
      if let x = panel.upright {
        script +=
          "set arrow 1 from \(x), graph 0 to \(x), graph 1 nohead lw 1 dt 2 lc rgb '#888888'\n"
      }
      // One alone is named as the figure is.
      if panels.count > 1 {
        script += "if (!exists(\"piped\")) set output '\(name)-\(p + 1).svg'\n"
      }
      script += """
        set yrange [\(own.lowerBound):\(own.upperBound)]
        set ytics \(roundStep(own.upperBound - own.lowerBound)) font ',13' offset 0.6,0
        set title \(quoted(short(panel.title))) font ',14' offset 0,-0.6
        plot \(plots.joined(separator: ", \\\n  "))

        """
      if panel.upright != nil { script += "unset arrow 1\n" }
    }
    var figure = Figure(
      name: name, descriptions: panels.map { "\(description): \($0.title)" }, data: files,
      script: script, size: (260, 260))
    (figure.legend, figure.leftOut) = (legend, leftOut)
    return figure
  }

  private static func range(of panel: Panel, _ heights: Heights) -> ClosedRange<Double> {
    if case .common(let range) = heights { return range }
    let nought = heights == .ownFromNought ? [0.0] : []
    let reached = panel.lines.flatMap { $0.points.map(\.y) } + panel.marks.map(\.place.y) + nought
    guard let low = reached.min(), let high = reached.max(), high > low else {
      let only = reached.first ?? 0
      return only - (heights == .own ? 0.5 : 0)...only + (heights == .own ? 0.5 : 1)
    }
    let margin = (high - low) * 0.05
    return (heights == .own ? low - margin : low)...high + margin
  }

  /// How many letters the widest number beside the upright axis may have.
  private static func tickLetters(_ panel: Panel, _ heights: Heights) -> Int {
    let own = range(of: panel, heights)
    let step = roundStep(own.upperBound - own.lowerBound)
    let digits = Int(max(0, (-log10(step)).rounded(.up)))
    let whole = [own.lowerBound, own.upperBound].map { fixedPoint($0, digits: 0).count }.max() ?? 1
    return whole + (digits > 0 ? digits + 1 : 0)
  }

  /// 1, 2 or 5 times a power of ten, so that an axis of this length has three to six ticks.
  static func roundStep(_ length: Double) -> Double {
    let tenth = pow(10, (log10(length / 2.4)).rounded(.down))
    return [5, 2, 1].map { $0 * tenth }.first { $0 <= length / 2.4 } ?? tenth
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
