import CXRFiles

extension Characteristics {
  private static let columns = [
    "kind", "name", "part", "count", "of", "mean", "standard_deviation", "lower_quartile", "median",
    "upper_quartile", "most", "difference",
  ]

  /// The text of `characteristics.csv`: a row and part a line; undefined numbers are empty.
  public var csv: String {
    CSVText.line(Self.columns)
      + rows.flatMap { row in
        parts.enumerated().map { part, name in
          CSVText.line(
            [row.kind.rawValue, row.name, name] + row.cells[part].fields
              + [compared.contains(part) ? row.difference(part).map { "\($0)" } ?? "" : ""])
        }
      }.joined()
  }

  /// The rows as a document: of each part its counts, or the spread of a number, and how far it lies from training.
  var json: JSONValue {
    .array(
      rows.map { row in
        .object(
          [("kind", .string(row.kind.rawValue)), ("name", .string(row.name))]
            + parts.enumerated().map { part, name in
              let difference: [(String, JSONValue)] =
                compared.contains(part)
                ? [("difference", .number(orNull: row.difference(part)))] : []
              return (name, .object(row.cells[part].members + difference))
            })
      })
  }
}

extension Characteristics.Cell {
  /// The columns from `count` to `most`.
  fileprivate var fields: [String] {
    switch self {
    case .count(let count): ["\(count)"] + [String](repeating: "", count: 7)
    case .share(let count, let total):
      ["\(count)", "\(total)"] + [String](repeating: "", count: 6)
    case .quantity(let quantity):
      ["\(quantity.count)", ""] + quantity.values.map { $0.value.map { "\($0)" } ?? "" }
    }
  }

  fileprivate var members: [(String, JSONValue)] {
    switch self {
    case .count(let count): [("count", .integer(count))]
    case .share(let count, let total): [("count", .integer(count)), ("of", .integer(total))]
    case .quantity(let quantity):
      [("count", .integer(quantity.count))]
        + quantity.values.map { ($0.name, .number(orNull: $0.value)) }
    }
  }
}

extension Quantity {
  fileprivate var values: [(name: String, value: Double?)] {
    [
      ("mean", mean), ("standard_deviation", standardDeviation), ("lower_quartile", lowerQuartile),
      ("median", median), ("upper_quartile", upperQuartile), ("most", most),
    ]
  }
}
