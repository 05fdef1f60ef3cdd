import CXRParallel
import CTensorKernels

extension Variable {
  /// Batch normalisation with the batch's own statistics, over all axes but the last.
  ///
  /// y = γ·(x − μ)/√(σ² + ε) + β, with the biased variance σ² (Ioffe and Szegedy, 2015). Sums run in
  /// Double, two passes a share of the batch.
  ///
  /// - Parameters:
  ///   - scale: γ, `[C]`.
  ///   - shift: β, `[C]`.
  ///   - epsilon: ε, added to the variance.
  /// - Returns: the output, of the input's shape, and the batch's mean and biased variance, `[C]`.
  public func batchNormalized(
    scale: Variable, shift: Variable, epsilon: Float
  ) -> (output: Variable, mean: Tensor, variance: Tensor) {
    let channels = shape[-1]
    precondition(
      shape.rank >= 2 && scale.shape == [channels] && shift.shape == [channels],
      "batchNormalized: input \(shape), scale \(scale.shape), shift \(shift.shape)")
    precondition(shape.count > 0, "batchNormalized: input \(shape) is empty")
    if let traced = Variable.traced(
      TracedOperation("batch normalization", ["epsilon": Double(epsilon)]), [self, scale, shift],
      shape)
    {
      let zeros = Tensor(repeating: 0, shape: [channels])
      return (traced, zeros, zeros)
    }
    let (x, gamma) = (value, scale.value)
    let shares = Variable.shares(of: [self, scale, shift])
    let moments = self.moments ?? x.moments(shares)
    let statistics = BatchStatistics(
      moments, epsilon: epsilon, scale: gamma, shift: shift.value)
    return (
      normalized(statistics, scale: scale, shift: shift, shares), statistics.mean.tensor,
      statistics.variance.tensor
    )
  }

  /// Batch normalisation with stored statistics: y = γ·(x − μ)/√(σ² + ε) + β. Gradients flow to input, γ and β.
  ///
  /// - Parameters:
  ///   - mean: μ, `[C]`.
  ///   - variance: σ², `[C]`.
  ///   - scale: γ, `[C]`.
  ///   - shift: β, `[C]`.
  ///   - epsilon: ε, added to the variance.
  public func batchNormalized(
    mean: Tensor, variance: Tensor, scale: Variable, shift: Variable, epsilon: Float
  ) -> Variable {
    let channels = shape[-1]
    precondition(
      shape.rank >= 2
        && [mean.shape, variance.shape, scale.shape, shift.shape].allSatisfy { $0 == [channels] },
      "batchNormalized: input \(shape), mean \(mean.shape), variance \(variance.shape), scale "
        + "\(scale.shape), shift \(shift.shape)")
    if let traced = Variable.traced(
      TracedOperation("batch normalization", ["epsilon": Double(epsilon)]),
      [self, scale, shift, Variable(mean), Variable(variance)], shape)
    {
      return traced
    }
    let statistics = BatchStatistics(
      stored: mean.scalars.map(Double.init), variance: variance.scalars.map(Double.init),
      epsilon: epsilon, scale: scale.value, shift: shift.value)
    return normalized(
      statistics, scale: scale, shift: shift, Variable.shares(of: [self, scale, shift]))
  }

  private func normalized(
    _ statistics: BatchStatistics, scale: Variable, shift: Variable, _ shares: BatchShares?
  ) -> Variable {
    let (x, gamma, mean, channels) = (value, scale.value, statistics.mean, shape[-1])
    let y = x.scaledAndShifted(by: statistics.factor, statistics.offset)

    // Both inputs' pullbacks need these sums; they are formed once a pass, by whichever comes first.
    let sums = SharedPullback { (dy: Tensor) -> (gradient: [Double], product: [Double]) in
      let totals = dy.scalars.withUnsafeBufferPointer { dy -> [Double] in
        guard let dy = dy.baseAddress else { return [] }
        return x.columnTotals(channels: channels, columns: 2, shares) { x, offset, rows, sums in
          cxr_batch_norm_sums(x, dy + offset, mean, rows, channels, sums, sums + channels)
        }
      }
      return (Array(totals[..<channels]), Array(totals[channels...]))
    }
    return .recorded(
      y,
      (
        self,
        { dy in
          let (a, b, c) = statistics.gradientCoefficients(gamma: gamma, sums: sums(dy))
          return x.batchNormGradient(dy, a, b, c)
        }
      ),
      (scale, { zip(sums($0).product, statistics.inverse).map { $0 * $1 }.tensor }),
      (shift, { sums($0).gradient.tensor }))
  }

  /// x·factor + offset with one factor and offset a channel, `[C]` each: batch normalisation with
  /// stored statistics.
  public func scaledAndShifted(by factor: Variable, _ offset: Variable) -> Variable {
    let channels = shape[-1]
    precondition(
      factor.shape == [channels] && offset.shape == [channels],
      "scaledAndShifted: input \(shape), factor \(factor.shape), offset \(offset.shape)")
    if let traced = Variable.traced("scale and shift", [self, factor, offset], shape) {
      return traced
    }
    let shares = Variable.shares(of: [self, factor, offset])
    let (x, f) = (value, Array(factor.value.scalars))
    let zeros = [Float](repeating: 0, count: channels)
    return .recorded(
      x.scaledAndShifted(by: f, Array(offset.value.scalars)),
      (self, { dy in dy.scaledAndShifted(by: f, zeros) }),
      (
        factor,
        { dy in
          dy.mapped(with: x) { cxr_multiply($0, $1, $2, $3) }.columnSums(shares)
        }
      ),
      (offset, { $0.columnSums(shares) }))
  }
}
