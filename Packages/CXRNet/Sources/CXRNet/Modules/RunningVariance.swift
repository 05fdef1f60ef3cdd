import CXRTensor

/// Which variance of a batch the moving average of a ``BatchNorm`` takes. The batch itself is normalised by
/// the biased one either way.
public enum RunningVariance: String, Sendable, CaseIterable {
  /// The mean squared deviation, as Keras.
  case biased
  /// n/(n − 1) times that, n values a channel in the batch, as PyTorch; one value has none and is refused.
  case unbiased

  /// What a batch adds, from its biased variance `[C]` of `count` values a channel.
  func callAsFunction(of variance: Tensor, count: Int) -> Tensor {
    guard self == .unbiased else { return variance }
    precondition(
      count > 1, "BatchNorm: \(count) value a channel has no unbiased variance; training needs two")
    let factor = Double(count) / Double(count - 1)
    return Tensor(variance.scalars.map { Float(Double($0) * factor) }, shape: variance.shape)
  }
}
