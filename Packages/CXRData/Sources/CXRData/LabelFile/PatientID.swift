/// A patient's identifier. Whole numbers lose their leading zeros, so `00000013` and
/// `13.0` are `13`; other
/// text is kept as it stands.
public struct PatientID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The identifier as text.
  public let description: String
  /// The identifier as a number, if it is one.
  let number: UInt64?

  /// Reads an identifier; `nil` when it is empty.
  public init?(_ text: String) {
    let trimmed = text.trimmingSpaces()
    guard !trimmed.isEmpty else { return nil }
    // Tables that went through floating point write 13 as 13.0.
    var digits = trimmed[...]
    if let point = digits.firstIndex(of: "."), point > digits.startIndex,
      digits[digits.index(after: point)...].allSatisfy({ $0 == "0" })
    {
      digits = digits[..<point]
    }
    let isNumber = digits.utf8.allSatisfy { (48...57).contains($0) }
    number = isNumber ? UInt64(digits) : nil
    description = number.map(String.init) ?? trimmed
  }

  /// Numbers by value, before other texts in their own order.
  public static func < (left: Self, right: Self) -> Bool {
    switch (left.number, right.number) {
    case (let l?, let r?): return l < r
    case (nil, nil): return left.description < right.description
    case (let l, _): return l != nil
    }
  }
}

extension String {
  func trimmingSpaces() -> String {
    guard let first = utf8.first, let last = utf8.last, first <= 32 || last <= 32 else {
      return self
    }
    return String(self.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
