import CXRData

/// The films that an `audit.csv` calls unusable.
public struct ExcludedFilms: Sendable {
  /// Their names, as `FilmName` writes them.
  public let names: Set<String>
  /// Those of them of which it says nothing but that they are missing: they may be there by now.
  public let missing: Set<String>

  /// Reads the rows of severity `error` of a file with the columns `image` and `severity`.
  /// - Throws: `DataError` with the line at fault.
  public init(auditFile path: String) throws {
    var (missing, others): (Set<String>, Set<String>) = ([], [])
    func columns(
      _ header: TableHeader
    ) throws -> (image: Int, severity: Int, problem: Int?, count: Int)? {
      guard let image = try header.find("image", "Image Index"),
        let severity = try header.find("severity")
      else { return nil }
      return (image, severity, try header.find("problem"), header.names.count)
    }
    try Table(path: path).forEachRow(
      isHeader: { ((try? columns($0)) ?? nil) != nil },
      columns: { header in
        if let found = try columns(header) { return found }
        throw DataError.missingColumn(
          path: path, column: "severity", found: header.names,
          needed: "\"image\" and \"severity\", as audit.csv of an audit has them")
      },
      { columns, row in
        try row.check(columns.count, path: path)
        guard let severity = AuditProblem.Severity(rawValue: row[columns.severity].lowercased())
        else {
          throw DataError.invalidField(
            path: path, line: row.line, column: "severity",
            found: row[columns.severity])
        }
        guard let name = row.value(columns.image) else {
          throw DataError.invalidField(
            path: path, line: row.line, column: "film name", found: row[columns.image])
        }
        guard severity == .error else { return }
        let isMissing = columns.problem.map { row[$0] == AuditProblem.missing } ?? false
        if isMissing {
          missing.insert(FilmName.normalised(name))
        } else {
          others.insert(FilmName.normalised(name))
        }
      })
    self.missing = missing.subtracting(others)
    names = missing.union(others)
  }
}
