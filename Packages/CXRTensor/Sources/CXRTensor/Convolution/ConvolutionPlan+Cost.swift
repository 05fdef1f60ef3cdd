import CConvolution

// What each way is expected to cost.
extension ConvolutionPlan {
  /// What one core does in a cycle, as measured on AVX2 and AVX-512 servers. Only their ratios matter.
  private enum Rate {
    /// Additions of 16 lanes in a transform, with the multiplications beside them and the waiting for
    /// spectra that do not fit the nearer caches.
    static let transform = 0.4
    /// Multiplications with addition in an FFT's products, as a share of the unit's 16 a cycle.
    static let product = 0.85
    static let direct = 0.65
    /// The same of matrix products.
    static let matrix = 0.8
    /// Bytes to and from memory beyond the caches.
    static let memory = 6.0
    /// Bytes of patches written and read back.
    static let patches = 8.0
    /// Multiplications with addition at best.
    static let peak = 16.0
  }

  /// Every way that would do, in no order.
  static func candidates(for plan: ConvolutionPlan) -> [Candidate] {
    var all = [matrixProduct(plan)]
    if plan.stride == 1, plan.isWithinInput {
      all += tileLengths.compactMap { fourier(plan, tile: $0) }
      if plan.channels <= mostDirectChannels { all.append(direct(plan)) }
    }
    return all
  }

  private static let tileLengths = (0..<cxr_tile_lengths()).map { cxr_tile_length($0) }

  private static func fourier(_ plan: ConvolutionPlan, tile: Int) -> Candidate? {
    guard let tiling = plan.tiling(tile: tile) else { return nil }
    let lanes = Double(plan.engine.lanes)
    let tiles = Double(tiling.tiles_y * tiling.tiles_x)
    // Few channels share a vector with those of other tiles.
    let inputs =
      tiling.packed == 0
      ? Double(plan.engine.blocks(plan.channels)) : Double(plan.channels) / lanes
    let outputs = Double(plan.engine.blocks(plan.filters))
    let frequencies = Double(cxr_frequencies(tile))
    let one = Double(plan.engine.stages.transform_additions(tile)) * lanes / 16
    // Rows are real, about 0.45 of a complex transform; of the columns all but two are complex.
    let square = one * (0.45 * Double(tile) + Double(tile / 2 - 1) + 0.9)
    // Kernels are transformed, or read, once a batch.
    let kernelPairs = Double(plan.channels) * outputs
    let batch = Double(max(1, plan.shares.nominal))
    let kernelBytes = frequencies * kernelPairs * 8 * lanes
    let transforms =
      tiles * (inputs + outputs) * square / Rate.transform
      + kernelPairs * square / 2 / Rate.transform / batch
    let products =
      tiles * frequencies * kernelPairs * lanes * 3 / (Rate.peak * Rate.product)
    // Spectra that fit a core's cache cost nothing extra.
    let memory = kernelBytes / batch / Rate.memory
    return Candidate(
      algorithm: .fourier(tile: tile), estimatedCycles: transforms + products + memory,
      reason:
        "\(Int(tiles)) tiles: transforms \(thousands(transforms)), products \(thousands(products)), "
        + "kernel spectra \(thousands(memory))")
  }

  private static func direct(_ plan: ConvolutionPlan) -> Candidate {
    // Four outputs of at most four rows of the kernel cost three products more than there are rows.
    let rows = plan.kernel[0]
    let band = DirectConvolution.bandRows
    let products = Double(rows + (rows + 3) / 4 * (band - 1)) / Double(band)
    let padded = Double(plan.engine.blocks(plan.filters) * plan.engine.lanes)
    let sums =
      Double((plan.wanted.rows + band - 1) / band * band * plan.wanted.columns) * products
      * Double(plan.kernel[1] * plan.channels) * padded / (Rate.peak * Rate.direct)
    return Candidate(
      algorithm: .direct, estimatedCycles: sums, reason: "products \(thousands(sums))")
  }

  private static func matrixProduct(_ plan: ConvolutionPlan) -> Candidate {
    let outputs = Double(plan.output[1] * plan.output[2])
    let patch = Double(plan.kernel[0] * plan.kernel[1] * plan.channels)
    let products = outputs * patch * Double(plan.filters) / (Rate.peak * Rate.matrix)
    let copies = plan.needsPatches ? outputs * patch * 8 / Rate.patches : 0
    return Candidate(
      algorithm: .matrixProduct, estimatedCycles: products + copies,
      reason: "products \(thousands(products)), patches \(thousands(copies))")
  }

  private static func thousands(_ cycles: Double) -> String {
    "\(Int((cycles / 1000).rounded()))k"
  }

  /// Whether a matrix product needs patches: a 1×1 kernel at stride 1, without cells around the image, is
  /// a matrix product as it is.
  var needsPatches: Bool {
    kernel[0] != 1 || kernel[1] != 1 || stride != 1 || output[1] != input[1]
      || output[2] != input[2]
  }

  /// Whether there are no more outputs than pixels, as with ``Padding/same``. Tiles and direct sums count
  /// on it; wider borders are a matrix product's.
  private var isWithinInput: Bool { output[1] <= input[1] && output[2] <= input[2] }
}
