/// One thing that an optimizer can be made with.
public struct OptimizerOption: Sendable {
  /// How it is called in records.
  public let name: String
  /// Its text where none is given.
  public let standard: String
  /// What it can be, in words.
  public let allowed: String
  /// The one text for all that mean the same; `nil` for what is not allowed.
  let canonical: @Sendable (String) -> String?

  /// A number of a range.
  public static func number(
    _ name: String, default standard: Double, in range: ClosedRange<Double>
  ) -> Self {
    Self(
      name: name, standard: "\(standard)",
      allowed: "a number from \(range.lowerBound) to \(range.upperBound)"
    ) { text in
      // Zero is added so that −0 is 0.
      Double(text).flatMap { range.contains($0) ? "\($0 + 0)" : nil }
    }
  }

  /// One of a few named ways.
  public static func choice<Choice: CaseIterable & RawRepresentable<String> & Sendable>(
    _ name: String, default standard: Choice
  ) -> Self {
    Self(name: name, standard: standard.rawValue, allowed: names(of: Choice.self)) {
      Choice(rawValue: $0)?.rawValue
    }
  }

  /// `true` or `false`.
  public static func flag(_ name: String, default standard: Bool) -> Self {
    Self(name: name, standard: "\(standard)", allowed: "true or false") {
      Bool($0)?.description
    }
  }

  /// All cases' names.
  static func names<Choice: CaseIterable & RawRepresentable<String> & Sendable>(
    of type: Choice.Type
  ) -> String {
    Choice.allCases.map(\.rawValue).joined(separator: " or ")
  }
}
