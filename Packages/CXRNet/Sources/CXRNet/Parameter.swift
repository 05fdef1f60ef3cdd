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

/// The place of a parameter in a model, such as `block1/conv/kernel`.
public struct ParameterPath: Hashable, Sendable, CustomStringConvertible {
  /// The names from the root, joined by `/`.
  public let description: String
  /// The model itself.
  public static let root = ParameterPath(description: "")
  /// The path of the child called `name`.
  public static func / (parent: Self, name: String) -> Self {
    Self(description: parent.description.isEmpty ? name : parent.description + "/" + name)
  }
}
