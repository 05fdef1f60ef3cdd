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
  /// The columns of labels, where each has one; beside a column of findings those of known labels, to be compared.
  let labels: [(column: Int, name: String)]
  private let header: Int
  private let accepted: Set<Int>
  private let path: String

  /// Whether the columns' names are those of a label file.
  static func areThere(in header: TableHeader, labels: Set<String>) -> Bool {
    header.has("Path") || header.has("Image Index") && header.has("Finding Labels")
      || hasColumns(header, of: labels)
  }

  /// Whether films' names and patients stand beside columns of labels that are known: NIH's file as it is often recast.
  private static func hasColumns(_ header: TableHeader, of labels: Set<String>) -> Bool {
    header.has("Image Index") && header.has("Patient ID", "subject_id")
      && header.names.contains(where: labels.contains)
  }

  /// - Parameters:
  ///   - header: of the file.
  ///   - known: labels that are known to be such.
  ///   - renames: names that are taken for others.
  ///   - path: of the file, for messages.
  init(
    _ header: TableHeader, labels known: Set<String>, renames: [String: String], path: String
  ) throws {
    let names = header.names
    self.path = path
    findings = try header.find("Finding Labels")
    if findings == nil, let paths = try header.find("Path") {
      name = paths
      patient = try header.find("Patient ID", "subject_id")
    } else if findings == nil, Self.hasColumns(header, of: known) {
      name = try header.require("Image Index")
      patient = try header.require("Patient ID", or: "subject_id")
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
    let cells = findings
    let all = names.indices.filter { !taken.contains($0) && $0 != cells && !names[$0].isEmpty }
      .map { column in
        let name =
          TableHeader.isName(names[column], LabelSet.noFinding) ? LabelSet.noFinding : names[column]
        return (column: column, name: renames[names[column]] ?? name)
      }
    labels = cells == nil ? all : all.filter { known.contains($0.name) }
    var places: [String: Int] = [:]
    for (column, name) in labels {
      if let first = places.updateValue(column, forKey: name) {
        throw DataError.columnTwice(
          path: path, line: header.line, first: names[first], second: names[column])
      }
    }
    self.header = names.count
    // A quoted `OriginalImage[Width,Height]` is one name for two columns; the rows may have either.
    let pairs = names.indices.filter {
      names[$0].contains("[") && names[$0].contains(",") && names[$0].hasSuffix("]")
    }
    // Columns behind such a name would shift where rows have two.
    let last = (taken.union(labels.map(\.column)).union(cells.map { [$0] } ?? [])).max() ?? 0
    let canShift = pairs.first.map { last > $0 } ?? false
    // A trailing comma in the header alone, or in the rows alone, adds one empty field.
    let trailing = names.last?.isEmpty == true ? -1 : 0
    accepted = [
      names.count, names.count + (canShift ? 0 : pairs.count), names.count + trailing,
    ]
  }

  func check(_ row: Table.Row) throws {
    if accepted.contains(row.count) { return }
    if row.count == header + 1, row[row.count - 1].isEmpty { return }
    throw DataError.wrongFieldCount(
      path: path, line: row.line, expected: header, found: row.count)
  }

  /// The text of a row's identifier of a patient.
  func patientText(in row: Table.Row) -> String { patient.map { row[$0] } ?? "" }

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

  /// Whose film it is; `nil` where the row does not say.
  func patient(of name: String, in row: Table.Row) throws -> PatientID? {
    if let patient {
      let text = row[patient]
      guard let id = PatientID(text) else { return nil }
      guard !PatientID.isRounded(text) else {
        throw DataError.roundedIdentifier(path: path, line: row.line, found: text)
      }
      return id
    }
    let folder = name.split(separator: "/").first {
      $0.hasPrefix("patient") && $0.utf8.dropFirst(7).allSatisfy { (48...57).contains($0) }
        && $0.utf8.count > 7
    }
    guard let folder, let id = PatientID(String(folder.dropFirst(7))) else {
      throw DataError.invalidField(
        path: path, line: row.line,
        column:
          "Path (no folder patient00042 tells whose film it is, and there is no column Patient ID)",
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
    guard let view = projection ?? side, view != "PA", view != "AP" else {
      return projection ?? side
    }
    return switch view.lowercased() {
    case "pa": "PA"
    case "ap": "AP"
    case "lateral": "Lateral"
    case "frontal": "Frontal"
    default: view
    }
  }
}
