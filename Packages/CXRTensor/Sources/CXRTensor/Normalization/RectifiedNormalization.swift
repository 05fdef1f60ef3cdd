import CXRParallel
import CTensorKernels

/// max(γ·(x − μ)/√(σ² + ε) + β, 0) of the first channels of `[N, H, W, S]`: what it gives is formed anew for the way back,
/// not kept.
struct RectifiedNormalization {
  /// `[N, H, W, S]`.
  let values: Tensor
  /// How many of the S are meant, C.
  let channels: Int
  /// Of these.
  let statistics: BatchStatistics
  let shares: BatchShares

  /// Of what it gives, `[N, H, W, C]`.
  var shape: Shape { Shape(values.shape.dimensions.dropLast() + [channels]) }

  private var rows: Int { values.shape.count / values.shape[-1] }

  private func forEachRun(
    _ body: (_ rows: Range<Int>, _ x: UnsafePointer<Float>, _ stride: Int) -> Void
  ) {
    let stride = values.shape[-1]
    Parallel.forEachBlock(of: rows, size: Swift.max(1, elementwiseBlock / channels)) {
      body($0, values.buffer.base + $0.lowerBound * stride, stride)
    }
  }

  /// `[N, H, W, C]`.
  func output() -> Tensor {
    Tensor(shape: shape) { y in
      forEachRun { rows, x, stride in
        cxr_normalize_relu(
          x, stride, statistics.factor, statistics.offset, rows.count, channels,
          y + rows.lowerBound * channels)
      }
    }
  }

  /// Sums over all axes but the last of g, the gradient where the output is above 0, and of g·(x − μ), `[C]` each.
  func sums(_ dy: Tensor) -> (gradient: [Double], product: [Double]) {
    let stride = values.shape[-1]
    let totals = shares.totals(ofRows: rows, width: channels * 2) { _, rows, sums in
      cxr_normalize_relu_sums(
        values.buffer.base + rows.lowerBound * stride, stride, statistics.factor,
        statistics.offset, dy.buffer.base + rows.lowerBound * channels, statistics.mean,
        rows.count, channels, sums, sums + channels)
    }
    return shares.pair(of: totals, channels: channels)
  }

  /// The gradients of γ and β from these sums, `[C]` each.
  func parameterGradients(
    _ sums: (gradient: [Double], product: [Double])
  ) -> (scale: Tensor, shift: Tensor) {
    (zip(sums.product, statistics.inverse).map { $0 * $1 }.tensor, sums.gradient.tensor)
  }

  /// The input's gradient, `[N, H, W, C]`.
  func inputGradient(
    _ dy: Tensor, gamma: Tensor, _ sums: (gradient: [Double], product: [Double])
  ) -> Tensor {
    Tensor(shape: dy.shape) { write(dy, gamma, sums, adding: false, to: $0, stride: channels) }
  }

  /// Adds the input's gradient to the first C channels of `[N, H, W, S]`.
  func addInputGradient(
    _ dy: Tensor, gamma: Tensor, _ sums: (gradient: [Double], product: [Double]),
    to dx: inout Tensor
  ) {
    let stride = dx.shape[-1]
    dx.withMutableScalars { elements in
      guard let base = elements.baseAddress else { return }
      write(dy, gamma, sums, adding: true, to: base, stride: stride)
    }
  }

  private func write(
    _ dy: Tensor, _ gamma: Tensor, _ sums: (gradient: [Double], product: [Double]), adding: Bool,
    to dx: UnsafeMutablePointer<Float>, stride target: Int
  ) {
    let (a, b, c) = statistics.gradientCoefficients(gamma: gamma, sums: sums)
    forEachRun { rows, x, stride in
      cxr_normalize_relu_gradient(
        x, stride, statistics.factor, statistics.offset,
        dy.buffer.base + rows.lowerBound * channels, a, b, c, rows.count, channels, adding,
        dx + rows.lowerBound * target, target)
    }
  }
}
