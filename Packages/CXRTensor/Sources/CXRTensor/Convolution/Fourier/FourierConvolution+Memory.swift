import CConvolution

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
