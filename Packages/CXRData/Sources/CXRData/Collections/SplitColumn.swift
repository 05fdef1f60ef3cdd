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

      /// The ends, of a range.
      var places: Places? {
        guard case .range(let from, let before) = self else { return nil }
        return Places(from: from.flatMap(Place.init), before: before.flatMap(Place.init))
      }

      /// Whether a value is one of these; `nil` where it cannot be compared.
      func contains(_ text: String) -> Bool? {
        switch self {
        case .texts(let texts): return texts.contains(text)
        case .range(let from, let before):
          guard let place = Place(text) else { return nil }
          for (end, isBeginning) in [(from, true), (before, false)] {
            guard let end else { continue }
            guard let bound = Place(end),
              let isLess = place.comparable(with: bound).isLess(than: bound)
            else { return nil }
            if isLess == isBeginning { return false }
          }
          return true
        }
      }
    }

    /// The ends of a range.
    struct Places {
      let from: Place?
      let before: Place?

      /// Whether two ranges share values; of those that cannot be compared that is found in the rows.
      func overlaps(_ other: Places) -> Bool {
        func begins(_ range: Places, before end: Place?) -> Bool {
          guard let from = range.from, let end else { return true }
          return from.isLess(than: end) ?? false
        }
        return begins(self, before: other.before) && begins(other, before: before)
      }
    }

    /// A number or a date.
    enum Place {
      case number(Double)
      case date(String)

      init?(_ text: String) {
        if let number = Table.Row.number(text, hasDecimalCommas: false), number.isFinite {
          self = .number(number)
        } else if let date = Self.date(text) {
          self = .date(date)
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

      /// A date as `2014-01-31`, with a time behind it or not, or as `31.01.2014`; with slashes it may be two.
      private static func date(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        func isDigits(_ range: Range<Int>) -> Bool {
          bytes[range].allSatisfy { (48...57).contains($0) }
        }
        func slice(_ range: Range<Int>) -> String {
          String(decoding: bytes[range], as: UTF8.self)
        }
        guard bytes.count >= 10 else { return nil }
        if isDigits(0..<4), bytes[4] == UInt8(ascii: "-"), isDigits(5..<7),
          bytes[7] == UInt8(ascii: "-"), isDigits(8..<10),
          bytes.count == 10 || bytes[10] == UInt8(ascii: " ") || bytes[10] == UInt8(ascii: "T")
        {
          return slice(0..<10)
        }
        if bytes.count == 10, isDigits(0..<2), bytes[2] == UInt8(ascii: "."), isDigits(3..<5),
          bytes[5] == UInt8(ascii: "."), isDigits(6..<10)
        {
          return "\(slice(6..<10))-\(slice(3..<5))-\(slice(0..<2))"
        }
        return nil
      }

      /// A number of eight digits, which DICOM has for a date, as one; itself else.
      func comparable(with other: Place) -> Place {
        guard case .number(let number) = self, case .date = other,
          (19_000_101...21_001_231).contains(number), number == number.rounded()
        else { return self }
        let digits = "\(Int(number))"
        return .date("\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.suffix(2))")
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
      let ranges = [train, test, validation].compactMap { $0?.places }
      for (place, one) in ranges.enumerated() {
        for other in ranges[..<place] where one.overlaps(other) {
          try refuse(
            "two parts have the same values; the end of one range is the beginning of the next")
        }
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
