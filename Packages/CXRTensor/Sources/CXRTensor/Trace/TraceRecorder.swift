import CXRParallel

/// Writes a ``TracedGraph`` while a pass runs on shapes alone.
public final class TraceRecorder {
  private(set) var nodes: [TracedGraph.Node] = []
  private(set) var layers: [TracedGraph.Layer] = []
  private var scopes: [String] = []
  private var innerCounts: [Int] = [0]
  /// Of the batch that the pass is of; `nil` where nobody said.
  let shares: BatchShares?

  /// An empty trace.
  init(_ shares: BatchShares?) { self.shares = shares }

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

  /// Adds a node and returns its place.
  func add(_ source: TracedGraph.Node.Source, _ inputs: [Int], _ shape: Shape) -> Int {
    nodes.append(
      TracedGraph.Node(
        source: source, inputs: inputs, shape: shape, scope: scopes.joined(separator: "/")))
    return nodes.count - 1
  }
}
