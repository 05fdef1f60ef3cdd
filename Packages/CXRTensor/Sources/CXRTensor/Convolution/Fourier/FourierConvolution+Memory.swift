import CXRParallel
import CConvolution

extension FourierConvolution {
  /// The kernel's whole spectrum, in bytes.
  var spectrumBytes: Int {
    4 * cxr_frequencies(tiling.tile) * spectrumStride(inner: plan.channels, outer: plan.filters)
  }

  /// Row spectra of two groups of inputs and one of outputs for each thread, the kernel's spectra and those of its
  /// gradient, in bytes.
  var scratchBytes: Int {
    let (inRows, outRows) = withUnsafePointer(to: tiling) {
      (stages.input_rows($0), stages.output_rows($0))
    }
    let rows =
      horizontal * 2 * lanes * cut.largest * tiles
      * (2 * inputBlocks * inRows + outputBlocks * outRows)
    let (spectrum, threads) = (spectrumBytes / 4, Parallel.threads)
    let parts = cut.groups.map(\.parts.count).max() ?? 0
    // Of several groups, spectra are kept as a whole: those of the kernel, those of each share's gradient that a
    // thread is at, and of sums that wait for others; of one, a thread keeps those of one frequency.
    let depth = Int.bitWidth - (plan.shares.count - 1).leadingZeroBitCount
    let whole =
      groups > 1
      ? (1 + Swift.min(threads, cut.units.count) * parts + 2 * depth) * spectrum
      : threads * parts * spectrum / horizontal * 2
    let kernelRows = 2 * 2 * horizontal * plan.kernel.count / plan.kernel[1]
    return 4 * (Swift.min(threads, Swift.max(1, cut.units.count)) * rows + whole + kernelRows)
  }
}
