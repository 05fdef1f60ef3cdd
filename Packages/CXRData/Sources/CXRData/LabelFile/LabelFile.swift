/// A label file in the shape of NIH's `Data_Entry_2017.csv`, or in that of CheXpert's `train.csv`.
///
///     let file = try LabelFile(path: "Data_Entry_2017.csv")
///     print(file.records.count, file.patients.count)
///
/// `Image Index`, `Finding Labels` and `Patient ID` are required; any other column is optional. The
/// header `OriginalImage[Width,Height]` may stand with or without quotes, and a trailing comma adds
/// an empty column, as Kaggle's copy has it.
///
/// A file without `Finding Labels` but with `Path` has a column a label: 1, yes or true present, 0, no or false absent,
/// −1 uncertain, `NaN` and the like unknown, blank not mentioned, which counts as absent. The patient is the column
/// `Patient ID`, or else the folder `patient00042` in the path.
///
/// Several rows of one film, a finding or a box a row, are joined where they agree. What else is read, and what is
/// refused, says <doc:WhatIsRead>.
public struct LabelFile: Sendable {
  /// The file's path, as given.
  public let path: String
  /// The films, in the order of their first rows.
  public let records: [FilmRecord]
  /// SHA-256 of the file's bytes, in hexadecimal.
  public let sha256: String
  /// What is odd in the file but does not stop it.
  public let notes: [Note]
  /// How many rows there are below the header; more than ``records`` where films have several.
  public let rowCount: Int
  /// The columns that may be labels', where each has one, as CheXpert's; `nil` where one column holds all findings.
  public let labelColumns: [String]?
  /// Names of the file that were taken for others.
  public let renames: [String: String]
  /// Names that were to be taken for others, but that nothing in the file is called, sorted.
  public let unusedRenames: [String]
  /// The columns that hold what is no label, or contradict themselves, each with the first such value.
  let doubts: [String: DataError]

  /// Whether the file has a column a label, as CheXpert's, and not one column of findings.
  public var hasColumnPerLabel: Bool { labelColumns != nil }

  /// An oddity of one row.
  public struct Note: Sendable, Equatable {
    /// The line on which the row starts, counted from 1.
    public let line: Int
    /// The film's name.
    public let film: String
    /// What is odd.
    public let problem: Problem
  }

  /// Kinds of oddities.
  public enum Problem: Sendable, Equatable {
    /// An age over 100 years, in years; NIH's file has some of 400 and more.
    case implausibleAge(Double)
    /// An age that cannot be read.
    case unreadableAge(String)
    /// The film stands in an earlier row too, with the same or with other findings; the rows are joined.
    case duplicateFilm(firstLine: Int, sameFindings: Bool)
    /// `No Finding` stands beside a finding; the finding counts.
    case contradiction
    /// No finding is named, not even `No Finding`; the film counts as without findings.
    case noLabels
    /// The cell says that nothing is known, such as `NaN`; all labels of the film are unknown.
    case unknownFindings
    /// The cell parts known labels by another separator than `|`; they were read as these.
    case otherSeparator(cell: String, findings: [String])
    /// The patient's sex is another than in an earlier row.
    case sexChange(from: String, to: String, firstLine: Int)
    /// The patient is younger than on a film with a lower follow-up number; in years.
    case ageFall(from: Double, to: Double, earlierLine: Int)
    /// The film's name, `00000013_005.png`, begins with another patient's number.
    case nameOfOtherPatient(number: UInt64)

    /// The kind of oddity in a word, a key of an audit.
    public var kind: String {
      switch self {
      case .implausibleAge: "implausible_age"
      case .unreadableAge: "unreadable_age"
      case .duplicateFilm: "duplicates"
      case .contradiction: "contradiction"
      case .noLabels: "no_labels"
      case .unknownFindings: "unknown_findings"
      case .otherSeparator: "other_separators"
      case .sexChange: "sex_changes"
      case .ageFall: "age_falls"
      case .nameOfOtherPatient: "name_of_other_patient"
      }
    }

    /// What is odd, in words.
    public var description: String {
      switch self {
      case .implausibleAge(let years): "age of \(years) years"
      case .unreadableAge(let text): "age \"\(text)\" cannot be read"
      case .duplicateFilm(let line, let same):
        "the film is listed on line \(line) too" + (same ? "" : ", with other findings")
          + "; the rows are joined"
      case .contradiction: "\"No Finding\" stands beside a finding"
      case .noLabels: "no finding is named, not even \"No Finding\""
      case .unknownFindings: "the findings are said to be unknown"
      case .otherSeparator(let cell, let findings):
        "\"\(cell)\" was read as \(findings.joined(separator: "|"))"
      case .sexChange(let from, let to, let line):
        "the patient's sex is \(to) here and \(from) on line \(line)"
      case .ageFall(let from, let to, let line):
        "the patient is \(to) years old here, but \(from) on line \(line), with a lower follow-up "
          + "number"
      case .nameOfOtherPatient(let number):
        "the name begins with the number of patient \(number)"
      }
    }
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - vocabulary: labels that cells of findings may name, beside NIH's fourteen and those that stand alone in the
  ///     file; it decides which cells with another separator than `|` are certain.
  ///   - renames: names of the file that are taken for others, as `Pleural Effusion` for `Effusion`.
  /// - Throws: ``DataError`` with the line at fault.
  public init(
    path: String, vocabulary: [String] = [], renames: [String: String] = [:]
  ) throws {
    try self.init(
      contents: fileContents(path), path: path, vocabulary: vocabulary, renames: renames)
  }

