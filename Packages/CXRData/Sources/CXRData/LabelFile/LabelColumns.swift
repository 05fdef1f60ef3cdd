/// Where a label file's columns stand. A class, so that each row takes one reference to all that is known of them.
final class LabelColumns {
  let name: Int
  let nameHeader: String
  let followUp: Int?
  let age: Int?
  let sex: Int?
  let view: Int?
  /// CheXpert's `Frontal/Lateral`.
  let side: Int?
  let patients: IdentifierColumn
  /// The column of patients, where they have one.
  let patientColumn: Int?
  let study: IdentifierColumn?
  /// The column of findings; without it, each label has a column.
  let findings: Int?
  /// The columns of labels, where each has one; beside a column of findings those of known labels, to be compared.
  let labels: [(column: Int, name: String)]
  /// Who read the film, where each reader has rows.
  let reader: Int?
  /// Which part a film belongs to.
  let split: (column: Int, values: CollectionDescription.SplitColumn)?
  /// Columns of which only some values are kept.
  let keep: [(column: Int, name: String, values: Set<String>)]
  /// What the columns mean, where that is described.
  let collection: CollectionDescription?
  /// The tables beside the one that lists films.
  let joints: Joints?
  let path: String
  /// Columns that say more of a film, and are described but not there.
  let missing: [String]
  /// How many fields the header has.
  let header: Int
  /// How many a row may have.
  let accepted: Set<Int>

  /// Whether the columns' names are those of a label file that no description says how to read.
  static func areThere(
    in header: TableHeader, labels: Set<String>, patients: PatientSource
  ) -> Bool {
    header.has("Path") || header.has("Image Index") && header.has("Finding Labels")
      || hasColumns(header, of: labels, patients: patients)
  }

  /// Whether films' names and patients stand beside columns of labels that are known: NIH's file as it is often recast.
  private static func hasColumns(
    _ header: TableHeader, of labels: Set<String>, patients: PatientSource
  ) -> Bool {
    header.has("Image Index")
      && (header.has("Patient ID", "subject_id") || patients != .labelFile)
      && header.names.contains(where: labels.contains)
  }

  /// Finds the columns of a file that no description says how to read.
  ///
  /// - Parameters:
  ///   - header: of the file.
  ///   - known: labels that are known to be such.
  ///   - renames: names that are taken for others.
  ///   - patients: where it stands whose films they are.
  ///   - path: of the file, for messages.
  init(
    _ header: TableHeader, labels known: Set<String>, renames: [String: String],
    patients: PatientSource, path: String
  ) throws {
    let names = header.names
    self.path = path
    findings = try header.find("Finding Labels")
    let patient: Int?
    if findings == nil, let paths = try header.find("Path") {
      name = paths
      patient = try header.find("Patient ID", "subject_id")
    } else if findings == nil, Self.hasColumns(header, of: known, patients: patients) {
      name = try header.require("Image Index")
      patient = try header.find("Patient ID") ?? header.find("subject_id")
    } else {
      name = try header.require("Image Index")
      _ = try header.require("Finding Labels")
      patient =
        patients == .labelFile ? try header.require("Patient ID") : try header.find("Patient ID")
    }
    nameHeader = names[name]
    patientColumn = patient
    self.patients = try IdentifierColumn(
      patient.map { .column($0, names[$0]) }
        ?? (TableHeader.isName(names[name], "Path") && patients == .labelFile
          ? .folder("patient") : .none),
      patients, film: names[name], rule: FilmNameRule(), path: path, collection: "the label file")
    followUp = try header.find("Follow-up #")
    age = try header.find("Patient Age", "Age")
    sex = try header.find("Patient Gender", "Patient Sex", "Sex")
    view = try header.find("View Position", "AP/PA")
    side = try header.find("Frontal/Lateral")
    let taken = Set([name, patient, followUp, age, sex, view, side].compactMap { $0 })
    let cells = findings
    let all = names.indices.filter { !taken.contains($0) && $0 != cells && !names[$0].isEmpty }
      .map { column in
        let name =
          TableHeader.isName(names[column], LabelSet.noFinding) ? LabelSet.noFinding : names[column]
        return (column: column, name: renames[names[column]] ?? name)
      }
    labels = cells == nil ? all : all.filter { known.contains($0.name) }
    try Self.checkOnce(labels, header)
    (study, reader, split, keep, collection, joints) = (nil, nil, nil, [], nil, nil)
    missing = []
    (self.header, accepted) = Self.fieldCounts(
      names, last: taken.union(labels.map(\.column)).union(cells.map { [$0] } ?? []).max() ?? 0)
  }

