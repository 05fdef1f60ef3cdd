import CXRData

/// Counts the rows of one of NIH's label files and what is in them, row by row, so that its memory is that of numbers.
struct FilmRowCounter {
  /// Where in a row something stands, by the header; a list of films has none.
  enum Columns: Equatable {
    /// Of the label file.
    case findings(film: Int, findings: Int, patient: Int, count: Int)
    /// Of the boxes, whose first number is that of `x`, followed by y, width and height.
    case boxes(film: Int, x: Int)

    /// `nil` where the names are no header.
    init?(_ names: [String]) {
      func place(_ name: String) -> Int? { names.firstIndex { TableHeader.isName($0, name) } }
      guard let film = place("Image Index") else { return nil }
      if let findings = place("Finding Labels"), let patient = place("Patient ID") {
        // `OriginalImage[Width,Height]` is two columns, whether it stands in quotes or not.
        let commas = names.reduce(0) { $0 + $1.utf8.count { $0 == UInt8(ascii: ",") } }
        self = .findings(
          film: film, findings: findings, patient: patient, count: names.count + commas)
      } else if place("Finding Label") != nil,
        let x = names.firstIndex(where: { $0.lowercased().hasPrefix("bbox") })
      {
        self = .boxes(film: film, x: x)
      } else {
        return nil
      }
    }
  }

  /// The file's path or address.
  let source: String
  /// Of its header; `nil` where it has none.
  private(set) var columns: Columns?
  /// How many rows there are below the header.
  private(set) var count = 0
  /// The films, each as its number: `00000013_005.png` as 13,005.
  private(set) var films: Set<Int> = []
  /// The patients' numbers.
  private(set) var patients: Set<Int> = []
  /// How many rows name Pneumonia.
  private(set) var filmsWithPneumonia = 0

  private var isFirst = true
  private static let findings = Set(LabelSet.nih14 + ["No Finding"])

  init(source: String) { self.source = source }

  /// Adds a row, or the header.
  /// - Throws: `DataError`, ``FetchError/strangeLabels(source:reason:)`` for what cannot be in such a file.
  mutating func add(_ row: Table.Row) throws {
    if isFirst {
      isFirst = false
      columns = Columns((0..<row.count).map { row[$0] })
      if columns != nil { return }
    }
    switch columns {
    case .findings(let film, let findings, let patient, let count):
      try row.check(count, path: source)
      let number = try addFilm(row, film, isOnce: true)
      try addFindings(row, findings)
      guard Int(row[patient]) == number / 1000 else {
        throw strange(row, "\(row[film]) is not of the patient \"\(row[patient].prefix(40))\"")
      }
      patients.insert(number / 1000)
    case .boxes(let film, let x):
      try addFilm(row, film, isOnce: false)
      guard row.count >= x + 4, (x..<x + 4).allSatisfy({ row.number($0).map { $0 >= 0 } == true })
      else { throw strange(row, "there are no four numbers of a box") }
    case nil:
      guard row.count == 1 else {
        throw strange(row, "\"\(row[0].prefix(60))\", … is no header of one of NIH's label files")
      }
      try addFilm(row, 0, isOnce: true)
    }
    count += 1
  }

  @discardableResult
  private mutating func addFilm(_ row: Table.Row, _ column: Int, isOnce: Bool) throws -> Int {
    guard let film = Self.number(of: row[column]) else {
      throw strange(row, "\"\(row[column].prefix(60))\" is no film of NIH's")
    }
    guard films.insert(film).inserted || !isOnce else {
      throw strange(row, "\(row[column]) stands here for the second time")
    }
    return film
  }

  private mutating func addFindings(_ row: Table.Row, _ column: Int) throws {
    for finding in row[column].split(separator: "|", omittingEmptySubsequences: false) {
      guard Self.findings.contains(String(finding)) else {
        throw strange(row, "\"\(finding.prefix(60))\" is none of NIH's findings")
      }
      if finding == "Pneumonia" { filmsWithPneumonia += 1 }
    }
  }

  private func strange(_ row: Table.Row, _ reason: String) -> FetchError {
    .strangeLabels(
      source: source,
      reason: "line \(row.line): \(reason); save NIH's file from \(FetchCatalogue.labelsPage)")
  }

  private static func number(of name: String) -> Int? {
    let bytes = Array(name.utf8)
    guard bytes.count == 16, bytes[8] == UInt8(ascii: "_"), name.hasSuffix(".png") else {
      return nil
    }
    var number = 0
    for byte in bytes[..<8] + bytes[9..<12] {
      guard (48...57).contains(byte) else { return nil }
      number = number * 10 + Int(byte) - 48
    }
    return number
  }
}
