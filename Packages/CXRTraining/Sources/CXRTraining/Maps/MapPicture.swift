import CXRReport
import CXRFiles
import CXRMetrics
import Foundation

/// A film with a map over it, beside the film as it is, with a legend: one SVG file that any browser shows.
public struct MapPicture: Sendable {
  /// Such as `Effusion on 00000013_005.png`.
  public var title: String
  /// What the network says, in words.
  public var verdict: String
  /// The film as a PNG or JPEG file.
  public var film: [UInt8]
  /// The film with the map, as a PNG or JPEG file.
  public var overlay: [UInt8]
  /// Of both pictures, in pixels.
  public var size: (width: Int, height: Int)
  /// Of the map, from its least to its most.
  public var stops: [ColourStop]
  /// The least and the most of the map, in nats.
  public var range: (least: Double, most: Double)
  /// What the colours mean, a line each.
  public var notes: [String]

  /// Gathers what is shown.
  public init(
    title: String, verdict: String, film: [UInt8], overlay: [UInt8],
    size: (width: Int, height: Int),
    stops: [ColourStop], range: (least: Double, most: Double), notes: [String]
  ) {
    (self.title, self.verdict, self.film, self.overlay) = (title, verdict, film, overlay)
    (self.size, self.stops, self.range, self.notes) = (size, stops, range, notes)
  }

  /// The file's text.
  public var svg: String {
    let (w, h) = (Double(size.width), Double(size.height))
    // Letters in proportion to the film, whatever its size.
    let unit = max(w, h) / 40
    let (gap, head) = (unit, unit * 4)
    let (width, top) = (2 * w + 3 * gap, head + h + gap)
    let height = top + unit * (3.2 + 1.5 * Double(notes.count))
    func number(_ value: Double) -> String { fixedPoint(value, digits: 2) }
    func text(_ x: Double, _ y: Double, _ text: String, size: Double = 1, anchor: String = "start")
      -> String
    {
      "<text x=\"\(number(x))\" y=\"\(number(y))\" font-size=\"\(number(unit * size))\" "
        + "text-anchor=\"\(anchor)\">\(HTML.escaped(text))</text>\n"
    }
    func image(_ bytes: [UInt8], _ x: Double) -> String {
      let type = bytes.first == 0xFF ? "jpeg" : "png"
      return "<image x=\"\(number(x))\" y=\"\(number(head))\" width=\"\(number(w))\" "
        + "height=\"\(number(h))\" href=\"data:image/\(type);base64,"
        + Data(bytes).base64EncodedString() + "\"/>\n"
    }
    let gradient = stops.enumerated().map { i, stop in
      "<stop offset=\"\(number(Double(i) / Double(max(1, stops.count - 1))))\" "
        + "stop-color=\"\(stop.css)\"/>"
    }.joined()
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" \
      role="img" font-family="system-ui,'DejaVu Sans',sans-serif">
      <title>\(HTML.escaped(title)): \(HTML.escaped(verdict))</title>
      <style>svg{background:#fff}text{fill:#1d2127}@media(prefers-color-scheme:dark)\
      {svg{background:#15181c}text{fill:#dfe3e8}}</style>
      <defs><linearGradient id="scale">\(gradient)</linearGradient></defs>

      """
    let most = Int(width / unit / 0.75)
    let short =
      title.count > most
      ? String(title.prefix(most / 2)) + "…" + String(title.suffix(most / 2 - 1)) : title
    svg += text(gap, unit * 1.6, short, size: 1.2) + text(gap, unit * 3.2, verdict)
    svg += image(film, gap) + image(overlay, w + 2 * gap)
    let x = w + 2 * gap
    svg +=
      "<rect x=\"\(number(x))\" y=\"\(number(top))\" width=\"\(number(w))\" height=\"\(number(unit))\" "
      + "fill=\"url(#scale)\"/>\n"
    svg += text(x, top + unit * 2.3, fixedPoint(range.least, digits: 2))
    svg += text(x + w, top + unit * 2.3, fixedPoint(range.most, digits: 2), anchor: "end")
    svg += text(x + w / 2, top + unit * 2.3, "log-odds", anchor: "middle")
    if range.least < 0, range.most > 0 {
      let zero = x + w * -range.least / (range.most - range.least)
      svg +=
        "<path d=\"M\(number(zero)) \(number(top))v\(number(unit))\" stroke=\"#fff\" "
        + "stroke-width=\"\(number(unit / 6))\"/>\n"
        + text(zero, top - unit * 0.15, "0", size: 0.8, anchor: "middle")
    }
    for (i, note) in notes.enumerated() {
      svg += text(gap, top + unit * (3.6 + 1.5 * Double(i)), note, size: 0.9)
    }
    return svg + "</svg>\n"
  }

  /// Writes the file.
  /// - Throws: `FileError`.
  public func write(to path: String) throws {
    try AtomicFile.write(svg, to: path)
  }
}
