// What a row says in these columns.

extension LabelColumns {
  /// Checks that a row has as many fields as the header, or as it may have.
  /// - Throws: ``DataError/wrongFieldCount(path:line:expected:found:)``.
  func check(_ row: Table.Row) throws {
    if accepted.contains(row.count) { return }
    if row.count == header + 1, row[row.count - 1].isEmpty { return }
    throw DataError.wrongFieldCount(
      path: path, line: row.line, expected: header, found: row.count)
  }

  /// The column and value for which a row is left out; `nil` where it is kept.
  func leftOut(_ row: Table.Row) -> (column: String, value: String)? {
    for (column, name, values) in keep {
      let value = row[column]
      if !values.contains(value) { return (name, value) }
    }
    return nil
  }

  /// The film's name.
  func film(in row: Table.Row) throws -> String {
    guard let name = row.value(name) else {
      throw DataError.invalidField(
        path: path, line: row.line, column: nameHeader, found: row[self.name])
    }
    guard name.utf8.count != nameHeader.utf8.count || !TableHeader.isName(name, nameHeader) else {
      throw DataError.repeatedHeader(path: path, line: row.line)
    }
    return FilmName.normalised(name)
  }

  /// Whose film it is; `nil` where the row, or the table of patients, does not say.
  func patient(of film: String, in row: Table.Row) throws -> PatientID? {
    try patients.patient(of: film, in: row, path: path)
  }

  /// The table that should say whose film it is, where it has no row for it.
  func tableWithoutPatient(in row: Table.Row) -> String? {
    guard let patientColumn, let table = row.table(of: patientColumn), table.row == nil else {
      return nil
    }
    return table.path
  }

  /// To which examination and part a film belongs.
  /// - Throws: ``DataError/invalidField(path:line:column:found:)`` for a value that tells no part, or two.
  func assignment(of film: String, in row: Table.Row) throws -> FilmAssignment? {
    if study == nil, split == nil { return nil }
    var part: Subset?
    if let split, let text = row.value(split.column) {
      do throws(CollectionDescription.SplitColumn.Doubt) {
        part = try split.values.part(text)
      } catch {
        let table = row.table(of: split.column)
        throw DataError.noPlaceInSplit(
          path: table?.path ?? path, line: table?.row?.line ?? row.line,
          column: split.values.column, found: text, isInTwoParts: error == .twoParts)
      }
    }
    return FilmAssignment(study: study?.study(of: film, in: row), part: part)
  }

  /// `M` or `F`, however the file writes it.
  func sex(_ text: String?) -> String? {
    guard let text, text != "M", text != "F" else { return text }
    return switch text.lowercased() {
    case "male", "m": "M"
    case "female", "f": "F"
    default: text
    }
  }

  /// The projection; of a lateral film that it is one.
  func view(_ projection: String?, side: String?) -> String? {
    if let side, side.lowercased() == "lateral" { return "Lateral" }
    guard let view = projection ?? side, view != "PA", view != "AP" else {
      return projection ?? side
    }
    if let named = collection?.views[view] { return named }
    return switch view.lowercased() {
    case "pa": "PA"
    case "ap": "AP"
    case "lateral": "Lateral"
    case "frontal": "Frontal"
    default: view
    }
  }
}
