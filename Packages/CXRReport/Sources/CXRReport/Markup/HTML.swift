import Foundation

/// Text as HTML.
public enum HTML {
  /// A text in which nothing is taken for markup.
  public static func escaped(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { isXML($0) ? $0 : "\u{FFFD}" }))
      .replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
  }

  /// Whether XML 1.0 allows a character at all.
  private static func isXML(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }
}
