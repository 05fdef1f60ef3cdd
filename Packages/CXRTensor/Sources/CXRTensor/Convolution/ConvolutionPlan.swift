import CXRParallel

/// How a convolution of one shape is computed, and why.
///
/// ```swift
/// let plan = ConvolutionPlan(input: [32, 109, 109, 16], kernel: [7, 7, 16, 32])
/// print(plan.algorithm)     // fourier(tile: 32)
/// print(plan)               // a line a candidate, with its estimated cost
/// ```
///
/// The choice follows from the shape and the vector unit alone.
public struct ConvolutionPlan: Sendable, CustomStringConvertible {
  /// A way to compute.
  public enum Algorithm: Sendable, Hashable, CustomStringConvertible {
    /// Overlapping square tiles, multiplied in the frequency domain; `tile` points an axis.
    case fourier(tile: Int)
    /// With few input channels, a band of output rows at a time.
    case direct
    /// Patches times kernel matrix, or pixels where no patches are needed.
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
  /// How the batch is cut where images are summed over; the choice is made for a whole batch.
  let shares: BatchShares

  /// Chooses; traps where the kernel does not fit the input.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - kernel: `[R, S, C, K]`.
  ///   - stride: pixels between windows.
  ///   - padding: what happens at the border.
  ///   - pooled: whether only what 2×2 pooling keeps is wanted.
  ///   - shares: of the batch, whose whole size the choice is made for; `nil` for a whole one.
  public init(
    input: Shape, kernel: Shape, stride: Int = 1, padding: Padding = .valid, pooled: Bool = false,
    shares: BatchShares? = nil
  ) {
    self.init(
      input: input, kernel: kernel, stride: stride, padding: padding, pooled: pooled,
      shares: shares, algorithm: nil)
  }

  /// As the public one, with an algorithm that must be among the candidates.
  init(
    input: Shape, kernel: Shape, stride: Int = 1, padding: Padding = .valid, pooled: Bool = false,
    shares: BatchShares? = nil, algorithm wish: Algorithm?
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
    let shares = shares ?? BatchShares(images: input[0])
    precondition(
      shares.images == input[0], "convolved: shares of \(shares.images) images for input \(input)")
    self.shares = shares
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
    let found = Self.found.answer(to: question) {
      Self.candidates(for: self).sorted { $0.estimatedCycles < $1.estimatedCycles }
    }
    candidates = found
    algorithm = wish ?? found[0].algorithm
    precondition(
      found.contains { $0.algorithm == algorithm }, "convolved: \(algorithm) cannot compute \(self)"
    )
  }

  /// What the candidates follow from.
  private struct Question: Hashable {
    let sizes: [Int]
    let isPooled: Bool
    let engine: ConvolutionEngine
  }

  private var question: Question {
    Question(
      sizes: input.dimensions.dropFirst() + kernel.dimensions + output.dimensions.dropFirst()
        + [stride, padTop, padLeft, wanted.rows, wanted.columns, shares.nominal],
      isPooled: isPooled, engine: engine)
  }

  private static let found = KeptAnswers<Question, [Candidate]>()

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
