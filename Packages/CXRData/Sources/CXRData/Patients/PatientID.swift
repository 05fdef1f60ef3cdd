/// A patient's identifier. Whole numbers lose their leading zeros, so `00000013`, `13.0` and `13,0` are `13`; other text
/// is kept as it stands.
public struct PatientID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The identifier as a number, if it is one.
  let number: UInt64?
  /// The identifier where it is no number.
  private let text: String

  /// The identifier as text.
  public var description: String { number.map { String($0) } ?? text }

  /// Reads an identifier; `nil` when it is empty, or says that there is none, such as `NaN`: all films without a
  /// patient would become one patient's.
  public init?(_ text: String) {
    let trimmed = text.trimmingBlanks()
    guard !trimmed.isEmpty, !trimmed.isMissingMarker,
      trimmed != "-1"
    else { return nil }
    // Tables that went through floating point write 13 as 13.0, or 13,0 where people write decimal commas.
    var digits = trimmed.utf8[...]
    let isPoint = { (byte: UInt8) in byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",") }
    if let point = digits.firstIndex(where: isPoint), point > digits.startIndex,
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

  /// What stands for the patient of a film where each film is taken for one: its name as it stands.
  init(film: String) { (number, text) = (nil, film) }

  /// Numbers by value, before other texts in their own order.
  public static func < (left: Self, right: Self) -> Bool {
    switch (left.number, right.number) {
    case (let l?, let r?): return l < r
    case (nil, nil): return left.text < right.text
    case (let l, _): return l != nil
    }
  }

  /// Whether a text is a number in the form `1.23E+10`, whose last digits are lost.
  static func isRounded(_ text: String) -> Bool {
    guard let e = text.utf8.firstIndex(where: { $0 | 32 == UInt8(ascii: "e") }),
      let first = text.utf8.first, (48...57).contains(first)
    else { return false }
    let (digits, exponent) = (text.utf8[..<e], text.utf8[e...].dropFirst())
    return exponent.first == UInt8(ascii: "+") && exponent.count > 1
      && exponent.dropFirst().allSatisfy { (48...57).contains($0) }
      && digits.allSatisfy {
        (48...57).contains($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",")
      }
  }

  /// What identifiers share that differ only in case, in signs between letters and digits, or in leading zeros: `P-003`,
  /// `p_3`, `P3` and `'P 3`.
  var key: String {
    enum Kind { case sign, letter, digit }
    var runs: [[Unicode.Scalar]] = []
    var last = Kind.sign
    for scalar in description.lowercased().unicodeScalars {
      let kind: Kind =
        ("0"..."9").contains(scalar) ? .digit : scalar.properties.isAlphabetic ? .letter : .sign
      if kind != .sign {
        if kind != last { runs.append([]) }
        // Without its leading zeros.
        if runs.last == ["0"] { runs[runs.count - 1] = [] }
        runs[runs.count - 1].append(scalar)
      }
      last = kind
    }
    return runs.map { String(String.UnicodeScalarView($0)) }.joined(separator: "-")
  }
}
