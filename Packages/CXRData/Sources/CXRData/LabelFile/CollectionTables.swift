import Foundation

/// The tables of a collection: the one that lists films, and those that say more of them.
struct CollectionTables {
  /// The label file's path.
  let path: String
  /// The table that lists films.
  let films: Table
  /// The others.
  let others: [JoinedRows]
  private let digests: [String]

  /// Finds the tables of a collection.
  ///
  /// - Parameters:
  ///   - contents: the label file's bytes.
  ///   - path: of the label file; its folder holds the others.
  ///   - collection: names them; `nil` for the label file alone.
  /// - Throws: ``DataError`` for one that is missing or cannot be read.
  init(contents: [UInt8], path: String, _ collection: CollectionDescription?) throws {
    let labels = try Table(contents: contents, path: path)
    self.path = path
    guard let collection, !collection.tables.isEmpty else {
      (films, others, digests) = (labels, [], [])
      return
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().relativePath
    let paths = try collection.tables.map { table in
      let path = folder == "." && !path.contains("/") ? table.file : folder + "/" + table.file
      guard FileManager.default.fileExists(atPath: path) else {
        throw DataError.tableMissing(path: path, collection: collection.name)
      }
      return path
    }
    func hasFilms(_ names: [String]) -> Bool {
      names.contains { TableHeader.isName($0, collection.film) }
    }
    let named: Set<String>? =
      collection.findings == .columns([])
      ? nil : Set(collection.columnNames.map(\.nameKey))
    func rows(_ path: String, key: String) throws -> JoinedRows {
      try JoinedRows(path: path, key: key, columns: named)
    }
    if hasFilms(try labels.firstRow()) {
      films = labels
      others = try zip(paths, collection.tables).map { try rows($0, key: $1.key) }
      digests = others.map(\.sha256)
      return
    }
    // The label file's rows are of something else, of studies, and belong to films by the key of the table that lists these.
    for (place, listing) in paths.enumerated() {
      let bytes = try fileContents(listing)
      let table = try Table(contents: bytes, path: listing)
      guard hasFilms(try table.firstRow()) else { continue }
      let hashing = BackgroundDigest(bytes)
      films = table
      let more = try zip(paths, collection.tables).enumerated().filter { $0.offset != place }
        .map { try rows($0.element.0, key: $0.element.1.key) }
      others = [try rows(path, key: collection.tables[place].key)] + more
      digests = [hashing.hexDigest()] + more.map(\.sha256)
      return
    }
    throw DataError.missingColumn(
      path: path, column: collection.film, found: try labels.firstRow(),
      needed: collection.neededColumns)
  }

  /// The digest of all tables, from that of the label file.
  func sha256(ofLabelFile digest: String) -> String {
    digests.isEmpty
      ? digest : SHA256.hexDigest(of: ([digest] + digests).joined(separator: "\n"))
  }
}
