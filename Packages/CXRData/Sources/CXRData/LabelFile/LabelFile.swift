/// A label file in the shape of NIH's `Data_Entry_2017.csv`.
///
///     let file = try LabelFile(path: "Data_Entry_2017.csv")
///     print(file.records.count, file.patients.count)
///
/// `Image Index`, `Finding Labels` and `Patient ID` are required; any other column is optional. The
/// header `OriginalImage[Width,Height]` may stand with or without quotes, and a trailing comma adds
/// an empty column, as Kaggle's copy has it.
public struct LabelFile: Sendable {
  /// The file's path, as given.
  public let path: String
  /// The rows, in file order.
  public let records: [FilmRecord]
  /// SHA-256 of the file's bytes, in hexadecimal.
  public let sha256: String
  /// What is odd in the file but does not stop it.
  public let notes: [Note]

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
    var (records, notes): ([FilmRecord], [Note]) = ([], [])
    var columns: Columns?
    var firstRows: [String: Int] = [:]
    try CSVReader.forEachRecord(in: contents, path: path) { row in
      guard let columns else {
        columns = try Columns(header: row.fields, path: path)
        return
      }
      try columns.check(row, path: path)
      func required(_ index: Int, _ column: String) throws -> String {
        let text = row[index].trimmingSpaces()
        guard !text.isEmpty else {
          throw DataError.invalidField(path: path, line: row.line, column: column, found: text)
        }
        return text
      }
      func optional(_ index: Int?) -> String? {
        guard let index else { return nil }
        let text = row[index].trimmingSpaces()
        return text.isEmpty ? nil : text
      }
      let name = try required(columns.name, "Image Index")
      guard let patient = PatientID(row[columns.patient]) else {
        throw DataError.invalidField(path: path, line: row.line, column: "Patient ID", found: "")
      }
      let ageText = optional(columns.age)
      let age = ageText.flatMap { PatientAge($0) }
      if let age, age.years > 100 {
        notes.append(Note(line: row.line, film: name, problem: .implausibleAge(age.years)))
      } else if age == nil, let ageText {
        notes.append(Note(line: row.line, film: name, problem: .unreadableAge(ageText)))
      }
      let findings = row[columns.findings].split(separator: "|").map {
        String($0).trimmingSpaces()
      }.filter { !$0.isEmpty }
      if let first = firstRows[name] {
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
      } else {
        firstRows[name] = records.count
      }
      if findings.isEmpty {
        notes.append(Note(line: row.line, film: name, problem: .noLabels))
      } else if findings.count > 1, findings.contains(LabelSet.noFinding) {
        notes.append(Note(line: row.line, film: name, problem: .contradiction))
      }
      records.append(
        FilmRecord(
          name: name, findings: findings, patient: patient,
          followUp: optional(columns.followUp).flatMap { Int($0) }, age: age,
          sex: optional(columns.sex), view: optional(columns.view), line: row.line))
    }
    guard columns != nil else {
      throw DataError.missingColumn(path: path, column: "Image Index", found: [])
    }
    guard !records.isEmpty else { throw DataError.noRows(path: path) }
    self.records = records
    self.notes = notes + Self.inconsistencies(records)
    sha256 = SHA256.hexDigest(of: contents)
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

/// Where the columns stand.
private struct Columns {
  let name: Int
  let findings: Int
  let patient: Int
  let followUp: Int?
  let age: Int?
  let sex: Int?
  let view: Int?
  private let header: Int
  private let accepted: Set<Int>

  init(header: [String], path: String) throws {
    let names = header.map { $0.trimmingSpaces() }
    func find(_ spellings: String...) -> Int? {
      names.firstIndex { name in
        spellings.contains { name.lowercased() == $0.lowercased() }
      }
    }
    func require(_ column: String) throws -> Int {
      guard let index = find(column) else {
        throw DataError.missingColumn(path: path, column: column, found: names)
      }
      return index
    }
    name = try require("Image Index")
    findings = try require("Finding Labels")
    patient = try require("Patient ID")
    followUp = find("Follow-up #")
    age = find("Patient Age")
    sex = find("Patient Gender", "Patient Sex")
    view = find("View Position")
    self.header = names.count
    // A quoted `OriginalImage[Width,Height]` is one name for two columns; the rows may have either.
    let pairs = names.filter { $0.contains("[") && $0.contains(",") && $0.hasSuffix("]") }.count
    // A trailing comma in the header alone, or in the rows alone, adds one empty field.
    let trailing = names.last?.isEmpty == true ? -1 : 0
    accepted = [names.count, names.count + pairs, names.count + trailing]
  }

  func check(_ row: CSVReader.Record, path: String) throws {
    if accepted.contains(row.count) { return }
    if row.count == header + 1, row[row.count - 1].isEmpty { return }
    throw DataError.wrongFieldCount(
      path: path, line: row.line, expected: header, found: row.count)
  }
}
