/// Where the identifier of a patient or a study stands, and how it is read there.
struct IdentifierColumn {
  /// Where it may stand.
  enum Place {
    case column(Int, String)
    case folder(String)
    case pattern(String)
    case none

    var isThere: Bool { if case .none = self { false } else { true } }
    /// The place in words.
    var words: String {
      switch self {
      case .column(_, let name): "the column \"\(name)\""
      case .folder(let word): "the folder \(word)00042 in each path"
      case .pattern(let text): "what \(text) finds in each name"
      case .none: ""
      }
    }
    var column: Int? { if case .column(let column, _) = self { column } else { nil } }
  }

  private enum Source {
    case column(Int)
    case folder([UInt8])
    case pattern(Regex<AnyRegexOutput>, text: String)
    case table(PatientTable)
    case film
  }
  private let source: Source
  /// Whether identifiers are films' own names.
  var isEachFilm: Bool { if case .film = source { true } else { false } }
  /// The table that says whose films they are.
  var table: PatientTable? { if case .table(let table) = source { table } else { nil } }

  /// A place in the label file.
  init(_ place: Place) throws { source = try Self.source(place) }

  private static func source(_ place: Place) throws -> Source {
    switch place {
    case .column(let column, _): .column(column)
    case .folder(let word): .folder(Array(word.utf8))
    case .pattern(let text): .pattern(try Regex(text), text: text)
    case .none: .film
    }
  }

  /// Whose films they are: as the file says at a place, or as another source does.
  ///
  /// - Parameters:
  ///   - place: in the label file.
  ///   - patients: where it stands.
  ///   - film: the column of films' names.
  ///   - rule: what of films' names does not count.
  ///   - path: of the label file, for messages.
  ///   - collection: its name, for messages.
  init(
    _ place: Place, _ patients: PatientSource, film: String, rule: FilmNameRule, path: String,
    collection: String
  ) throws {
    if place.isThere, patients != .labelFile {
      throw DataError.patientsTwice(path: path, place: place.words)
    }
    switch (place, patients) {
    case (.none, .labelFile): throw DataError.noPatients(path: path, collection: collection)
    case (_, .labelFile): source = try Self.source(place)
    case (_, .table(let path)):
      source = .table(try PatientTable(path: path, film: film, rule: rule))
    case (_, .eachFilm): source = .film
    }
  }

  /// The text of a row's identifier, for messages.
  func text(in row: Table.Row) -> String {
    if case .column(let column) = source { row[column] } else { "" }
  }

  /// Whose film it is; `nil` where the row, or the table of patients, does not say.
  /// - Throws: ``DataError`` for a name in which no patient is found, and a number that a spreadsheet has rounded.
  func patient(of film: String, in row: Table.Row, path: String) throws -> PatientID? {
    switch source {
    case .column(let column):
      let text = row[column]
      guard let id = PatientID(text) else { return nil }
      // Digits alone are whole.
      guard id.number != nil || !PatientID.isRounded(text) else {
        throw DataError.roundedIdentifier(path: path, line: row.line, found: text)
      }
      return id
    case .table(let table): return table.patient(of: film)
    case .film: return PatientID(film: film)
    case .folder(let word):
      guard let digits = Self.digits(after: word, in: film), let id = PatientID(digits) else {
        throw DataError.invalidField(
          path: path, line: row.line,
          column:
            "Path (no folder \(String(decoding: word, as: UTF8.self))00042 tells whose film it is, and there is no column "
            + "Patient ID)",
          found: film)
      }
      return id
    case .pattern(let expression, let text):
      guard let id = Self.group(of: expression, in: film).flatMap({ PatientID($0) }) else {
        throw DataError.invalidField(
          path: path, line: row.line,
          column: "film name (the pattern \(text) finds no patient in it)", found: film)
      }
      return id
    }
  }

  /// The examination in which a film was taken; `nil` where that is not known.
  func study(of film: String, in row: Table.Row) -> String? {
    switch source {
    case .column(let column): row.value(column)
    case .folder(let word): Self.digits(after: word, in: film)
    case .pattern(let expression, _): Self.group(of: expression, in: film)
    case .table, .film: nil
    }
  }

  /// What follows a word in the first folder whose name is the word and digits.
  private static func digits(after word: [UInt8], in film: String) -> String? {
    var film = film
    return film.withUTF8 { bytes in
      var start = 0
      for end in bytes.indices where bytes[end] == UInt8(ascii: "/") {
        defer { start = end + 1 }
        let digits = start + word.count
        if digits < end, bytes[start..<digits].elementsEqual(word),
          bytes[digits..<end].allSatisfy({ (48...57).contains($0) })
        {
          return String(decoding: bytes[digits..<end], as: UTF8.self)
        }
      }
      return nil
    }
  }

  private static func group(of expression: Regex<AnyRegexOutput>, in film: String) -> String? {
    guard let match = try? expression.firstMatch(in: film), match.output.count == 2 else {
      return nil
    }
    return match.output[1].substring.map { String($0) }
  }
}
