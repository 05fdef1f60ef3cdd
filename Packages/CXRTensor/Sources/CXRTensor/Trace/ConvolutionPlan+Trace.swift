import CConvolution

extension ConvolutionPlan {
  /// `[N, H′/2, W′/2, K]`.
  var pooledShape: Shape {
    [images, wanted.rows / 2, wanted.columns / 2, filters]
  }

  /// The window, then `others`; where rows and columns are not alike, no window says which places are meant.
  private func reach(_ others: [Operation.Window] = []) -> Operation.Reach {
    guard kernel[0] == kernel[1], padTop == padLeft else { return .all }
    return .windows([Operation.Window(size: kernel[0], stride: stride, before: padTop)] + others)
  }

  /// The convolution as an operation of a trace; `caching`: whether the prepared kernel is kept.
  func operation(caching: Bool) -> Operation {
    Operation(
      "convolution",
      [
        "stride": Double(stride), "top": Double(padTop), "left": Double(padLeft),
        "rows": Double(kernel[0]), "columns": Double(kernel[1]),
      ], reach: reach(), cached: caching ? spectrumBytes : 0, scratch: scratch)
  }

  /// Convolution, ReLU, 2×2 pooling and normalisation as one operation of a trace.
  ///
  /// - Parameters:
  ///   - attributes: of the normalisation.
  ///   - keeping: whether a way back is asked for.
  ///   - unpooling: whether the input's gradient is, too.
  ///   - caching: whether the prepared kernel is kept.
  func block(
    _ attributes: [String: Double], keeping: Bool, unpooling: Bool = false, caching: Bool = false
  ) -> Operation {
    let moments = 4 * 4 * images * Swift.max(1, (tiling?.tiles ?? wanted.rows)) * filters
    return Operation(
      "convolution, ReLU, maximum, normalization", attributes,
      reach: reach([Operation.Window(size: 2, stride: 2)]),
      keeps: [.inputs, .output], kept: keeping ? images * choiceBytes + moments : 0,
      cached: caching ? spectrumBytes : 0,
      scratch: scratch + (unpooling && algorithm == .direct ? 4 * output.count : 0))
  }

  private var tiling: cxr_tiling? {
    if case .fourier(let tile) = algorithm { tiling(tile: tile) } else { nil }
  }

  private var spectrumBytes: Int {
    FourierConvolution(self, packing: false)?.spectrumBytes ?? 0
  }

  /// What the engine takes besides input and output, forward or backward, in bytes, from above.
  private var scratch: Int {
    guard let fourier = FourierConvolution(self, packing: false) else {
      // Sums of the kernel's gradient: an image each, in Double, or a run of images each.
      return 8 * Swift.min(images, 64) * kernel.count
    }
    return fourier.scratchBytes
  }
}

extension FourierConvolution {
  /// The kernel's whole spectrum, in bytes.
  var spectrumBytes: Int {
    4 * cxr_frequencies(tiling.tile) * spectrumStride(inner: plan.channels, outer: plan.filters)
  }

  /// Row spectra of two groups of inputs and one of outputs for each share, and the kernel's spectra, in bytes.
  var scratchBytes: Int {
    let (inRows, outRows) = withUnsafePointer(to: tiling) {
      (stages.input_rows($0), stages.output_rows($0))
    }
    let rows =
      horizontal * 2 * lanes * groupSize * tiles
      * (2 * inputBlocks * inRows + outputBlocks * outRows)
    let spectrum = spectrumBytes / 4
    // Of several groups, spectra are kept as a whole: those of the kernel, and those of each share's gradient.
    let whole = groups > 1 ? (shares + 1) * spectrum : 0
    let kernelRows = 2 * 2 * horizontal * plan.kernel.count / plan.kernel[1]
    return 4 * (Swift.max(1, shares) * rows + whole + kernelRows)
  }
}

extension cxr_tiling {
  fileprivate var tiles: Int { tiles_y * tiles_x }
}
