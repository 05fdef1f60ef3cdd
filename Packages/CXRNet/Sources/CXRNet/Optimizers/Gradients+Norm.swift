import CXRParallel
import CXRTensor

extension Gradients {
  /// The length of all gradients taken as one vector; not finite where any of them is not.
  public var norm: Double {
    Parallel.map(tensors.count) { tensors[$0]?.sumOfSquares ?? 0 }.reduce(0, +).squareRoot()
  }

  /// The same direction, at most `limit` long: every gradient times limit / norm where the norm is larger.
  ///
  /// Global clipping (Pascanu, Mikolov, Bengio, ICML 2013), as Keras's `global_clipnorm`.
  public func clipped(toNorm limit: Double) -> Gradients {
    precondition(limit > 0, "Gradients.clipped: a limit of \(limit)")
    let norm = norm
    guard norm > limit else { return self }
    let factor = Float(limit / norm)
    return Gradients(
      loss: loss,
      tensors: tensors.map { tensor in
        guard var tensor else { return nil }
        tensor.scale(by: factor)
        return tensor
      }, statistics: statistics)
  }
}
