/// The record of one forward pass: nodes in topological order, walked backwards once.
final class Tape {
  struct Edge {
    let input: Int
    let pullback: (Tensor) -> PendingGradient
  }

  private var nodes: [[Edge]] = []

  /// Adds a node and returns its index.
  func append(_ edges: [Edge]) -> Int {
    nodes.append(edges)
    return nodes.count - 1
  }

  /// The gradients of the first `leafCount` nodes with respect to `output`.
  ///
  /// Consumes the tape: each node's kept activations are freed as it is passed. Gradients of the
  /// first travel between ranks while those of others are formed.
  func gradients(of output: Int, seed: Tensor, leafCount: Int) -> [Tensor?] {
    var adjoints = [PendingGradient?](repeating: nil, count: nodes.count)
    var queue = GradientQueue()
    adjoints[output] = PendingGradient(seed)
    while nodes.count > leafCount, let edges = nodes.popLast() {
      let index = nodes.count
      guard let adjoint = adjoints[index]?.value else { continue }
      adjoints[index] = nil
      for edge in edges {
        let contribution = edge.pullback(adjoint)
        guard let earlier = adjoints[edge.input] else {
          adjoints[edge.input] = contribution
          queue.add(contribution)
          continue
        }
        // Taking the sum out of its place first keeps its storage unshared, so += is in place.
        var sum = earlier.take()
        sum += contribution.value
        adjoints[edge.input] = PendingGradient(sum)
      }
    }
    queue.finish()
    return adjoints[..<leafCount].map { $0?.value }
  }
}
