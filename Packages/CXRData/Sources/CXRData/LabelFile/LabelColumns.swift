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
  private let patient: Int?
  /// The column of findings between `|`; without it, each label has a column.
  let findings: Int?
  /// The columns of labels, where each has one.
  let labels: [(column: Int, name: String)]
  private let header: Int
  private let accepted: Set<Int>
  private let path: String

  /// Whether the columns' names are those of a label file.
  static func areThere(in header: TableHeader) -> Bool {
    header.has("Path") || header.has("Image Index") && header.has("Finding Labels")
  }

  init(_ header: TableHeader, renames: [String: String], path: String) throws {
    let names = header.names
    self.path = path
    findings = try header.find("Finding Labels")
    if findings == nil, let paths = try header.find("Path") {
      name = paths
      patient = try header.find("Patient ID", "subject_id")
    } else {
      name = try header.require("Image Index")
      _ = try header.require("Finding Labels")
      patient = try header.require("Patient ID")
    }
    nameHeader = names[name]
    followUp = try header.find("Follow-up #")
    age = try header.find("Patient Age", "Age")
    sex = try header.find("Patient Gender", "Patient Sex", "Sex")
    view = try header.find("View Position", "AP/PA")
    side = try header.find("Frontal/Lateral")
    let taken = Set([name, patient, followUp, age, sex, view, side].compactMap { $0 })
    labels =
      findings == nil
      ? names.indices.filter { !taken.contains($0) && !names[$0].isEmpty }.map {
        ($0, renames[names[$0]] ?? names[$0])
      }
      : []
    var places: [String: Int] = [:]
    for (column, name) in labels {
      if let first = places.updateValue(column, forKey: name) {
        throw DataError.columnTwice(
          path: path, line: header.line, first: names[first], second: names[column])
      }
    }
    self.header = names.count
    // A quoted `OriginalImage[Width,Height]` is one name for two columns; the rows may have either.
    let pairs = names.filter { $0.contains("[") && $0.contains(",") && $0.hasSuffix("]") }.count
    // A trailing comma in the header alone, or in the rows alone, adds one empty field.
    let trailing = names.last?.isEmpty == true ? -1 : 0
    accepted = [names.count, names.count + pairs, names.count + trailing]
  }

  func check(_ row: Table.Row) throws {
    if accepted.contains(row.count) { return }
    if row.count == header + 1, row[row.count - 1].isEmpty { return }
    throw DataError.wrongFieldCount(
      path: path, line: row.line, expected: header, found: row.count)
  }

  /// The film's name.
  func film(in row: Table.Row) throws -> String {
    guard let name = row.value(name) else {
      throw DataError.invalidField(
        path: path, line: row.line, column: nameHeader, found: row[self.name])
    }
    return FilmName.normalised(name)
  }

  func patient(of name: String, in row: Table.Row) throws -> PatientID {
    if let patient {
      let text = row[patient]
      guard let id = PatientID(text) else {
        throw DataError.invalidField(
          path: path, line: row.line, column: "Patient ID", found: text)
      }
      guard !PatientID.isRounded(text) else {
        throw DataError.roundedIdentifier(path: path, line: row.line, found: text)
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
    return projection ?? side
  }
}
