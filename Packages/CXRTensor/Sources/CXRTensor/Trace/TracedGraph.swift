/// What a pass does, as its own operations tell it: a node an input, a parameter and an operation, in the order of
/// the pass.
///
///     let graph = TracedGraph { recorder in model(recorder.input([32, 224, 224, 1]), …) }
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
      case operation(Operation)
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

  /// Traces a pass: runs `body` on shapes alone.
  public init(_ body: (TraceRecorder) -> [Variable]) {
    let recorder = TraceRecorder()
    let results = body(recorder)
    outputs = results.map { recorder.place(of: $0) }
    (nodes, layers) = (recorder.nodes, recorder.layers)
  }
}

/// Writes a ``TracedGraph`` while a pass runs on shapes alone.
public final class TraceRecorder {
  private(set) var nodes: [TracedGraph.Node] = []
  private(set) var layers: [TracedGraph.Layer] = []
  private var scopes: [String] = []
  private var innerCounts: [Int] = [0]

  /// A value that the pass is given.
  public func input(_ shape: Shape) -> Variable { add(.input, [], shape) }

  /// A parameter, by its path.
  public func parameter(_ path: String, _ shape: Shape) -> Variable {
    add(.parameter(path), [], shape)
  }

  /// Begins a layer, by its name in what it is part of.
  public func enter(_ name: String) {
    scopes.append(name)
    innerCounts.append(0)
  }

  /// Ends the layer that was begun last; traps where there is none.
  public func leave(kind: String, shape: Shape, parameterCount: Int) {
    precondition(!scopes.isEmpty, "TraceRecorder: no layer was begun")
    let inner = innerCounts.removeLast()
    innerCounts[innerCounts.count - 1] += 1
    layers.append(
      TracedGraph.Layer(
        path: scopes.joined(separator: "/"), kind: kind, shape: shape,
        parameterCount: parameterCount, hasInner: inner > 0))
    scopes.removeLast()
  }

  func add(_ source: TracedGraph.Node.Source, _ inputs: [Int], _ shape: Shape) -> Variable {
    nodes.append(
      TracedGraph.Node(
        source: source, inputs: inputs, shape: shape, scope: scopes.joined(separator: "/")))
    return Variable(traced: nodes.count - 1, of: shape, by: self)
  }

  /// Whether a variable is one that the pass is given.
  func isGiven(_ variable: Variable) -> Bool {
    variable.trace.map { nodes[$0.place].source == .input } ?? false
  }

  /// The node of a variable; that of a tensor is a constant.
  func place(of variable: Variable) -> Int {
    guard let (recorder, place) = variable.trace else {
      return place(of: add(.constant, [], variable.shape))
    }
    precondition(recorder === self, "Variables of two traces cannot be combined")
    return place
  }
}

extension Variable {
  /// Whether the variable is a shape of a ``TracedGraph`` in the making, without elements.
  public var isTraced: Bool { trace != nil }

  /// The output of an operation in a trace; `nil` outside of one, where it is to be computed.
  ///
  /// Every operation begins with this, so that a pass runs on shapes alone:
  ///
  ///     if let traced = Variable.traced(Operation("gelu"), [self], shape) { return traced }
  public static func traced(
    _ operation: @autoclosure () -> Operation, _ inputs: [Variable],
    _ shape: @autoclosure () -> Shape
  ) -> Variable? {
    guard let recorder = inputs.lazy.compactMap({ $0.trace?.recorder }).first else { return nil }
    let places = inputs.map { recorder.place(of: $0) }
    return recorder.add(.operation(operation()), places, shape())
  }

  /// The output of an operation without attributes, of the same places.
  static func traced(
    _ name: String, keeps: Operation.Keeping = .inputs, _ inputs: [Variable],
    _ shape: @autoclosure () -> Shape
  ) -> Variable? {
    traced(Operation(name, keeps: keeps), inputs, shape())
  }
}
