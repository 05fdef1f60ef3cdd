/// An age as the label file gives it: years, or a number with `Y`, `M`, `W` or `D`.
public struct PatientAge: Sendable, Equatable {
  /// The age in years.
  public let years: Double

  /// Reads `58`, `058Y`, `012M`, `003W` or `005D`; `nil` for anything else.
  public init?(_ text: String) { self.init(text, hasDecimalCommas: false) }

  init?(_ text: String, hasDecimalCommas: Bool) {
    // What nearly every row says, whole years.
    if (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) {
      years = Double(text.utf8.reduce(0) { $0 * 10 + Int($1 - 48) })
      return
    }
    let trimmed = text.trimmingBlanks()
    guard let last = trimmed.last else { return nil }
    func number(_ text: some StringProtocol) -> Double? {
      guard
        let number = Table.Row.number(String(text), hasDecimalCommas: hasDecimalCommas),
        number.isFinite, number >= 0
      else { return nil }
      return number
    }
    let perYear: Double
    switch last {
    case "Y", "y": perYear = 1
    case "M", "m": perYear = 12
    case "W", "w": perYear = 365.25 / 7
    case "D", "d": perYear = 365.25
    default:
      guard let years = number(trimmed) else { return nil }
      self.years = years
      return
    }
    guard let number = number(trimmed.dropLast()) else { return nil }
    years = number / perYear
  }
}
