/// How the rows of other tables belong to those of the table that lists films: their columns follow its own, without those
/// that stand there already.
final class Joints {
  /// All columns' names; empty where a name stood before.
  let names: [String]
  let tables: [JoinedRows]
  private let keys: [Int]
  private let starts: [Int]
  /// Columns that an earlier table has too, and must say the same.
  private let shared: [(table: Int, column: Int, earlier: Int)]
  /// How many films' rows had none in each table.
  private(set) var unmatched: [Int]
  /// The first key that had none, by table.
  private(set) var firstUnmatched: [String: String] = [:]

  /// - Parameters:
  ///   - own: the header of the table that lists films.
  ///   - tables: the others.
  /// - Throws: ``DataError`` where the column is missing by which a table's rows belong to films'.
  init(_ own: TableHeader, _ tables: [JoinedRows]) throws {
    var names = own.names
    var (keys, starts): ([Int], [Int]) = ([], [])
    var shared: [(table: Int, column: Int, earlier: Int)] = []
    for (t, table) in tables.enumerated() {
      let header = TableHeader(names, line: own.line, path: own.path)
      keys.append(
        try header.require(table.names[table.key], needed: "\"\(table.names[table.key])\""))
      starts.append(names.count)
      for (column, name) in table.names.enumerated() {
        let earlier = try name.isEmpty ? nil : header.find(name)
        names.append(earlier == nil ? name : "")
        if let earlier, column != table.key, table.isRead[column] {
          shared.append((t, column, earlier))
        }
      }
    }
    (self.names, self.tables, self.keys, self.starts) = (names, tables, keys, starts)
    self.shared = shared
    unmatched = tables.map { _ in 0 }
  }

  /// A row with what the other tables say of it.
  /// - Throws: ``DataError/contradictoryTables(path:line:column:found:otherPath:otherLine:other:)``.
  func joining(_ own: Table.Row, path: String) throws -> Table.Row {
    var row = own
    for t in tables.indices {
      // A key may stand in an earlier of the other tables.
      let found = tables[t].row(row[keys[t]])
      if found == nil {
        if unmatched[t] == 0 { firstUnmatched[tables[t].path] = row[keys[t]] }
        unmatched[t] += 1
      }
      row.joined.append(Table.Row.Joined(start: starts[t], row: found, path: tables[t].path))
    }
    for (t, column, earlier) in shared {
      // What an earlier table does not have, it does not contradict.
      guard let other = row.joined[t].row, row.table(of: earlier).map({ $0.row != nil }) ?? true
      else { continue }
      let (mine, theirs) = (row[earlier], other.values[column])
      if mine != theirs {
        throw DataError.contradictoryTables(
          path: path, line: row.line, column: tables[t].names[column], found: mine,
          otherPath: tables[t].path, otherLine: other.line, other: theirs)
      }
    }
    return row
  }
}
