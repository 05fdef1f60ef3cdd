import CXRFiles

extension AuditProblem {
  /// The columns of `audit.csv`.
  static let header = ["image", "problem", "severity", "detail"]
}

extension Sequence where Element == AuditProblem {
  /// How many films these problems are of, each counted once, however often it is named.
  public var filmCount: Int { Set(map(\.image)).count }

  /// The text of `audit.csv`.
  public var auditCSV: String {
    CSVText.line(AuditProblem.header)
      + map { CSVText.line([$0.image, $0.kind, $0.severity.rawValue, $0.detail]) }.joined()
  }
}
