// What surrounds a value without being part of it, and what stands for no value.

extension Unicode.Scalar {
  /// White space, no-break spaces included, and characters that have no width.
  var isBlank: Bool {
    switch value {
    case 0...0x20, 0x7F, 0x85, 0xA0, 0xAD, 0x200B...0x200F, 0x2028, 0x2029, 0x202F, 0x205F...0x2064,
      0x3000, 0xFEFF:
      true
    case 0x80...: properties.isWhitespace
    default: false
    }
  }
}

extension String {
  /// Without what is blank at its ends: white space, no-break spaces, characters without width.
  func trimmingBlanks() -> String {
    guard let first = utf8.first, let last = utf8.last else { return self }
    guard first <= 32 || last <= 32 || first >= 0x7F || last >= 0x7F else { return self }
    let scalars = unicodeScalars
    guard let start = scalars.firstIndex(where: { !$0.isBlank }),
      let end = scalars.lastIndex(where: { !$0.isBlank })
    else { return "" }
    return start == scalars.startIndex && scalars.index(after: end) == scalars.endIndex
      ? self : String(scalars[start...end])
  }

  /// The parts between characters of a set, trimmed, without empty ones. By scalars, as a character without width makes
  /// one character of itself and the separator before it.
  func parts(between isSeparator: (Unicode.Scalar) -> Bool) -> [String] {
    unicodeScalars.split(whereSeparator: isSeparator).map { String($0).trimmingBlanks() }
      .filter { !$0.isEmpty }
  }

  /// Whether a trimmed value stands for none, as spreadsheets and programs write it.
  var isMissingMarker: Bool {
    guard (1...9).contains(utf8.count), let first = utf8.first,
      Self.markersBegin.contains(first)
    else { return false }
    return Self.missingMarkers.contains(lowercased())
  }

  private static let missingMarkers: Set<String> = [
    "nan", "n/a", "n.a.", "na", "null", "none", "-", "--", "–", "—", "?", "#n/a", "<na>", "nat",
    "unknown", "unbekannt", "k.a.",
    // What spreadsheets write where a formula fails, in English, German, French and Spanish.
    "#value!", "#ref!", "#name?", "#num!", "#null!", "#div/0!", "#spill!", "#nv", "#wert!",
    "#bezug!", "#zahl!", "#valeur!", "#nom?", "#nombre!", "#valor!", "#nul!",
  ]

  private static let markersBegin = Array("nN-?#<uUkK–".utf8)
}
