import Foundation

/// Makes gnuplot's pictures readable on light and on dark paper.
enum SVGStyle {
  /// Black ink becomes the reader's text colour, and the picture gets one title, and identifiers of its own on a page of many.
  static func adapted(_ svg: String, name: String, description: String) -> String {
    var text = shielded(svg)
    // gnuplot names the picture and each curve, which a page would show beside the pointer.
    text = text.replacing(/<title>[^<]*<\/title>/, with: "")
    // The shapes of marks, twenty kinds of them, in a picture without any.
    if let shapes = text.firstMatch(of: /(?s)<defs>.*?<\/defs>/),
      !text[shapes.range.upperBound...].contains("xlink:href")
    {
      text.removeSubrange(shapes.range)
    }
    let key = name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    text = text.replacing(/\sid=(['"])/) { " id=\($0.output.1)\(key)-" }
    text = text.replacing(/xlink:href=(['"])#/) { "xlink:href=\($0.output.1)#\(key)-" }
    text = text.replacing("url(#", with: "url(#\(key)-")
    text = inked(text)
    if let range = text.range(of: #"<desc>[^<]*</desc>"#, options: .regularExpression) {
      let style =
        "<style>.cxr-figure{color:#1d2127;background:#fff}"
        + ".cxr-figure .ink{color:inherit}@media(prefers-color-scheme:dark)"
        + "{.cxr-figure{color:#dfe3e8;background:#15181c}}</style>"
      text.replaceSubrange(
        range, with: "<title>\(HTML.escaped(description))</title>\n" + style)
    }
    if let range = text.range(of: "<svg") {
      text.replaceSubrange(range, with: "<svg class=\"cxr-figure\" role=\"img\"")
    }
    return shields.reduce(text) { text, pair in text.replacing(pair.shield, with: pair.sign) }
  }

  /// As gnuplot writes black.
  private static let blacks = ["black", "rgb( 0, 0, 0)", "rgb(  0,   0,   0)", "#000000"]
    .map { Array($0.utf8) }
  /// Attributes of lines, areas and letters, and what black ones become.
  private static let inks = [
    ("stroke=", "stroke=\"currentColor\""), ("fill=", "fill=\"currentColor\""),
    ("color=", "class=\"ink\""),
  ].map { (attribute: Array($0.0.utf8), ink: Array($0.1.utf8)) }

  /// A picture whose black attributes take the colour of the text around it; in one pass, because pictures of many films are long.
  private static func inked(_ svg: String) -> String {
    let bytes = Array(svg.utf8)
    var inked: [UInt8] = []
    inked.reserveCapacity(bytes.count)
    var place = 0
    while let equals = bytes[place...].firstIndex(of: UInt8(ascii: "=")) {
      inked += bytes[place...equals]
      place = equals + 1
      guard place < bytes.count, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(bytes[place]),
        let end = bytes[(place + 1)...].firstIndex(of: bytes[place]),
        blacks.contains(where: { bytes[(place + 1)..<end].elementsEqual($0) }),
        let found = inks.first(where: {
          inked.suffix($0.attribute.count).elementsEqual($0.attribute)
        })
      else { continue }
      inked.removeLast(found.attribute.count)
      inked += found.ink
      place = end + 1
    }
    inked += bytes[place...]
    return String(decoding: inked, as: UTF8.self)
  }

  /// Signs of markup that may stand in a word of the picture too, and what keeps their place in it for so long: gnuplot is given no
  /// such character.
  private static let shields: [(sign: String, shield: String)] = [
    ("'", "\u{1}"), ("\"", "\u{2}"), ("#", "\u{3}"),
  ]

  /// A picture in whose words nothing looks like an attribute.
  private static func shielded(_ svg: String) -> String {
    svg.replacing(/<text>[^<]*<\/text>/) { word in
      shields.reduce(String(word.output)) { text, pair in
        text.replacing(pair.sign, with: pair.shield)
      }
    }
  }

  /// The picture without its XML declaration, to stand in a page.
  static func inline(_ svg: String) -> String {
    guard let start = svg.range(of: "<svg") else { return "" }
    return String(svg[start.lowerBound...])
  }
}
