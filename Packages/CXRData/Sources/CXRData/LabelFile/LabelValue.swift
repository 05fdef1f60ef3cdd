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

  /// Reads a field.
  init(_ row: Table.Row, column: Int) {
    guard column < row.count else {
      self = .blank
      return
    }
    // What nearly every cell holds, without making text of it.
    let bytes = row.record.trimmedBytes(column)
    switch bytes.count {
    case 0:
      self = .blank
      return
    case 1 where bytes[0] == UInt8(ascii: "0"):
      self = .absent
      return
    case 1 where bytes[0] == UInt8(ascii: "1"):
      self = .present
      return
    default: break
    }
    let text = row[column]
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
