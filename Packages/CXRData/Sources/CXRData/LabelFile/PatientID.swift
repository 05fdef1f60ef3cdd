/// A patient's identifier. Whole numbers lose their leading zeros, so `00000013` and
/// `13.0` are `13`; other
/// text is kept as it stands.
public struct PatientID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The identifier as a number, if it is one.
  let number: UInt64?
  /// The identifier where it is no number.
  private let text: String

  /// The identifier as text.
  public var description: String { number.map { String($0) } ?? text }

  /// Reads an identifier; `nil` when it is empty.
  public init?(_ text: String) {
    let trimmed = text.trimmingSpaces()
    guard !trimmed.isEmpty else { return nil }
    // Tables that went through floating point write 13 as 13.0.
    var digits = trimmed.utf8[...]
    if let point = digits.firstIndex(of: UInt8(ascii: ".")), point > digits.startIndex,
      digits[digits.index(after: point)...].allSatisfy({ $0 == UInt8(ascii: "0") })
    {
      digits = digits[..<point]
    }
    var number: UInt64? = 0
    for digit in digits {
      guard (48...57).contains(digit), let sofar = number else {
        number = nil
        break
      }
      let (tens, overflow) = sofar.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(UInt64(digit - 48))
      number = overflow || carry ? nil : sum
    }
    self.number = number
    self.text = number == nil ? trimmed : ""
  }

  /// Numbers by value, before other texts in their own order.
  public static func < (left: Self, right: Self) -> Bool {
    switch (left.number, right.number) {
    case (let l?, let r?): return l < r
    case (nil, nil): return left.text < right.text
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
