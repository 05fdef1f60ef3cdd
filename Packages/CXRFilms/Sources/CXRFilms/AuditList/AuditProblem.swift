/// A problem of one film, a row of `audit.csv`.
public struct AuditProblem: Sendable, Equatable {
  /// How bad it is.
  public enum Severity: String, Sendable {
    /// The film should not be used; `--exclude` leaves it out.
    case error
    /// Somebody should look.
    case warning
    /// Odd, without effect.
    case note
  }

  /// The film's name.
  public let image: String
  /// What kind of problem it is, a key of `audit`.
  public let kind: String
  /// How bad it is.
  public let severity: Severity
  /// What exactly, and where.
  public let detail: String

  /// Gathers a problem.
  public init(image: String, kind: String, severity: Severity, detail: String) {
    (self.image, self.kind, self.severity, self.detail) = (image, kind, severity, detail)
  }

  /// The kind of a film that is listed and not there.
  public static let missing = "missing"
}
