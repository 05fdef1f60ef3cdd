extension Unicode.Scalar {
  /// Whether a terminal would not print it but move its cursor, begin a line or turn the text's direction.
  var movesTheCursor: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: properties.isBidiControl
    }
  }
}

extension String {
  /// As messages print what a file says: what moves a cursor is spelled (`\u{1B}`), and of a long text the first two
  /// hundred letters stand.
  var printable: String {
    var text = ""
    for (n, scalar) in unicodeScalars.enumerated() {
      guard n < 200 else { return text + "…" }
      if scalar.movesTheCursor {
        text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// The same, of a path, which is a whole one or none.
  var printablePath: String {
    unicodeScalars.reduce(into: "") { $0 += String($1).printable }
  }
}
