/// Pictures whose words are read on a phone too, because they are hardly wider.
extension Figure {
  /// Their width, in pixels of letters of 14.
  static let narrow = 520

  /// A legend above a frame that does not reach beyond the picture, as gnuplot's own guess may.
  ///
  /// - Parameters:
  ///   - titles: as they are drawn.
  ///   - labels: beside the frame.
  /// - Returns: the command, and the height in pixels.
  static func legend(_ titles: [String], beside labels: [String]) -> (command: String, height: Int)
  {
    func width(_ texts: [String]) -> Int { 8 * (texts.map(\.count).max() ?? 0) }
    let sample = 50
    let room = narrow - width(labels) - sample
    let columns = min(max(1, room / (width(titles) + sample)), max(1, titles.count))
    let rows = (titles.count + columns - 1) / columns
    return ("set key samplen 2 maxcols \(columns)\n", titles.count > 1 ? 20 * rows : 0)
  }

  /// Commands for an axis of a few round numbers.
  static func axis(from low: Double, to high: Double) -> String {
    "set xtics \(roundStep(high - low))\n"
  }

  /// Commands that write n/a in rows, at the left edge of the frame (0) or behind the right one (1).
  static func undefined(_ rows: [Double], edge: Int) -> String {
    rows.map { "set label 'n/a' at graph \(edge), first \($0) left offset 0.5,0 font ',11'\n" }
      .joined()
  }

  /// The same, with commands before its own.
  func after(_ commands: String) -> Figure {
    Figure(
      name: name, descriptions: descriptions, data: data, script: commands + script, size: size,
      legend: legend, leftOut: leftOut)
  }
}
