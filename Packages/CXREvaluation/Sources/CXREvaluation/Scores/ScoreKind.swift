import Foundation

/// What a score is, by which it says yes or no where no threshold was chosen.
public enum ScoreKind: String, Sendable, CaseIterable {
  /// A probability, or what is taken for one: yes above 0.5.
  case probability
  /// Log-odds, in nats, of which probabilities are the logistic function: yes above 0. Where probabilities are all 1.0 in
  /// as many digits as they have, log-odds still tell films apart.
  case logit

  /// Above which (strictly) a film is called positive where no threshold was chosen.
  public var half: Double { self == .probability ? 0.5 : 0 }

  /// The probability of a score.
  func probability(_ score: Double) -> Double {
    self == .probability ? score : 1 / (1 + exp(-score))
  }
}