  /// Finds the columns that a description names.
  ///
  /// - Parameters:
  ///   - header: of the table that lists films.
  ///   - collection: the description.
  ///   - renames: names that are taken for others, the description's among them.
  ///   - patients: where it stands whose films they are.
  ///   - tables: the other tables.
  ///   - path: of the table that lists films, for messages.
  init(
    _ own: TableHeader, _ collection: CollectionDescription, renames: [String: String],
    patients: PatientSource, tables: [JoinedRows], path: String
  ) throws {
    let joints = tables.isEmpty ? nil : try Joints(own, tables)
    let header =
      joints.map { TableHeader($0.names, line: own.line, path: path) } ?? own
    let names = header.names
    (self.path, self.collection, self.joints) = (path, collection, joints)
    let needed = collection.neededColumns
    func require(_ column: String) throws -> Int { try header.require(column, needed: needed) }
    func find(_ column: String?) throws -> Int? { try column.map(require) }
    /// A column that says more of a film, and may be missing from some releases.
    var absent: [String] = []
    func findIfThere(_ column: String?) throws -> Int? {
      guard let column else { return nil }
      let place = try header.find(column)
      if place == nil { absent.append(column) }
      return place
    }
    name = try require(collection.film)
    nameHeader = names[name]
    let findings = try find(collection.findings.column)
    self.findings = findings
    let source: IdentifierColumn.Place =
      switch collection.patient {
      case .column(let column): .column(try require(column), column)
      case .folder(let word): .folder(word)
      case .pattern(let text): .pattern(text)
      case nil: .none
      }
    patientColumn = source.column
    self.patients = try IdentifierColumn(
      source, patients, film: collection.film, rule: collection.filmNames, path: path,
      collection: collection.name)
    let studyPlace: IdentifierColumn.Place =
      switch collection.study {
      case .column(let column): try findIfThere(column).map { .column($0, column) } ?? .none
      case .folder(let word): .folder(word)
      case .pattern(let text): .pattern(text)
      case nil: .none
      }
    study = studyPlace.isThere ? try IdentifierColumn(studyPlace) : nil
    followUp = try findIfThere(collection.followUp)
    age = try findIfThere(collection.age)
    sex = try findIfThere(collection.sex)
    view = try findIfThere(collection.view)
    side = try findIfThere(collection.side)
    reader = try find(collection.readers?.column)
    split = try collection.split.map { (try require($0.column), $0) }
    keep = try collection.keep.sorted { $0.key < $1.key }.map { column, values in
      (try require(column), column, Set(values))
    }
    missing = absent
    var taken = Set([name, followUp, age, sex, view, side, findings, reader].compactMap { $0 })
    taken.formUnion([source.column, studyPlace.column, split?.column].compactMap { $0 })
    taken.formUnion(keep.map(\.column))
    func label(_ column: String, _ place: Int) -> String {
      let isHealthy = collection.noFinding.contains(column)
      return renames[column] ?? renames[names[place]] ?? (isHealthy ? LabelSet.noFinding : column)
    }
    if case .columns(let columns) = collection.findings {
      labels =
        try columns.isEmpty
        ? names.indices.filter { !taken.contains($0) && !names[$0].isEmpty }
          .map { ($0, label(names[$0], $0)) }
        : columns.compactMap { column in
          try header.find(column).map { ($0, label(column, $0)) }
        }
      if labels.isEmpty { _ = try require(columns.first ?? "a column a label") }
    } else {
      labels = []
    }
    if case .columns(let columns) = collection.findings, !collection.isBuiltIn {
      // Releases of public collections may lack some; one's own description says what one has.
      for column in columns { _ = try require(column) }
    }
    try Self.checkOnce(labels, header)
    let last = taken.union(labels.map(\.column)).filter { $0 < own.names.count }.max() ?? 0
    (self.header, accepted) = Self.fieldCounts(own.names, last: last)
  }

  /// Checks that no label has two columns.
  private static func checkOnce(_ labels: [(column: Int, name: String)], _ header: TableHeader)
    throws
  {
    var places: [String: Int] = [:]
    for (column, name) in labels {
      if let first = places.updateValue(column, forKey: name) {
        throw DataError.columnTwice(
          path: header.path, line: header.line, first: header.names[first],
          second: header.names[column])
      }
    }
  }

  /// How many fields the header has, and how many a row may have; `last` is the last column that is read.
  private static func fieldCounts(_ names: [String], last: Int) -> (Int, Set<Int>) {
    // A quoted `OriginalImage[Width,Height]` is one name for two columns; the rows may have either.
    let pairs = names.indices.filter {
      names[$0].contains("[") && names[$0].contains(",") && names[$0].hasSuffix("]")
    }
    // Columns behind such a name would shift where rows have two.
    let canShift = pairs.first.map { last > $0 } ?? false
    // A trailing comma in the header alone, or in the rows alone, adds one empty field.
    let trailing = names.last?.isEmpty == true ? -1 : 0
    return (
      names.count,
      [names.count, names.count + (canShift ? 0 : pairs.count), names.count + trailing]
    )
  }
}
