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
  /// The file in which they stand.
  private(set) var textsPath: String
  /// The labels that have columns, where each has one.
  private(set) var labelColumns: [String]?
  /// Labels of columns beside a column of findings.
  private(set) var comparedLabels: [String] = []
  /// Columns that hold what is no label, or contradict themselves.
  private(set) var doubts: [String: DataError] = [:]
  /// Rows that are left out, by column and value.
  private(set) var leftOut: [String: [String: Int]] = [:]
  /// Values of the column that tells parts which tell none, and how many rows have each.
  private(set) var valuesWithoutPart: [String: Int] = [:]
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

  private let path: String
  private let valueTexts: CollectionDescription.ValueTexts?
  private let hasSeveralRowsAFilm: Bool
  /// The places of films by name.
  private var places: [String: Int] = [:]
  private var withoutPatient: (lines: [Int], films: [String], found: String, table: String?) = (
    [], [], "", nil
  )

  /// Reads the rows of a collection's tables.
  init(
    _ tables: CollectionTables, collection: CollectionDescription?, vocabulary: [String],
    renames asked: [String: String], patients: PatientSource
  ) throws {
    let table = tables.films
    let path = table.path
    self.path = path
    textsPath = path
    valueTexts = collection?.values
    hasSeveralRowsAFilm = collection?.hasSeveralRowsAFilm == true
    let renames = (collection?.renames ?? [:]).merging(asked) { $1 }
    self.renames = renames
    let known = Set(vocabulary + LabelSet.nih14)
    var found: LabelColumns?
    var columnNames: [String] = []
    // Lines of NIH's file have about 80 bytes, those of others more.
    let likelyCount = table.byteCount / 80
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
        found = columns
        return columns
      },
      { columns, row in
        try columns.check(row)
        count += 1
        if let joints = columns.joints {
          try take(joints.joining(row, path: path), columns)
        } else {
          try take(row, columns)
        }
      })
    if let joints = found?.joints, count > 0 {
      for (table, unmatched) in zip(joints.tables, joints.unmatched) where unmatched == count {
        throw DataError.nothingJoined(
          path: table.path, column: table.names[table.key], found: table.anyKey ?? "",
          otherPath: path, other: joints.firstUnmatched[table.path] ?? "")
      }
    }
    guard withoutPatient.lines.isEmpty else {
      if let table = found?.patients.table?.path ?? withoutPatient.table {
        throw DataError.filmsWithoutPatient(
          path: table, films: withoutPatient.films, count: withoutPatient.lines.count)
      }
      throw DataError.rowsWithoutPatient(
        path: path, lines: withoutPatient.lines, found: withoutPatient.found)
    }
    let labels = found?.labels.map(\.name) ?? []
    labelColumns = found?.findings == nil ? labels : nil
    comparedLabels = found?.findings == nil ? [] : labels
    areFilmsPatients = found?.patients.isEachFilm ?? false
    joints = found?.joints
    missingColumns = found?.missing ?? []
    names = asked.isEmpty ? [] : Set(columnNames + (found?.joints?.names ?? []) + texts.names)
  }

  /// Takes a row.
  private mutating func take(_ row: Table.Row, _ columns: LabelColumns) throws {
    if let (column, value) = columns.leftOut(row) {
      leftOut[column, default: [:]][value, default: 0] += 1
      return
    }
    let name = try columns.film(in: row)
    guard let patient = try columns.patient(of: name, in: row) else {
      if withoutPatient.lines.isEmpty {
        withoutPatient.found = columns.patients.text(in: row)
      }
      if let table = columns.tableWithoutPatient(in: row) { withoutPatient.table = table }
      withoutPatient.lines.append(row.line)
      if withoutPatient.films.count < 5 { withoutPatient.films.append(name) }
      return
    }
    if let split = columns.split, let text = row.value(split.column),
      (try? split.values.part(text)) == .some(nil)
    {
      valuesWithoutPart[text, default: 0] += 1
    }
    let ageText = row.value(columns.age)
    let age = ageText.flatMap { PatientAge($0, hasDecimalCommas: row.hasDecimalCommas) }
    if let age, age.years > 100 {
      notes.append(
        LabelFile.Note(line: row.line, film: name, problem: .implausibleAge(age.years)))
    } else if age == nil, let ageText {
      notes.append(
        LabelFile.Note(line: row.line, film: name, problem: .unreadableAge(ageText)))
    }
    let values = columns.labels.map { column, label in
      let value =
        if let texts = valueTexts {
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
    let own = FilmRows(
      name: name, patient: patient, assignment: try columns.assignment(of: name, in: row),
      followUp: row.value(columns.followUp).flatMap { Int($0) },
      age: age, sex: columns.sex(row.value(columns.sex)),
      view: columns.view(row.value(columns.view), side: row.value(columns.side)),
      line: row.line,
      cell: columns.findings.flatMap { cell(in: row, column: $0) },
      values: values)
    var reader: String?
    if let column = columns.reader {
      reader = row.value(column)
      guard reader != nil else {
        throw DataError.invalidField(
          path: path, line: row.line, column: columns.collection?.readers?.column ?? "reader",
          found: row[column])
      }
    }
    guard let place = places.updateValue(films.count, forKey: name) else {
      films.append(own)
      if let reader {
        _ = films[films.count - 1].take(reader, own.line, cell: own.cell, values: own.values)
      }
      return
    }
    places[name] = place
    if !hasSeveralRowsAFilm {
      laterRows.append((place, row.line, own.says(asFirstOf: films[place])))
    }
    try films[place].join(own, labels: columns.labels.map(\.name), path: path, doubts: &doubts)
    guard let reader,
      let (label, firstLine) = films[place].take(
        reader, own.line, cell: own.cell, values: own.values)
    else { return }
    let column = columns.labels[label].name
    if doubts[column] == nil {
      doubts[column] = .contradictoryRows(
        path: path, line: row.line, film: own.name, column: column, found: own.values[label].word,
        otherLine: firstLine, other: "another value")
    }
  }

  /// The place of a row's findings among all; `nil` where the table that would say them has no row.
  private mutating func cell(in row: Table.Row, column: Int) -> Int? {
    guard !row.joined.isEmpty, let table = row.table(of: column) else {
      return texts.place(of: row.untrimmed(column), line: row.line)
    }
    guard let own = table.row else { return nil }
    textsPath = table.path
    return texts.place(of: row[column], line: own.line)
  }
}
