/// A label file in the shape of NIH's `Data_Entry_2017.csv`, or in that of CheXpert's `train.csv`.
///
///     let file = try LabelFile(path: "Data_Entry_2017.csv")
///     print(file.records.count, file.patients.count)
///
/// `Image Index`, `Finding Labels` and `Patient ID` are required; any other column is optional. The
/// header `OriginalImage[Width,Height]` may stand with or without quotes, and a trailing comma adds
/// an empty column, as Kaggle's copy has it.
///
/// A file without `Finding Labels` but with `Path` has a column a label: 1 present, 0 absent, −1 uncertain,
/// blank not mentioned, which counts as absent. The patient is the column `Patient ID`, or else the folder
/// `patient00042` in the path.
public struct LabelFile: Sendable {
  /// The file's path, as given.
  public let path: String
  /// The rows, in file order.
  public let records: [FilmRecord]
  /// SHA-256 of the file's bytes, in hexadecimal.
  public let sha256: String
  /// What is odd in the file but does not stop it.
  public let notes: [Note]
  /// Whether the file has a column a label, as CheXpert's, and not one column of findings.
  public let hasColumnPerLabel: Bool
  /// Columns that hold no labels, each with the first value that is none.
  private let strangeColumns: [String: DataError]

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
    /// The film stands in an earlier row too, with the same or with other findings.
    case duplicateFilm(firstLine: Int, sameFindings: Bool)
    /// `No Finding` stands beside a finding; the finding counts.
    case contradiction
    /// No finding is named, not even `No Finding`; the film counts as without findings.
    case noLabels
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
      case .contradiction: "\"No Finding\" stands beside a finding"
      case .noLabels: "no finding is named, not even \"No Finding\""
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
  /// - Throws: ``DataError`` with the line at fault.
  public init(path: String) throws {
    try self.init(contents: fileContents(path), path: path)
  }

  /// Reads a file's bytes; `path` is used in messages.
  /// - Throws: ``DataError`` with the line at fault.
  public init(contents: [UInt8], path: String) throws {
    self.path = path
    guard !contents.isEmpty else { throw DataError.unreadable(path: path, reason: "it is empty") }
    guard !contents.starts(with: [0x1F, 0x8B]) else {
      throw DataError.unreadable(path: path, reason: "it is compressed; unpack it with gunzip")
    }
    let hashing = BackgroundDigest(contents)
    var (records, notes): ([FilmRecord], [Note]) = ([], [])
    var columns: LabelColumns?
    var firstRows: [String: Int] = [:]
    // Lines of NIH's file have about 80 bytes.
    firstRows.reserveCapacity(contents.count / 60)
    records.reserveCapacity(contents.count / 60)
    var known: [String: [String]] = [:]
    var strangers: [String: DataError] = [:]
    try CSVReader.forEachRecord(in: contents, path: path) { row in
      guard let columns else {
        columns = try LabelColumns(header: row.fields, path: path)
        return
      }
      try columns.check(row, path: path)
      func optional(_ index: Int?) -> String? {
        guard let index else { return nil }
        let text = row.trimmed(index)
        return text.isEmpty ? nil : text
      }
      guard let name = optional(columns.name) else {
        throw DataError.invalidField(
          path: path, line: row.line, column: columns.nameHeader, found: "")
      }
      let patient = try columns.patient(of: name, in: row, path: path)
      let ageText = optional(columns.age)
      let age = ageText.flatMap { PatientAge($0) }
      if let age, age.years > 100 {
        notes.append(Note(line: row.line, film: name, problem: .implausibleAge(age.years)))
      } else if age == nil, let ageText {
        notes.append(Note(line: row.line, film: name, problem: .unreadableAge(ageText)))
      }
      let (findings, uncertain) = columns.findings(
        in: row, path: path, known: &known, strangers: &strangers)
      let first = firstRows.updateValue(records.count, forKey: name)
      if let first {
        firstRows[name] = first
        guard records[first].patient == patient else {
          throw DataError.filmOfTwoPatients(
            path: path, line: row.line, film: name, patient: patient.description,
            otherLine: records[first].line, other: records[first].patient.description)
        }
        notes.append(
          Note(
            line: row.line, film: name,
            problem: .duplicateFilm(
              firstLine: records[first].line, sameFindings: records[first].findings == findings)))
      }
      if findings.isEmpty, !columns.hasColumnPerLabel {
        notes.append(Note(line: row.line, film: name, problem: .noLabels))
      } else if findings.contains(LabelSet.noFinding),
        findings.contains(where: { $0 != LabelSet.noFinding && $0 != LabelSet.supportDevices })
      {
        notes.append(Note(line: row.line, film: name, problem: .contradiction))
      }
      records.append(
        FilmRecord(
          name: name, findings: findings, uncertain: uncertain, patient: patient,
          followUp: optional(columns.followUp).flatMap { Int($0) }, age: age,
          sex: columns.sex(optional(columns.sex)),
          view: columns.view(optional(columns.view), side: optional(columns.side)), line: row.line))
    }
    guard columns != nil else {
      throw DataError.missingColumn(path: path, column: "Image Index", found: [])
    }
    guard !records.isEmpty else { throw DataError.noRows(path: path) }
    self.records = records
    self.notes = notes + Self.inconsistencies(records)
    hasColumnPerLabel = columns?.hasColumnPerLabel ?? false
    strangeColumns = strangers
    sha256 = hashing.hexDigest()
  }

  /// Checks that the values of label columns are labels.
  /// - Throws: ``DataError/invalidField(path:line:column:found:)`` for a value that is none.
  public func checkColumns(of labels: [String]) throws {
    for label in labels { if let error = strangeColumns[label] { throw error } }
  }

  /// The patients in order of first appearance.
  public var patients: [PatientID] { records.uniquePatients }
}

extension Sequence where Element == FilmRecord {
  /// The patients of these films in order of first appearance.
  public var uniquePatients: [PatientID] {
    var seen = Set<PatientID>()
    return compactMap { seen.insert($0.patient).inserted ? $0.patient : nil }
  }
}
