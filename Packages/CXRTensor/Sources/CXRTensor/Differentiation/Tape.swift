/// The record of one forward pass: nodes in topological order, walked backwards once.
final class Tape {
  struct Edge {
    let input: Int
    let pullback: (Tensor) -> Tensor
  }

  private var nodes: [[Edge]] = []

  /// Adds a node and returns its index.
  func append(_ edges: [Edge]) -> Int {
    nodes.append(edges)
    return nodes.count - 1
  }

  /// The gradients of the first `leafCount` nodes with respect to `output`.
  ///
  /// Consumes the tape: each node's kept activations are freed as it is passed.
  func gradients(of output: Int, seed: Tensor, leafCount: Int) -> [Tensor?] {
    var adjoints = [Tensor?](repeating: nil, count: nodes.count)
    adjoints[output] = seed
    while nodes.count > leafCount, let edges = nodes.popLast() {
      let index = nodes.count
      guard let adjoint = adjoints[index] else { continue }
      adjoints[index] = nil
      for edge in edges {
        let contribution = edge.pullback(adjoint)
        // Taking the sum out of its slot first keeps its storage unshared, so += is in place.
        if var sum = adjoints[edge.input] {
          adjoints[edge.input] = nil
          sum += contribution
          adjoints[edge.input] = sum
        } else {
          adjoints[edge.input] = contribution
        }
      }
    }
    return Array(adjoints[..<leafCount])
  }
}
