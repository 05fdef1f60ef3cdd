import CXRParallel
import CConvolution

/// The gradients of a convolution, from its output's, pooled or not.
struct ConvolutionGradients {
  /// `[N, H, W, C]`, unless it was not wanted.
  let input: Tensor?
  /// Sums over pixels of the input's gradient g and of g·(x − mean), `[C]` each, unless not wanted.
  let inputSums: (gradient: [Double], product: [Double])?
  /// `[R, S, C, K]`, unless it was not wanted; it may still be on its way.
  let kernel: PendingGradient?
  /// `[K]`, unless it was not wanted.
  let bias: Tensor?
}

extension Tensor {
  /// Sums over all axes but the last of a gradient g and of g·(x − mean), image by image and share by share.
  func gradientSums(
    _ gradient: Tensor, around mean: [Double], _ shares: BatchShares
  ) -> (gradient: [Double], product: [Double]) {
    let (images, channels) = (shape[0], shape[-1])
    let engine = ConvolutionEngine.standard
    let stages = engine.stages
    let pixels = shape.count / Swift.max(1, images * channels)
    var sums = [Double](repeating: 0, count: images * channels * 2)
    sums.withUnsafeMutableBufferPointer { sums in
      guard let sums = sums.baseAddress else { return }
      Parallel.run(blocks: images) { n in
        stages.gradient_sums(
          buffer.base + n * pixels * channels, gradient.buffer.base + n * pixels * channels, mean,
          pixels, channels, 0, engine.blocks(channels), sums + n * channels * 2)
      }
    }
    return sums.summedPairs(channels: channels, shares)
  }
}

extension [Double] {
  /// The sums over images of `[images, channels, 2]`: in a share in image order.
  func summedPairs(
    channels: Int, _ shares: BatchShares
  ) -> (gradient: [Double], product: [Double]) {
    let sums = summed(width: channels * 2, shares)
    return (
      (0..<channels).map { sums[$0 * 2] }, (0..<channels).map { sums[$0 * 2 + 1] }
    )
  }

  /// The sums over images of `[images, width]`: in a share in image order.
  func summed(width: Int, _ shares: BatchShares) -> [Double] {
    shares.sum { share -> [Double] in
      var sums = [Double](repeating: 0, count: width)
      for image in shares.places(of: share) {
        for i in 0..<width { sums[i] += self[image * width + i] }
      }
      return sums
    } ?? [Double](repeating: 0, count: width)
  }
}
