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
      totals = shares.totals(ofRows: rows, width: channels * 2) { _, rows, sums in
        let first = rows.lowerBound * channels
        cxr_relu_gradient_sums(
          output.buffer.base + first, dy.buffer.base + first, values.buffer.base + first,
          statistics.mean, rows.count, channels, g + first, sums, sums + channels)
      }
    }
    return Way(gradient: gradient, sums: shares.pair(of: totals, channels: channels))
  }
}
