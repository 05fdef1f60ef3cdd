/// The rows of a label file as they are read, joined by film.
struct LabelRows {
  /// The films, in the order of their first rows.
  private(set) var films: [FilmRows] = []
  /// What is odd in single rows.
  private(set) var notes: [LabelFile.Note] = []
  /// Rows of films after their first, where that is odd; whether they say the same.
  private(set) var laterRows: [(film: Int, line: Int, isSame: Bool)] = []
  /// The cells of findings.
  private(set) var texts = FindingTexts()
  /// The labels that have columns, where each has one.
  private(set) var labelColumns: [String]?
  /// Labels of columns beside a column of findings.
  private(set) var comparedLabels: [String] = []
  /// Columns that hold what is no label, or contradict themselves.
  private(set) var doubts: [String: DataError] = [:]
  /// Rows that are left out, by column and value.
  private(set) var leftOut: [String: [String: Int]] = [:]
  /// How many rows there are.
  private(set) var count = 0
  /// Names that are taken for others, a collection's among them.
  let renames: [String: String]
  /// Columns that say more of films, and are described but not there.
  private(set) var missingColumns: [String] = []
  /// Whether each film is taken for a patient.
  private(set) var areFilmsPatients = false
  /// How other tables belong to films.
  private(set) var joints: Joints?
  /// Names of columns and of findings in cells, to see whether renames are used; empty where there are none.
  private(set) var names: Set<String> = []

  /// Reads the rows of a collection's tables.
  init(
    _ tables: CollectionTables, collection: CollectionDescription?, vocabulary: [String],
    renames asked: [String: String], patients: PatientSource
  ) throws {
    let table = tables.films
    let path = table.path
    let described = collection.flatMap { $0.isReadAsNIH ? nil : $0 }
    let renames = (collection?.renames ?? [:]).merging(asked) { $1 }
    self.renames = renames
    let known = Set(vocabulary + LabelSet.nih14)
    var columnNames: [String] = []
    var withoutPatient: (lines: [Int], films: [String], found: String) = ([], [], "")
    var tableOfPatients: String?
    var places: [String: Int] = [:]
    // Lines of NIH's file have about 80 bytes.
    let likelyCount = min(table.byteCount / 60, 1 << 18)
    places.reserveCapacity(likelyCount)
    films.reserveCapacity(likelyCount)
    try table.forEachRow(
      isHeader: { header in
        collection.map { header.has($0.film) }
          ?? LabelColumns.areThere(in: header, labels: known, patients: patients)
      },
      columns: { header in
        columnNames = header.names
        let columns =
          if let collection {
            try LabelColumns(
              header, collection, renames: renames, patients: patients, tables: tables.others,
              path: path)
          } else {
            try LabelColumns(
              header, labels: known, renames: renames, patients: patients, path: path)
          }
        labelColumns = columns.findings == nil ? columns.labels.map(\.name) : nil
        comparedLabels = columns.findings == nil ? [] : columns.labels.map(\.name)
        areFilmsPatients = columns.patient.isEachFilm
        joints = columns.joints
        missingColumns = columns.missing
        tableOfPatients = columns.patient.table?.path
        return columns
      },
      { columns, row in
        try columns.check(row)
        count += 1
        var row = row
        try columns.joints?.join(&row, path: path)
        if let (column, value) = columns.leftOut(row) {
          leftOut[column, default: [:]][value, default: 0] += 1
          return
        }
        let name = try columns.film(in: row)
        guard let patient = try columns.patient.patient(of: name, in: row, path: path) else {
          if withoutPatient.lines.isEmpty {
            withoutPatient.found = columns.patient.text(in: row)
          }
          withoutPatient.lines.append(row.line)
          if withoutPatient.films.count < 5 { withoutPatient.films.append(name) }
          return
        }
        let ageText = row.value(columns.age)
        let age = ageText.flatMap { PatientAge($0, hasDecimalCommas: row.hasDecimalCommas) }
        if let age, age.years > 100 {
          note(row, name, .implausibleAge(age.years))
        } else if age == nil, let ageText {
          note(row, name, .unreadableAge(ageText))
        }
        let values = columns.labels.map { column, label in
          let value =
            if let texts = described?.values {
              LabelValue(row, column: column, texts: texts)
            } else {
              LabelValue(row, column: column)
            }
          if value == .unreadable, doubts[label] == nil {
            let table = row.table(of: column)
            doubts[label] = .unreadableLabel(
              path: table?.path ?? path, line: table?.row?.line ?? row.line, label: label,
              found: row[column])
          }
          return value
        }
        var own = FilmRows(
          name: name, patient: patient, study: columns.study?.study(of: name, in: row),
          part: columns.split.flatMap { $0.values.part(row[$0.column]) },
          followUp: row.value(columns.followUp).flatMap { Int($0) },
          age: age, sex: columns.sex(row.value(columns.sex)),
          view: columns.view(row.value(columns.view), side: row.value(columns.side)),
          line: row.line,
          cell: columns.findings.map { texts.place(of: row.untrimmed($0), line: row.line) },
          values: values)
        var reader: String?
        if let column = columns.reader {
          reader = row.value(column)
          guard reader != nil else {
            throw DataError.invalidField(
              path: path, line: row.line, column: described?.readers?.column ?? "reader",
              found: row[column])
          }
        }
        if let place = places.updateValue(films.count, forKey: name) {
          places[name] = place
          if described?.hasSeveralRowsAFilm != true {
            laterRows.append((place, row.line, own.says(asFirstOf: films[place])))
          }
          try films[place].join(
            own, labels: columns.labels.map(\.name), path: path, doubts: &doubts)
          if let reader { films[place].take(reader, of: own) }
        } else {
          if let reader { own.take(reader, of: own) }
          films.append(own)
        }
      })
    guard withoutPatient.lines.isEmpty else {
      if let tableOfPatients {
        throw DataError.filmsWithoutPatient(
          path: tableOfPatients, films: withoutPatient.films, count: withoutPatient.lines.count)
      }
      throw DataError.rowsWithoutPatient(
        path: path, lines: withoutPatient.lines, found: withoutPatient.found)
    }
    if !asked.isEmpty { names = Set(columnNames + (joints?.names ?? []) + texts.names) }
  }

  private mutating func note(_ row: Table.Row, _ film: String, _ problem: LabelFile.Problem) {
    notes.append(LabelFile.Note(line: row.line, film: film, problem: problem))
  }
}
