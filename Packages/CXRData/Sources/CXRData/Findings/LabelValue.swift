/// What a cell of a label's own column says.
enum LabelValue: UInt8 {
  /// Nothing, which counts as absent: CheXpert's "not mentioned".
  case blank
  case absent
  case present
  case uncertain
  /// That nothing is known: `NaN`, `N/A`, `-`.
  case unknown
  /// Something that is no label.
  case unreadable
  /// In one row this, in another that.
  case contradictory

  /// Reads a field as a description says that it is written.
  init(_ row: Table.Row, column: Int, texts: CollectionDescription.ValueTexts) {
    let text = row[column].lowercased()
    func isAmong(_ texts: [String]) -> Bool { texts.contains { $0.lowercased() == text } }
    if row.table(of: column).map({ $0.row == nil }) == true {
      self = .unknown
    } else if text.isEmpty {
      self = .blank
    } else if isAmong(texts.present) {
      self = .present
    } else if isAmong(texts.absent) {
      self = .absent
    } else if isAmong(texts.uncertain) {
      self = .uncertain
    } else if isAmong(texts.unknown) || text.isMissingMarker {
      self = .unknown
    } else {
      self = texts.areRunLengthsPresent && Self.areRunLengths(text) ? .present : .unreadable
    }
  }

  /// Whether a text is an even count of whole numbers between blanks.
  private static func areRunLengths(_ text: String) -> Bool {
    var (count, isInNumber) = (0, false)
    for byte in text.utf8 {
      switch byte {
      case 48...57:
        if !isInNumber { count += 1 }
        isInNumber = true
      case UInt8(ascii: " "): isInNumber = false
      default: return false
      }
    }
    return count > 0 && count.isMultiple(of: 2)
  }

  /// Reads a field.
  init(_ row: Table.Row, column: Int) {
    if !row.joined.isEmpty, let table = row.table(of: column) {
      self = table.row == nil ? .unknown : LabelValue(row[column], row, column: column)
      return
    }
    guard column < row.count else {
      self = .blank
      return
    }
    // What nearly every cell holds, without making text of it.
    let bytes = row.record.trimmedBytes(column)
    if let plain = Self.plain(bytes) {
      self = plain
      return
    }
    self.init(row[column], row, column: column)
  }

  /// What nearly every field holds: nothing, 0, 1 or −1, with a decimal or not.
  private static func plain(_ bytes: UnsafeBufferPointer<UInt8>) -> LabelValue? {
    var digits = bytes[...]
    if digits.count > 2, digits[digits.endIndex - 2] == UInt8(ascii: "."), digits.last == 48 {
      digits = digits.dropLast(2)
    }
    switch (digits.count, digits.first, digits.last) {
    case (0, _, _): return bytes.isEmpty ? .blank : nil
    case (1, 48, _): return .absent
    case (1, 49, _): return .present
    case (2, UInt8(ascii: "-"), 49): return .uncertain
    default: return nil
    }
  }

  /// Reads a field's text.
  private init(_ text: String, _ row: Table.Row, column: Int) {
    var text = text
    if let plain = text.withUTF8(Self.plain) {
      self = plain
      return
    }
    if text.isEmpty {
      self = .blank
    } else if text.isMissingMarker {
      self = .unknown
    } else {
      self =
        switch text.lowercased() {
        case "true", "yes": .present
        case "false", "no": .absent
        default:
          switch row.number(column, isUnderThousand: true) {
          case 1: .present
          case 0: .absent
          case -1: .uncertain
          default: .unreadable
          }
        }
    }
  }

  /// What two rows of one film say together.
  func joined(_ other: LabelValue) -> LabelValue {
    if self == other { return self }
    switch (self, other) {
    case (.unreadable, _), (_, .unreadable): return .unreadable
    case (.blank, _): return other
    case (_, .blank): return self
    case (.unknown, _): return other
    case (_, .unknown): return self
    default: return .contradictory
    }
  }

  /// The value in words, for messages.
  var word: String {
    switch self {
    case .blank: ""
    case .absent: "0"
    case .present: "1"
    case .uncertain: "-1"
    case .unknown: "NaN"
    case .unreadable, .contradictory: "?"
    }
  }
}
