/// What an uncertain finding (−1 in a file with a column a label) counts as.
public enum UncertainPolicy: String, Sendable, CaseIterable, Codable {
  /// As absent.
  case zeros
  /// As present.
  case ones
  /// As unknown: the film counts for its other labels only, in loss, weights and metrics.
  case ignore
}
