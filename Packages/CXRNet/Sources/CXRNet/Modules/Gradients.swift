import CXRTensor

/// What one training pass yields: the loss, a gradient a parameter, and new statistics.
public struct Gradients: Sendable {
  /// The loss, in the unit of the loss function.
  public let loss: Float
  /// One gradient a parameter, in parameter order; `nil` where the loss does not depend on it.
  public let tensors: [Tensor?]
  /// New values of statistics by parameter index.
  public let statistics: [Int: Tensor]

  /// Gathers gradients that were formed elsewhere.
  public init(loss: Float, tensors: [Tensor?], statistics: [Int: Tensor]) {
    (self.loss, self.tensors, self.statistics) = (loss, tensors, statistics)
  }
}
