/// Where a label file's columns stand.
struct LabelColumns {
  let name: Int
  let nameHeader: String
  let followUp: Int?
  let age: Int?
  let sex: Int?
  let view: Int?
  /// CheXpert's `Frontal/Lateral`.
  let side: Int?
  private let patient: Int?
  /// The column of findings between `|`; without it, each label has a column.
  private let findings: Int?
  private let labels: [(column: Int, name: String)]
  private let header: Int
  private let accepted: Set<Int>

  /// Whether each label has a column.
  var hasColumnPerLabel: Bool { findings == nil }

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
    let paths = find("Path")
    if let paths, find("Finding Labels") == nil {
      (name, findings) = (paths, nil)
      patient = find("Patient ID", "patient_id", "subject_id")
    } else {
      name = try require("Image Index")
      findings = try require("Finding Labels")
      patient = try require("Patient ID")
    }
    nameHeader = names[name]
    followUp = find("Follow-up #")
    age = find("Patient Age", "Age")
    sex = find("Patient Gender", "Patient Sex", "Sex")
    view = find("View Position", "AP/PA")
    side = find("Frontal/Lateral")
    let taken = Set([name, patient, followUp, age, sex, view, side].compactMap { $0 })
    labels =
      findings == nil
      ? names.indices.filter { !taken.contains($0) && !names[$0].isEmpty }.map { ($0, names[$0]) }
      : []
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

  func patient(of name: String, in row: CSVReader.Record, path: String) throws -> PatientID {
    if let patient {
      guard let id = PatientID(row.trimmed(patient)) else {
        throw DataError.invalidField(path: path, line: row.line, column: "Patient ID", found: "")
      }
      return id
    }
    let folder = name.split(separator: "/").first {
      $0.hasPrefix("patient") && $0.dropFirst(7).allSatisfy(\.isNumber) && $0.count > 7
    }
    guard let folder, let id = PatientID(String(folder.dropFirst(7))) else {
      throw DataError.invalidField(
        path: path, line: row.line, column: "Path (no folder patient00042 tells whose film it is)",
        found: name)
    }
    return id
  }

  /// The findings that are present and those that are uncertain. Values that are no label are noted in
  /// `strangers` by column: it may be no column of labels. `known` keeps what cells of several findings mean, as
  /// most say what others have said.
  func findings(
    in row: CSVReader.Record, path: String, known: inout [String: [String]],
    strangers: inout [String: DataError]
  ) -> (present: [String], uncertain: [String]) {
    if let findings {
      let text = row[findings]
      if let present = known[text] { return (present, []) }
      let present = text.split(separator: "|").map { String($0).trimmingSpaces() }
        .filter { !$0.isEmpty }
      known[text] = present
      return (present, [])
    }
    var (present, uncertain): ([String], [String]) = ([], [])
    for (column, label) in labels {
      guard column < row.count else { continue }
      switch row.trimmed(column) {
      case "1", "1.0": present.append(label)
      case "-1", "-1.0": uncertain.append(label)
      case "", "0", "0.0": break
      case let text:
        if strangers[label] == nil {
          strangers[label] = .invalidField(path: path, line: row.line, column: label, found: text)
        }
      }
    }
    return (present, uncertain)
  }

  /// `M` or `F`, however the file writes it.
  func sex(_ text: String?) -> String? {
    guard let text, text.utf8.count > 1 else { return text }
    return switch text.lowercased() {
    case "male": "M"
    case "female": "F"
    default: text
    }
  }

  /// The projection; of a lateral film that it is one.
  func view(_ projection: String?, side: String?) -> String? {
    if let side, side.lowercased() == "lateral" { return "Lateral" }
    return projection ?? side
  }
}
