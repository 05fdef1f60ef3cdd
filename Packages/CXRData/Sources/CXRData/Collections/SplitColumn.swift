extension CollectionDescription {
  /// A column that says which part a film belongs to: named parts, sites, or years.
  public struct SplitColumn: Sendable, Equatable, Codable {
    /// The column.
    public var column: String
    /// What says that a film is for training.
    public var train: Values
    /// For validation; `nil`: an eighth of the training patients, drawn at random.
    public var validation: Values?
    /// For testing.
    public var test: Values
    /// What becomes of patients who have films in two parts.
    public var patientsInTwoParts = Leak.refused

    /// Describes a split.
    ///
    /// - Parameters:
    ///   - column: its name.
    ///   - train: what says that a film is for training.
    ///   - validation: for validation; `nil`: an eighth of the training patients, drawn at random.
    ///   - test: for testing.
    public init(column: String, train: Values, validation: Values? = nil, test: Values) {
      (self.column, self.train, self.validation, self.test) = (column, train, validation, test)
    }

    /// Values of a column.
    public enum Values: Sendable, Equatable, Codable {
      /// One of these.
      case texts([String])
      /// From the first, and before the second: as numbers where both are, else as text, such as `2014-01-01`.
      case range(from: String?, before: String?)

      func contains(_ text: String) -> Bool {
        switch self {
        case .texts(let texts): texts.contains(text)
        case .range(let from, let before):
          (from.map { !Self.isLess(text, $0) } ?? true)
            && (before.map { Self.isLess(text, $0) } ?? true)
        }
      }

      private static func isLess(_ left: String, _ right: String) -> Bool {
        if let left = Double(left), let right = Double(right) { return left < right }
        return left < right
      }
    }

    /// What becomes of patients who have films in two parts.
    public enum Leak: String, Sendable, Codable, CaseIterable {
      /// They are an error.
      case refused
      /// All their films are left out, and counted.
      case leftOut = "left-out"
    }

    /// The part that a value says; `nil` where it says none.
    func part(_ text: String) -> Subset? {
      if train.contains(text) { return .train }
      if test.contains(text) { return .test }
      return validation?.contains(text) == true ? .validation : nil
    }

    func validate(name: String) throws {
      let parts = [train, test] + (validation.map { [$0] } ?? [])
      var seen: Set<String> = []
      for part in parts {
        switch part {
        case .texts(let texts):
          for text in texts where !seen.insert(text).inserted {
            throw DataError.invalidDescription(
              name: name, reason: "split: \"\(text)\" stands for two parts")
          }
          if texts.isEmpty {
            throw DataError.invalidDescription(name: name, reason: "split: a part without values")
          }
        case .range(nil, nil):
          throw DataError.invalidDescription(
            name: name, reason: "split: a range needs a beginning or an end")
        case .range: break
        }
      }
    }
  }
}
