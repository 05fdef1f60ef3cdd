import CXRFiles
import CXRMetrics

/// A table as comma-separated values; undefined numbers are empty.
public struct FigureTable: Sendable {
  /// The file's name.
  public let name: String
  /// The file's text.
  public let text: String

  init(_ name: String, header: [String], rows: [[Cell]]) {
    self.name = name
    text = CSVText.line(header) + rows.map { CSVText.line($0.map(\.text)) }.joined()
  }

  enum Cell {
    case text(String)
    case count(Int)
    case number(Double?)

    var text: String {
      switch self {
      case .text(let text): text
      case .count(let count): "\(count)"
      case .number(let value): value.map { "\($0)" } ?? ""
      }
    }

    static func estimate(_ estimate: Estimate) -> [Cell] {
      [.number(estimate.value), .number(estimate.interval?.low), .number(estimate.interval?.high)]
    }

    static func share(_ share: PatientProportion) -> [Cell] { estimate(share.estimate) }
  }

  /// The columns of an estimate.
  static func triple(_ name: String) -> [String] { [name, name + "_low", name + "_high"] }
}
