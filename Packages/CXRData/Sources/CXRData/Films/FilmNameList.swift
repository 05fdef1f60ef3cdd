/// A list of films, one a line, or the column `Image Index` (or `Path`) of a table.
public struct FilmNameList: Sendable {
  /// A line of the list.
  public struct Film: Sendable {
    /// The film's name, as ``FilmName`` writes it.
    public let name: String
    /// The name as it stands.
    public let text: String
    /// The line, counted from 1.
    public let line: Int

    init(_ text: String, line: Int) {
      (name, self.text, self.line) = (FilmName.normalised(text), text, line)
    }
  }

  /// The films in file order.
  public let films: [Film]

  private static let headers = ["Image Index", "Path", "image", "filename"]

  /// Reads a list.
  /// - Throws: ``DataError`` for a file that cannot be read, is no text, or names nothing.
  public init(path: String) throws { try self.init(contents: fileContents(path), path: path) }

  /// Reads a list's bytes; `path` is used in messages.
  /// - Throws: ``DataError`` for bytes that are no text, or name nothing.
  public init(contents: [UInt8], path: String) throws {
    let bytes = try TextFile.utf8(contents, path: path)
    var films: [Film] = []
    func isHeader(_ header: TableHeader) -> Bool { Self.headers.contains { header.has($0) } }
    var isTable: Bool?
    // A name may hold a comma, so that only a header makes a table of a list.
    for (place, text) in Self.lines(bytes).enumerated() where isTable == nil {
      let line = text.trimmingBlanks()
      guard !line.isEmpty, !line.lowercased().hasPrefix("sep=") else { continue }
      let names = line.parts { $0 == "," || $0 == ";" || $0 == "\t" }.map(FilmName.unquoted)
      isTable = isHeader(TableHeader(names, line: place + 1, path: path))
    }
    if isTable == true {
      try Table(contents: contents, path: path).forEachRow(
        isHeader: isHeader,
        columns: { header in
          for name in Self.headers {
            if let place = try header.find(name) { return (place, header.names.count) }
          }
          throw DataError.missingColumn(path: path, column: Self.headers[0], found: header.names)
        },
        { (columns: (film: Int, count: Int), row) in
          let column = columns.film
          try row.check(columns.count, path: path)
          guard let name = row.value(column) else {
            throw DataError.invalidField(
              path: path, line: row.line, column: "film name", found: row[column])
          }
          films.append(Film(name, line: row.line))
        })
    } else {
      for (place, text) in Self.lines(bytes).enumerated() {
        let name = FilmName.unquoted(text.trimmingBlanks())
        if !name.isEmpty, !name.lowercased().hasPrefix("sep=") {
          films.append(Film(name, line: place + 1))
        }
      }
    }
    guard !films.isEmpty else { throw DataError.noRows(path: path) }
    self.films = films
  }

  /// Lines that end with LF, CRLF or CR.
  private static func lines(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { String($0) }
  }
}
