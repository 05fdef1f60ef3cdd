import Foundation

/// A table of texts, from a page, a CSV file or the console.
struct TextTable: Sendable, Equatable {
  var header: [String]
  var rows: [[String]]

  init(header: [String], rows: [[String]]) { (self.header, self.rows) = (header, rows) }

  /// Comma-separated values; cells in double quotes may hold commas and, doubled, quotes.
  init(csv text: String) {
    var (rows, row, cell, isQuoted) = ([[String]](), [String](), "", false)
    for character in text {
      switch character {
      case "\"": isQuoted.toggle()
      case ",", "\n":
        if isQuoted {
          cell.append(character)
        } else {
          row.append(cell)
          cell = ""
          if character == "\n" {
            rows.append(row)
            row = []
          }
        }
      default: cell.append(character)
      }
    }
    (header, self.rows) = (rows.first ?? [], Array(rows.dropFirst()))
  }

  init(csvAt path: String) throws {
    self.init(csv: try String(contentsOfFile: path, encoding: .utf8))
  }

  /// The lines of the console from one whose first cell is `first` to the next empty one; two
  /// spaces and more part cells.
  init?(console text: String, first: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.split(separator: /\s{2,}/).map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty }
    }
    guard let start = lines.firstIndex(where: { $0.first == first }) else { return nil }
    let table = lines[start...].prefix { $0.count > 1 }
    (header, rows) = (lines[start], Array(table.dropFirst()))
  }

  /// A cell by the column's name; `nil` where there is none.
  func cell(_ row: Int, _ column: String) -> String? {
    guard let place = header.firstIndex(of: column), rows.indices.contains(row),
      rows[row].indices.contains(place)
    else { return nil }
    return rows[row][place]
  }

  /// Each row by column names.
  var records: [[String: String]] {
    rows.map { row in Dictionary(zip(header, row)) { first, _ in first } }
  }
}
