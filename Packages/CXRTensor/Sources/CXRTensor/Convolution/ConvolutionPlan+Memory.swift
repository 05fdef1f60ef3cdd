import CConvolution

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

  /// The kernel's spectrum, in bytes; 0 where the way is another.
  var spectrumBytes: Int {
    FourierConvolution(self, packing: false)?.spectrumBytes ?? 0
  }

  /// What the engine takes besides input and output, forward or backward, in bytes, from above.
  var scratchBytes: Int {
    guard let fourier = FourierConvolution(self, packing: false) else {
      // Sums of the kernel's gradient: an image each, in Double, or a run of images each.
      return 8 * Swift.min(images, 64) * kernel.count
    }
    return fourier.scratchBytes
  }
}
