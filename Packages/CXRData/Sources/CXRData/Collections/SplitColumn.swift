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
      /// From the first, and before the second: both numbers, or both dates such as `2014-01-31`, as the column's values are
      /// then.
      case range(from: String?, before: String?)

      /// Whether a value is one of these; `nil` where it cannot be compared.
      func contains(_ text: String) -> Bool? {
        switch self {
        case .texts(let texts): return texts.contains(text)
        case .range(let from, let before):
          guard let place = Place(text) else { return nil }
          for (end, isBeginning) in [(from, true), (before, false)] {
            guard let end else { continue }
            guard let bound = Place(end), let isLess = place.isLess(than: bound) else { return nil }
            if isLess == isBeginning { return false }
          }
          return true
        }
      }
    }

    /// A number or a date.
    enum Place {
      case number(Double)
      case date(String)

      init?(_ text: String) {
        if let number = Table.Row.number(text, hasDecimalCommas: false), number.isFinite {
          self = .number(number)
        } else if Self.isDate(text) {
          self = .date(text)
        } else {
          return nil
        }
      }

      /// Of two dates their order as text is that in time; a number and a date have none.
      func isLess(than other: Place) -> Bool? {
        switch (self, other) {
        case (.number(let left), .number(let right)): left < right
        case (.date(let left), .date(let right)): left < right
        default: nil
        }
      }

      private static func isDate(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 10
          && bytes.indices.allSatisfy {
            $0 == 4 || $0 == 7
              ? bytes[$0] == UInt8(ascii: "-") : (48...57).contains(bytes[$0])
          }
      }
    }

    /// What becomes of patients who have films in two parts.
    public enum Leak: String, Sendable, Codable, CaseIterable {
      /// They are an error.
      case refused
      /// All their films are left out, and counted.
      case leftOut = "left-out"
    }

    /// Why a value says no part.
    enum Doubt: Error {
      /// It is neither a number nor a date, as the ends of a range are.
      case notComparable
      /// It says two parts.
      case twoParts
    }

    /// The part that a value says; `nil` where it says none.
    func part(_ text: String) throws(Doubt) -> Subset? {
      var part: Subset?
      for (subset, values) in [(Subset.train, train), (.validation, validation), (.test, test)] {
        guard let values else { continue }
        guard let isIn = values.contains(text) else { throw .notComparable }
        if !isIn { continue }
        guard part == nil else { throw .twoParts }
        part = subset
      }
      return part
    }

    func validate(name: String) throws {
      func refuse(_ reason: String) throws -> Never {
        throw DataError.invalidDescription(name: name, reason: "split: \(reason)")
      }
      var seen: Set<String> = []
      for part in [train, test] + (validation.map { [$0] } ?? []) {
        switch part {
        case .texts(let texts):
          if texts.isEmpty { try refuse("a part without values") }
          for text in texts where !seen.insert(text).inserted {
            try refuse("\"\(text)\" stands for two parts")
          }
        case .range(nil, nil): try refuse("a range needs a beginning or an end")
        case .range(let from, let before):
          for end in [from, before].compactMap({ $0 }) where Place(end) == nil {
            try refuse("\"\(end)\" is neither a number nor a date such as 2014-01-31")
          }
          if let from, let before, Place(from)?.isLess(than: Place(before) ?? .number(0)) != true {
            try refuse("the range from \"\(from)\" before \"\(before)\" is empty")
          }
        }
      }
    }
  }
}
