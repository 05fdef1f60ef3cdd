/// What a pass does, as its own operations tell it: a node an input, a parameter and an operation, in the order of
/// the pass.
///
/// ```swift
/// let graph = TracedGraph { recorder in [recorder.input([32, 224, 224, 1]).relu().mean()] }
/// ```
public struct TracedGraph: Sendable {
  /// One value of the pass.
  public struct Node: Sendable {
    /// Where a value comes from.
    public enum Source: Sendable, Equatable {
      /// Given to the pass.
      case input
      /// A parameter, by its path.
      case parameter(String)
      /// A tensor that is neither.
      case constant
      /// Made of other values.
      case operation(TracedOperation)
    }

    /// Where it comes from.
    public let source: Source
    /// Places of the nodes that it is made of.
    public let inputs: [Int]
    /// Its shape.
    public let shape: Shape
    /// The names of the layers in which it was made, joined by `/`.
    public let scope: String

    /// In bytes, as `Float`.
    public var bytes: Int { shape.count * MemoryLayout<Float>.stride }
  }

  /// One layer of the pass, in the order in which layers ended.
  public struct Layer: Sendable {
    /// Its name within all that it is in, joined by `/`.
    public let path: String
    /// What the layer calls itself.
    public let kind: String
    /// Of its output.
    public let shape: Shape
    /// The numbers in its parameters.
    public let parameterCount: Int
    /// Whether there are layers in it.
    public let hasInner: Bool
  }

  /// In the order of the pass.
  public let nodes: [Node]
  /// In the order in which they ended.
  public let layers: [Layer]
  /// Places of the nodes that the pass gave.
  public let outputs: [Int]
}
