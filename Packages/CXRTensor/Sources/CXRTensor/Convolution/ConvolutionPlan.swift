import CConvolution

/// How a convolution of one shape is computed, and why.
///
///     let plan = ConvolutionPlan(input: [32, 109, 109, 16], kernel: [7, 7, 16, 32])
///     print(plan.algorithm)     // fourier(tile: 32)
///     print(plan)               // a line a candidate, with its estimated cost
///
/// The choice follows from the shape and the vector unit alone.
public struct ConvolutionPlan: Sendable, CustomStringConvertible {
  /// A way to compute.
  public enum Algorithm: Sendable, Hashable, CustomStringConvertible {
    /// Overlapping square tiles, multiplied in the frequency domain; `tile` points an axis.
    case fourier(tile: Int)
    /// By definition, with few input channels, by pairs of output rows.
    case direct
    /// Patches times kernel matrix on BLAS.
    case matrixProduct

    public var description: String {
      switch self {
      case .fourier(let tile): "Fourier transforms of \(tile)×\(tile) tiles"
      case .direct: "direct sums"
      case .matrixProduct: "matrix product"
      }
    }
  }

  /// An algorithm with what it is expected to cost.
  public struct Candidate: Sendable {
    /// How.
    public let algorithm: Algorithm
    /// Clock cycles of one core for the forward pass of one image, from counted operations and bytes.
    public let estimatedCycles: Double
    /// What the estimate is made of.
    public let reason: String
  }

  /// `[N, H, W, C]`.
  public let input: Shape
  /// `[R, S, C, K]`.
  public let kernel: Shape
  /// `[N, H′, W′, K]`.
  public let output: Shape
  /// What is used.
  public private(set) var algorithm: Algorithm
  /// Everything that would do, cheapest first.
  public private(set) var candidates: [Candidate]

  let stride: Int
  let padTop: Int
  let padLeft: Int
  /// The outputs that are wanted: all, or those that 2×2 pooling keeps.
  let wanted: (rows: Int, columns: Int)
  let isPooled: Bool
  let engine: ConvolutionEngine

  /// Chooses; traps where the kernel does not fit the input.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - kernel: `[R, S, C, K]`.
  ///   - stride: pixels between windows.
  ///   - padding: what happens at the border.
  ///   - pooled: whether only what 2×2 pooling keeps is wanted.
  public init(
    input: Shape, kernel: Shape, stride: Int = 1, padding: Padding = .valid, pooled: Bool = false
  ) {
    self.init(
      input: input, kernel: kernel, stride: stride, padding: padding, pooled: pooled,
      algorithm: nil)
  }

  /// As the public one, with an algorithm that must be among the candidates.
  init(
    input: Shape, kernel: Shape, stride: Int = 1, padding: Padding = .valid, pooled: Bool = false,
    algorithm wish: Algorithm?
  ) {
    precondition(
      input.rank == 4 && kernel.rank == 4 && input[3] == kernel[2],
      "convolved: input \(input) is not [N, H, W, C] for a kernel [R, S, C, K] of \(kernel)")
    precondition(stride > 0, "convolved: stride \(stride) is not positive")
    let rows = padding.output(size: input[1], kernel: kernel[0], stride: stride)
    let columns = padding.output(size: input[2], kernel: kernel[1], stride: stride)
    precondition(
      rows.size > 0 && columns.size > 0 && kernel[0] > 0 && kernel[1] > 0,
      "convolved: a kernel of \(kernel) does not fit into input \(input)")
    self.input = input
    self.kernel = kernel
    self.stride = stride
    output = [input[0], rows.size, columns.size, kernel[3]]
    (padTop, padLeft) = (rows.before, columns.before)
    isPooled = pooled
    wanted =
      pooled ? (rows.size / 2 * 2, columns.size / 2 * 2) : (rows.size, columns.size)
    engine =
      kernel[2] <= Self.mostDirectChannels
      ? .forChannels(kernel[3]) : .forChannels(kernel[2], kernel[3])
    candidates = []
    algorithm = .matrixProduct
    guard input.count > 0, kernel.count > 0, wanted.rows > 0, wanted.columns > 0 else { return }
    let found = Self.candidates(for: self).sorted { $0.estimatedCycles < $1.estimatedCycles }
    candidates = found
    algorithm = wish ?? found[0].algorithm
    precondition(
      found.contains { $0.algorithm == algorithm }, "convolved: \(algorithm) cannot compute \(self)"
    )
  }

