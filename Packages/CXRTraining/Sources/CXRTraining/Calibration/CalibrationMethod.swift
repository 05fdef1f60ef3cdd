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
