/// A table that says whose films they are: a column of films' names and one of patients.
struct PatientTable {
  let path: String
  private let rule: FilmNameRule
  private var patients: [String: (patient: PatientID, line: Int)] = [:]

  /// Columns that may hold films' names, beside the label file's own.
  private static let films = ["Image Index", "Path", "image", "filename", "image_id", "film"]
  private static let identifiers = ["Patient ID", "subject_id", "patient"]

  /// Reads a table.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - film: the column of films' names in the label file.
  ///   - rule: what of films' names does not count.
  init(path: String, film: String, rule: FilmNameRule) throws {
    (self.path, self.rule) = (path, rule)
    // RSNA's patientId names the film there, and perhaps the patient here.
    let films = Self.films + [film]
    func find(_ header: TableHeader, _ spellings: [String], but other: Int? = nil) throws -> Int? {
      for name in spellings {
        if let place = try header.find(name), place != other { return place }
      }
      return nil
    }
    var found: [String: (patient: PatientID, line: Int)] = [:]
    try Table(path: path).forEachRow(
      isHeader: { header in
        ((try? find(header, films)) ?? nil) != nil && header.names.count > 1
      },
      columns: { header in
        guard let film = try find(header, films),
          let patient = try find(header, Self.identifiers, but: film)
        else {
          throw DataError.missingColumn(
            path: path, column: "Patient ID", found: header.names,
            needed:
              "a column of films' names, \"\(films.joined(separator: "\", \""))\", and one of patients, "
              + "\"\(Self.identifiers.joined(separator: "\", \""))\"")
        }
        return (film: film, patient: patient, count: header.names.count)
      },
      { columns, row in
        try row.check(columns.count, path: path)
        guard let name = row.value(columns.film) else {
          throw DataError.invalidField(
            path: path, line: row.line, column: "film name", found: row[columns.film])
        }
        let text = row[columns.patient]
        guard let patient = PatientID(text) else {
          throw DataError.invalidField(
            path: path, line: row.line, column: "Patient ID", found: text)
        }
        guard !PatientID.isRounded(text) else {
          throw DataError.roundedIdentifier(path: path, line: row.line, found: text)
        }
        if let other = found.updateValue((patient, row.line), forKey: rule.key(of: name)),
          other.patient != patient
        {
          throw DataError.filmOfTwoPatients(
            path: path, line: row.line, film: name, patient: patient.description,
            otherLine: other.line, other: other.patient.description)
        }
      })
    guard !found.isEmpty else { throw DataError.noRows(path: path) }
    patients = found
  }

  /// Whose film it is; `nil` where the table does not say.
  func patient(of film: String) -> PatientID? { patients[rule.key(of: film)]?.patient }
}
