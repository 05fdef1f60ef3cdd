import CXRParallel

/// What a normalisation takes for mean and variance.
public enum NormalizationStatistics: Sendable {
  /// The batch's own.
  case batch
  /// Stored ones, `[C]` each.
  case stored(mean: Tensor, variance: Tensor)
}

extension Variable {
  /// Batch normalisation and ReLU as one operation, which gives what the two give and keeps its input alone: `[…, C]` →
  /// `[…, C]`. A convolution of the output applies both as it reads, and the output is not written.
  ///
  /// - Parameters:
  ///   - statistics: the batch's or stored ones.
  ///   - scale: γ, `[C]`.
  ///   - shift: β, `[C]`.
  ///   - epsilon: ε, added to the variance.
  /// - Returns: the output, and the statistics that were used: mean and biased variance, `[C]` each.
  public func batchNormalizedAndRectified(
    _ statistics: NormalizationStatistics, scale: Variable, shift: Variable, epsilon: Float
  ) -> (output: Variable, mean: Tensor, variance: Tensor) {
    let channels = shape[-1]
    precondition(
      shape.rank >= 2 && shape.count > 0 && scale.shape == [channels] && shift.shape == [channels],
      "batchNormalizedAndRectified: input \(shape), scale \(scale.shape), shift \(shift.shape)")
    if let traced = Variable.traced(
      TracedOperation(
        "batch normalization, ReLU", ["epsilon": Double(epsilon)], isLeftToReaders: true),
      [self, scale, shift], shape)
    {
      let zeros = Tensor(repeating: 0, shape: [channels])
      return (traced, zeros, zeros)
    }
    let (x, gamma) = (value, scale.value)
    let shares = x.suitingShares(
      Variable.shares(of: [self, scale, shift]), rows: shape.count / channels)
    let used = BatchStatistics(
      statistics, of: x, knowing: moments, epsilon: epsilon, scale: gamma, shift: shift.value,
      shares)
    let operation = RectifiedNormalization(
      values: x, channels: channels, statistics: used, shares: shares)
    let sums = SharedPullback { operation.sums($0) }
    let output = Variable.recorded(
      PendingRectification(operation),
      [
        (self, { operation.inputGradient($0, gamma: gamma, sums($0)) }),
        (scale, { operation.parameterGradients(sums($0)).scale }),
        (shift, { operation.parameterGradients(sums($0)).shift }),
      ])
    return (output, used.mean.tensor, used.variance.tensor)
  }
}

extension BatchStatistics {
  /// Those of a batch `[…, C]`, whose moments may be known, or stored ones.
  init(
    _ source: NormalizationStatistics, of x: Tensor, knowing moments: BatchMoments? = nil,
    epsilon: Float, scale: Tensor, shift: Tensor,
    _ shares: BatchShares
  ) {
    switch source {
    case .batch:
      self.init(moments ?? x.moments(shares), epsilon: epsilon, scale: scale, shift: shift)
    case .stored(let mean, let variance):
      precondition(
        mean.shape == scale.shape && variance.shape == scale.shape,
        "batch normalisation: stored statistics \(mean.shape), \(variance.shape) for \(scale.shape)"
      )
      self.init(
        stored: mean.scalars.map(Double.init), variance: variance.scalars.map(Double.init),
        epsilon: epsilon, scale: scale, shift: shift)
    }
  }
}
