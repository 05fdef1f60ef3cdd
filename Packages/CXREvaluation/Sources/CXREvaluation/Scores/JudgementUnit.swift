/// What is judged: a film by itself, or all films of a study or of a patient together.
///
/// Written `film`, `study`, `patient`, and with `=mean` behind where the films' mean score counts instead of the largest.
public struct JudgementUnit: Sendable, Equatable, LosslessStringConvertible {
  /// Whose films belong together.
  public enum Kind: String, Sendable, CaseIterable {
    /// Each by itself.
    case film
    /// Those of one examination.
    case study
    /// Those of one patient.
    case patient
  }

  /// What the score of several films is.
  public enum Score: String, Sendable, CaseIterable {
    /// The largest: a finding that is on one film is there.
    case largest
    /// The mean of the scores that are ranked, of a network's log-odds.
    case mean
  }

  /// Whose films belong together.
  public let kind: Kind
  /// What their score is.
  public let score: Score

  /// Each film by itself.
  public static let film = JudgementUnit(.film)

  /// Films of a kind of unit.
  public init(_ kind: Kind, score: Score = .largest) { (self.kind, self.score) = (kind, score) }

  public init?(_ description: String) {
    let parts = description.split(separator: "=", omittingEmptySubsequences: false)
    guard let kind = parts.first.flatMap({ Kind(rawValue: String($0)) }) else { return nil }
    switch (kind, parts.count, parts.last) {
    case (_, 1, _): self.init(kind)
    case (.study, 2, "mean"), (.patient, 2, "mean"): self.init(kind, score: .mean)
    default: return nil
    }
  }

  public var description: String { kind.rawValue + (score == .mean ? "=mean" : "") }

  /// Of several, such as `studies`.
  public var plural: String {
    switch kind {
    case .film: "films"
    case .study: "studies"
    case .patient: "patients"
    }
  }
}