  /// Multiplications with addition of one image's forward pass by definition, whatever the algorithm.
  public var multiplicationsByDefinition: Int {
    wanted.rows * wanted.columns * kernel.count
  }

  /// The shape, and the candidates, cheapest first, a line each.
  public var description: String {
    let head = "input \(input), kernel \(kernel), stride \(stride) → \(output)"
    return
      ([head]
      + candidates.map {
        ($0.algorithm == algorithm ? "* " : "  ")
          + "\($0.algorithm): \(Int(($0.estimatedCycles / 1000).rounded())) thousand cycles an image "
          + "(\($0.reason))"
      }).joined(separator: "\n")
  }

  static let mostDirectChannels = 4

  var images: Int { input[0] }
  var channels: Int { input[3] }
  var filters: Int { kernel[3] }
  var inputStride: Int { input[1] * input[2] * input[3] }
  var outputStride: Int { output[1] * output[2] * output[3] }
}

// MARK: - The cost model

extension ConvolutionPlan {
  /// What one core does in a cycle, as measured on AVX2 and AVX-512 servers. Only their ratios matter.
  private enum Rate {
    /// Additions of 16 lanes in a transform, with the multiplications beside them and the waiting for
    /// spectra that do not fit the nearer caches.
    static let transform = 0.4
    /// Multiplications with addition in an FFT's products, as a share of the unit's 16 a cycle.
    static let product = 0.85
    static let direct = 0.65
    /// The same for BLAS on tall, narrow matrices.
    static let matrix = 0.55
    /// Bytes to and from memory beyond the caches.
    static let memory = 6.0
    /// Bytes of patches written and read back.
    static let patches = 8.0
    /// Multiplications with addition at best.
    static let peak = 16.0
  }

  private static func candidates(for plan: ConvolutionPlan) -> [Candidate] {
    var all = [matrixProduct(plan)]
    if plan.stride == 1, plan.isWithinInput {
      all += tileLengths.compactMap { fourier(plan, tile: $0) }
      if plan.channels <= mostDirectChannels { all.append(direct(plan)) }
    }
    return all
  }

  private static let tileLengths: [Int] = {
    var lengths = [Int](repeating: 0, count: 16)
    let count = cxr_tile_lengths(&lengths, lengths.count)
    return Array(lengths[..<min(count, lengths.count)])
  }()

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
    let batch = Double(max(1, plan.images))
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

  /// The tiling for a transform length; `nil` where a tile would have no output.
  func tiling(tile: Int) -> cxr_tiling? {
    func cut(_ outputs: Int, kernel: Int) -> (step: Int, tiles: Int)? {
      // Pooling windows must not straddle tiles.
      let most = isPooled ? (tile - kernel + 1) / 2 * 2 : tile - kernel + 1
      guard most > 0 else { return nil }
      let tiles = (outputs + most - 1) / most
      let even = (outputs + tiles - 1) / tiles
      return (isPooled ? (even + 1) / 2 * 2 : even, tiles)
    }
    guard let y = cut(wanted.rows, kernel: kernel[0]),
      let x = cut(wanted.columns, kernel: kernel[1])
    else { return nil }
    return cxr_tiling(
      height: input[1], width: input[2], channels: channels, kernel_height: kernel[0],
      kernel_width: kernel[1], filters: filters, pad_top: padTop, pad_left: padLeft,
      out_height: wanted.rows, out_width: wanted.columns, tile: tile, step_y: y.step,
      step_x: x.step,
      tiles_y: y.tiles, tiles_x: x.tiles,
      packed: 2 * channels <= engine.lanes && channels <= Self.mostDirectChannels ? 1 : 0)
  }
}
