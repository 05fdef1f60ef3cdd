/// The rows of a table beside the label file, by the value that they share with the rows they belong to.
final class JoinedRows {
  /// The file's path.
  let path: String
  /// The names of its columns.
  let names: [String]
  /// The place of the shared column among them.
  let key: Int
  /// SHA-256 of the file's bytes, in hexadecimal.
  let sha256: String
  /// Which columns are read; values of others are blank.
  let isRead: [Bool]
  private let rows: [Row]
  /// The places of rows by key.
  private let places: [String: Int]
  private var isUsed: [Bool]

  /// A row.
  struct Row {
    /// The line on which it starts, counted from 1.
    let line: Int
    /// Its values, trimmed.
    let values: [String]
  }

  /// Reads a table.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - keyName: the column by which its rows are found.
  ///   - columns: the names of columns that are read, as `nameKey` writes them; `nil` for all.
  /// - Throws: ``DataError`` for a file that cannot be read, has no such column, or two different rows of one key.
  init(path: String, key keyName: String, columns: Set<String>?) throws {
    self.path = path
    let contents = try fileContents(path)
    let hashing = BackgroundDigest(contents)
    var (rows, places, header): ([Row], [String: Int], TableHeader?) = ([], [:], nil)
    var place = 0
    var isRead: [Bool] = []
    try Table(contents: contents, path: path).forEachRow(
      isHeader: { $0.has(keyName) },
      columns: { names in
        header = names
        place = try names.require(keyName, needed: "\"\(keyName)\"")
        isRead = names.names.map { columns?.contains($0.nameKey) ?? true }
        return place
      },
      { place, row in
        try row.check(header?.names.count ?? 0, path: path)
        guard let key = row.value(place) else {
          throw DataError.invalidField(
            path: path, line: row.line, column: keyName, found: row[place])
        }
        let values = isRead.indices.map { isRead[$0] ? row[$0] : "" }
        guard let other = places.updateValue(rows.count, forKey: key) else {
          rows.append(Row(line: row.line, values: values))
          return
        }
        places[key] = other
        guard rows[other].values == values else {
          throw DataError.keyTwice(
            path: path, line: row.line, column: keyName, key: key, otherLine: rows[other].line)
        }
      })
    guard let header else { throw DataError.noRows(path: path) }
    (names, key, sha256) = (header.names, place, hashing.hexDigest())
    (self.rows, self.places, isUsed) = (rows, places, rows.map { _ in false })
    self.isRead = isRead
  }

  /// The row of a key.
  func row(_ key: String) -> Row? {
    guard let place = places[key] else { return nil }
    isUsed[place] = true
    return rows[place]
  }

  /// One of the keys, for messages.
  var anyKey: String? { rows.first?.values[key] }

  /// How many rows belong to no row that was asked for.
  var unusedCount: Int { isUsed.count { !$0 } }
}
