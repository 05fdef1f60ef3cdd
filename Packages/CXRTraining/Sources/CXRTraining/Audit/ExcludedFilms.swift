import CXRData
import Foundation

/// The films that an `audit.csv` calls unusable.
public struct ExcludedFilms: Sendable {
  /// Their names.
  public let names: Set<String>

  /// Reads the rows of severity `error` of a file with the columns `image` and `severity`.
  /// - Throws: `DataError` with the line at fault.
  public init(auditFile path: String) throws {
    var columns: (image: Int, severity: Int, count: Int)?
    var names: Set<String> = []
    try CSVReader.forEachRecord(ofFile: path) { row in
      guard let columns else {
        let header = row.fields
        guard let image = header.firstIndex(of: "image"),
          let severity = header.firstIndex(of: "severity")
        else {
          throw TrainingError.invalidOption(
            "\(path): line \(row.line): no columns \"image\" and \"severity\"; --exclude takes the "
              + "audit.csv of cxr-explore")
        }
        columns = (image, severity, header.count)
        return
      }
      guard row.count == columns.count else {
        throw DataError.wrongFieldCount(
          path: path, line: row.line, expected: columns.count, found: row.count)
      }
      let severity = row[columns.severity]
      guard let known = AuditProblem.Severity(rawValue: severity) else {
        throw DataError.invalidField(
          path: path, line: row.line, column: "severity", found: severity)
      }
      if known == .error { names.insert(row[columns.image]) }
    }
    guard columns != nil else { throw DataError.noRows(path: path) }
    self.names = names
  }
}
