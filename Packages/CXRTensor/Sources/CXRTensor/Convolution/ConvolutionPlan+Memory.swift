import CConvolution
import CXRParallel

extension ConvolutionPlan {
  /// `[N, H′/2, W′/2, K]`.
  var pooledShape: Shape {
    [images, wanted.rows / 2, wanted.columns / 2, filters]
  }

  /// What pooling remembers of each part of an image for mean and variance, in bytes, from above.
  var momentBytes: Int {
    4 * 4 * images * Swift.max(1, tiling.map { $0.tiles_y * $0.tiles_x } ?? wanted.rows) * filters
  }

  private var tiling: cxr_tiling? {
    if case .fourier(let tile) = algorithm { tiling(tile: tile) } else { nil }
  }

  /// The prepared kernel, in bytes, from above; 0 where none is prepared.
  var preparedBytes: Int {
    let bytes =
      FourierConvolution(self, packing: false)?.spectrumBytes
      ?? (algorithm == .matrixProduct ? packedBytes : 0)
    return cxr_buffer_footprint(bytes)
  }

  /// A packed kernel, whose last panel is filled up.
  private var packedBytes: Int {
    4 * (kernel.count / Swift.max(1, filters)) * (filters + 2 * ConvolutionEngine.standard.lanes)
  }

  /// What the engine takes besides input and output, forward or backward, in bytes, from above.
  var scratchBytes: Int {
    if let fourier = FourierConvolution(self, packing: false) { return fourier.scratchBytes }
    // Of direct sums, those of the kernel's gradient: an image each, in Double.
    if algorithm == .direct { return 8 * Swift.min(images, 64) * kernel.count }
    let product = MatrixConvolution(self)
    let packed = packedBytes + 4 * (filters + 64) * (kernel.count / Swift.max(1, filters))
    return packed + 4 * product.gradientSums * kernel.count
      + Parallel.threads * product.threadBytes
  }
}
