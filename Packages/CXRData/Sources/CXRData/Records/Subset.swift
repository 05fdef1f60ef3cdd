/// The parts of a split.
public enum Subset: String, Sendable, CaseIterable, Codable {
  /// For fitting weights.
  case train
  /// For choosing the epoch.
  case validation
  /// For the figures.
  case test
}
