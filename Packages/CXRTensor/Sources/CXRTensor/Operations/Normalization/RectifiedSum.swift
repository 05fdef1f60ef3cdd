import CXRParallel
import CTensorKernels

/// max(γ·(x − μ)/√(σ² + ε) + β + s, 0), the end of a residual block: of x and s, `[…, C]`, neither the normalised values nor
/// the sum are written.
struct RectifiedSum {
  /// What is normalised, `[…, C]`.
  let values: Tensor
  let statistics: BatchStatistics
  let shares: BatchShares
  /// What it gives, `[…, C]`.
  let output: Tensor

  private var channels: Int { values.shape[-1] }

  /// - Parameters:
  ///   - values: x.
  ///   - other: s.
  ///   - statistics: of x, or stored ones.
  ///   - shares: of the batch.
  init(_ values: Tensor, plus other: Tensor, _ statistics: BatchStatistics, _ shares: BatchShares) {
    (self.values, self.statistics, self.shares) = (values, statistics, shares)
    let channels = values.shape[-1]
    output = Tensor(shape: values.shape) { y in
      Parallel.forEachBlock(
        of: values.shape.count / channels, size: Swift.max(1, elementwiseBlock / channels)
      ) {
        let first = $0.lowerBound * channels
        cxr_normalize_add_relu(
          values.buffer.base + first, statistics.factor, statistics.offset,
          other.buffer.base + first, $0.count, channels, y + first)
      }
    }
  }

  /// The gradient of s, and its sums over all axes but the last, themselves and times x − μ, `[C]` each.
  struct Way {
    let gradient: Tensor
    let sums: (gradient: [Double], product: [Double])
  }

  /// From the output's gradient.
  func back(_ dy: Tensor) -> Way {
    let rows = values.shape.count / channels
    var totals: [[Double]] = []
    let gradient = Tensor(shape: values.shape) { g in
      // Safe: each block writes its own rows of g.
      nonisolated(unsafe) let g = g
      totals = shares.totals(ofRows: rows, width: channels * 2) { _, rows, sums in
        let first = rows.lowerBound * channels
        cxr_relu_gradient_sums(
          output.buffer.base + first, dy.buffer.base + first, values.buffer.base + first,
          statistics.mean, rows.count, channels, g + first, sums, sums + channels)
      }
    }
    let sums =
      shares.sum({ totals[$0] }) { zip($0, $1).map { $0 + $1 } }
      ?? [Double](repeating: 0, count: channels * 2)
    return Way(gradient: gradient, sums: (Array(sums[..<channels]), Array(sums[channels...])))
  }
}

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
