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
