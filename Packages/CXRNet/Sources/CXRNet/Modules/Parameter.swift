import CXRTensor

/// A named-by-its-place value of a module: a weight that training changes, or a running statistic.
public struct Parameter: Sendable {
  /// What the value is for.
  public enum Role: Sendable {
    /// A kernel or scale: trained.
    case weight
    /// A shift: trained.
    case bias
    /// A running mean or variance, or optimizer state: kept, but not trained by gradients.
    case statistic
  }

  /// The current value. No observer stands here: it would make every change in place a copy.
  public var value: Tensor
  /// What the value is for.
  public let role: Role
  /// Its place among the variables of the current pass.
  var slot = -1

  /// Makes a parameter.
  public init(_ value: Tensor, role: Role) {
    self.value = value
    self.role = role
  }
}
