/// Rows of a catalogue by number, counted from 1: `1,3-4`.
public struct PartSelection: Sendable, Equatable {
  /// The numbers, in the order given.
  public let ranges: [ClosedRange<Int>]

  /// Reads numbers and ranges between commas.
  /// - Throws: ``PartSelectionError/malformed(_:)``.
  public init(_ text: String) throws {
    ranges = try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        .map { Self.number($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else {
        throw PartSelectionError.malformed(text)
      }
      return first...last
    }
  }

  /// Whether a number is one of them.
  public func contains(_ number: Int) -> Bool { ranges.contains { $0.contains(number) } }

  private static func number(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text),
      number > 0
    else { return nil }
    return number
  }
}

/// Why numbers select no parts.
public enum PartSelectionError: Error, Equatable, CustomStringConvertible {
  /// A text that is no list of numbers.
  case malformed(String)
  /// A number greater than that of the last row.
  case beyond(last: Int, count: Int)

  /// The message a person reads.
  public var description: String {
    switch self {
    case .malformed(let text):
      "\"\(text.prefix(60))\" names no parts; write numbers and ranges from 1 on between commas, as 1,3-4"
    case .beyond(let last, let count):
      "there is no part \(last); the catalogue has \(count); write numbers up to that"
    }
  }
}
