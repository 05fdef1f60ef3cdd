extension Variable {
  /// Batch normalisation, the sum with `other`, and ReLU as one operation, which gives what the three give: `[…, C]` →
  /// `[…, C]`.
  ///
  /// - Parameters:
  ///   - other: what is added, of the same shape.
  ///   - statistics: the batch's or stored ones.
  ///   - scale: γ, `[C]`.
  ///   - shift: β, `[C]`.
  ///   - epsilon: ε, added to the variance.
  /// - Returns: the output, and the statistics that were used: mean and biased variance, `[C]` each.
  public func batchNormalizedAndRectified(
    plus other: Variable, _ statistics: NormalizationStatistics, scale: Variable, shift: Variable,
    epsilon: Float
  ) -> (output: Variable, mean: Tensor, variance: Tensor) {
    let channels = shape[-1]
    precondition(
      shape.rank >= 2 && shape.count > 0 && other.shape == shape && scale.shape == [channels]
        && shift.shape == [channels],
      "batchNormalizedAndRectified: input \(shape) plus \(other.shape), scale \(scale.shape), shift \(shift.shape)"
    )
    if let traced = Variable.traced(
      TracedOperation(
        "batch normalization, add, ReLU", ["epsilon": Double(epsilon)],
        keeps: [.firstInput, .output]), [self, scale, shift, other], shape)
    {
      let zeros = Tensor(repeating: 0, shape: [channels])
      return (traced, zeros, zeros)
    }
    let (x, gamma) = (value, scale.value)
    let shares = x.suitingShares(
      Variable.shares(of: [self, scale, shift, other]), rows: shape.count / channels)
    let used = BatchStatistics(
      statistics, of: x, knowing: moments, epsilon: epsilon, scale: gamma, shift: shift.value,
      shares)
    let operation = RectifiedSum(x, plus: other.value, used, shares)
    let back = SharedPullback { operation.back($0) }
    let output = Variable.recorded(
      operation.output,
      (
        self,
        { dy in
          let way = back(dy)
          let (a, b, c) = used.gradientCoefficients(gamma: gamma, sums: way.sums)
          return x.batchNormGradient(way.gradient, a, b, c)
        }
      ),
      (scale, { zip(back($0).sums.product, used.inverse).map { $0 * $1 }.tensor }),
      (shift, { back($0).sums.gradient.tensor }), (other, { back($0).gradient }))
    return (output, used.mean.tensor, used.variance.tensor)
  }
}
