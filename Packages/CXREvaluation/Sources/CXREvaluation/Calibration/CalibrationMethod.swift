import CXRMetrics

/// How a network's output becomes a probability of the finding.
public enum CalibrationMethod: String, Sendable, CaseIterable, Codable {
  /// As the network gives it.
  case none
  /// The class weights taken out again, in closed form; of a network trained without them it is ``none``.
  case weights
  /// A straight line in log-odds a label, with Platt's cautious targets.
  case platt
  /// A straight line in log-odds a label, all fitted together, so that slopes of rare labels lean on the others'.
  case vector
}

extension CalibrationMethod {
  /// How a probability of one label is calibrated; `nil` where what it needs is missing.
  ///
  /// - Parameters:
  ///   - fit: what was chosen on validation films.
  ///   - weightRatio: of the loss's class weights; `nil` where it had none.
  public func map(fit: ValidationFit.Label?, weightRatio: Double?) -> (
    @Sendable (Double) -> Double
  )? {
    switch self {
    case .none: return { $0 }
    case .weights:
      guard let weightRatio else { return nil }
      return { weightCorrected($0, ratio: weightRatio) }
    case .platt:
      guard let line = fit?.platt else { return nil }
      return { line($0) }
    case .vector:
      guard let line = fit?.vector else { return nil }
      return { line($0) }
    }
  }
}