  /// Reads a file's bytes; `path` is used in messages.
  /// - Throws: ``DataError`` with the line at fault.
  public init(
    contents: [UInt8], path: String, vocabulary: [String] = [], renames: [String: String] = [:]
  ) throws {
    self.path = path
    let table = try Table(contents: contents, path: path)
    let hashing = BackgroundDigest(contents)
    var (films, notes): ([FilmRows], [Note]) = ([], [])
    var laterRows: [(film: Int, line: Int, isSame: Bool)] = []
    var texts = FindingTexts()
    var labelColumns: [String]?
    var comparedLabels: [String] = []
    var columnNames: [String] = []
    var doubts: [String: DataError] = [:]
    var withoutPatient: (lines: [Int], found: String) = ([], "")
    let known = Set(vocabulary + LabelSet.nih14)
    var places: [String: Int] = [:]
    // Lines of NIH's file have about 80 bytes.
    places.reserveCapacity(contents.count / 60)
    films.reserveCapacity(contents.count / 60)
    try table.forEachRow(
      isHeader: { LabelColumns.areThere(in: $0, labels: known) },
      columns: { header in
        columnNames = header.names
        let columns = try LabelColumns(header, labels: known, renames: renames, path: path)
        labelColumns = columns.findings == nil ? columns.labels.map(\.name) : nil
        comparedLabels = columns.findings == nil ? [] : columns.labels.map(\.name)
        return columns
      },
      { columns, row in
        try columns.check(row)
        let name = try columns.film(in: row)
        guard let patient = try columns.patient(of: name, in: row) else {
          if withoutPatient.lines.isEmpty { withoutPatient.found = columns.patientText(in: row) }
          withoutPatient.lines.append(row.line)
          return
        }
        let ageText = row.value(columns.age)
        let age = ageText.flatMap { PatientAge($0, hasDecimalCommas: row.hasDecimalCommas) }
        if let age, age.years > 100 {
          notes.append(Note(line: row.line, film: name, problem: .implausibleAge(age.years)))
        } else if age == nil, let ageText {
          notes.append(Note(line: row.line, film: name, problem: .unreadableAge(ageText)))
        }
        let values = columns.labels.map { column, label in
          let value = LabelValue(row, column: column)
          if value == .unreadable, doubts[label] == nil {
            doubts[label] = .unreadableLabel(
              path: path, line: row.line, label: label, found: row[column])
          }
          return value
        }
        let own = FilmRows(
          name: name, patient: patient, followUp: row.value(columns.followUp).flatMap { Int($0) },
          age: age, sex: columns.sex(row.value(columns.sex)),
          view: columns.view(row.value(columns.view), side: row.value(columns.side)),
          line: row.line,
          cell: columns.findings.map { texts.place(of: row.record[$0], line: row.line) },
          values: values)
        if let place = places.updateValue(films.count, forKey: name) {
          places[name] = place
          laterRows.append((place, row.line, own.says(asFirstOf: films[place])))
          try films[place].join(
            own, labels: columns.labels.map(\.name), path: path, doubts: &doubts)
        } else {
          films.append(own)
        }
      })
    guard withoutPatient.lines.isEmpty else {
      throw DataError.rowsWithoutPatient(
        path: path, lines: withoutPatient.lines, found: withoutPatient.found)
    }
    guard !films.isEmpty else { throw DataError.noRows(path: path) }
    try Self.checkPatients(films, path: path)
    let meanings = try texts.meanings(vocabulary: vocabulary, renames: renames, path: path)
    for (film, line, isSame) in laterRows {
      notes.append(
        Note(
          line: line, film: films[film].name,
          problem: .duplicateFilm(firstLine: films[film].line, sameFindings: isSame)))
    }
    let plain = labelColumns.map { LabelDoubts(columns: $0) }
    records = try films.map { film in
      try film.record(
        meanings, plain: plain, compared: comparedLabels, known: known, notes: &notes, path: path)
    }
    self.notes =
      notes.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
      .map(\.element) + Self.inconsistencies(records)
    self.labelColumns = labelColumns
    self.doubts = doubts
    self.renames = renames
    let named = renames.isEmpty ? [] : Set(columnNames + texts.names)
    unusedRenames = renames.keys.filter { !named.contains($0) }.sorted()
    rowCount = films.count + laterRows.count
    sha256 = hashing.hexDigest()
  }

  /// Checks that no two patients are one whose identifier is written in two ways.
  private static func checkPatients(_ films: [FilmRows], path: String) throws {
    guard films.contains(where: { $0.patient.number == nil }) else { return }
    var lines: [PatientID: Int] = [:]
    for film in films where lines[film.patient] == nil { lines[film.patient] = film.line }
    var first: [String: (patient: PatientID, line: Int)] = [:]
    for (patient, line) in lines.sorted(by: { $0.value < $1.value }) {
      let key = patient.key
      if !key.isEmpty, let other = first.updateValue((patient, line), forKey: key) {
        throw DataError.nearPatients(
          path: path, line: other.line, first: other.patient.description, otherLine: line,
          second: patient.description)
      }
    }
  }

  /// The names of findings that films have, and of the columns that hold nothing but labels, sorted.
  public var labelNames: [String] {
    var names = Set(labelColumns?.filter { doubts[$0] == nil } ?? [])
    if labelColumns == nil {
      for record in records { names.formUnion(record.findings) }
      names.remove(LabelSet.noFinding)
    }
    return names.sorted()
  }

  /// The patients in order of first appearance.
  public var patients: [PatientID] { records.uniquePatients }
}

extension Sequence where Element == FilmRecord {
  /// The patients of these films in order of first appearance.
  public var uniquePatients: [PatientID] {
    var (seen, patients): (Set<PatientID>, [PatientID]) = ([], [])
    // A patient's films often follow each other.
    for record in self where record.patient != patients.last {
      if seen.insert(record.patient).inserted { patients.append(record.patient) }
    }
    return patients
  }
}
