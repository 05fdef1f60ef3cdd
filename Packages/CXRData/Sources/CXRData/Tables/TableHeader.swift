/// The names of a table's columns, found whatever their case and whether words are parted by a space, a hyphen or an
/// underscore.
public struct TableHeader: Sendable {
  /// The names as they stand, trimmed.
  public let names: [String]
  /// The line of the header, counted from 1.
  public let line: Int
  /// The file's path, for messages.
  let path: String
  private let keys: [String]

  init(_ names: [String], line: Int, path: String) {
    (self.names, self.line, self.path) = (names, line, path)
    keys = names.map(\.nameKey)
  }

  /// The column that has one of some names.
  /// - Returns: its place, or `nil` where there is none.
  /// - Throws: ``DataError/columnTwice(path:line:first:second:)`` where there are two.
  public func find(_ spellings: String...) throws -> Int? {
    let wanted = spellings.map(\.nameKey)
    let places = keys.indices.filter { wanted.contains(keys[$0]) }
    guard places.count <= 1 else {
      throw DataError.columnTwice(
        path: path, line: line, first: names[places[0]], second: names[places[1]])
    }
    return places.first
  }

  /// The column that has one of some names, which must be there.
  /// - Throws: as ``find(_:)``, and ``DataError/missingColumn(path:column:found:needed:collection:)``.
  public func require(_ column: String, or others: String...) throws -> Int {
    for name in [column] + others { if let place = try find(name) { return place } }
    throw DataError.missingColumn(path: path, column: column, found: names)
  }

  /// The column that has a name, which must be there with others that `needed` lists.
  /// - Throws: as ``find(_:)``, and ``DataError/missingColumn(path:column:found:needed:collection:)``.
  func require(_ column: String, needed: String) throws -> Int {
    guard let place = try find(column) else {
      throw DataError.missingColumn(path: path, column: column, found: names, needed: needed)
    }
    return place
  }

  /// Whether a column has one of some names.
  func has(_ spellings: String...) -> Bool {
    let wanted = spellings.map(\.nameKey)
    return keys.contains { wanted.contains($0) }
  }

  /// Whether a text is the name of a column.
  public static func isName(_ text: String, _ name: String) -> Bool {
    text.nameKey == name.nameKey
  }
}
