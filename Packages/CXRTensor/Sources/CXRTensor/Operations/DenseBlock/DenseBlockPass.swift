import CXRParallel
import CTensorKernels

/// One way through a dense block, and back: every layer reads the channels written so far in one buffer and writes its own
/// behind them. Normalised inputs are formed anew on the way back (Pleiss et al., *Memory-Efficient Implementation of
/// DenseNets*, 2017), so that memory grows with what is written, not with what is read.
struct DenseBlockPass {
  /// Values of a layer: what its kernels and normalisations are.
  private struct Layer {
    let gamma1, kernel1, gamma2, kernel2: Tensor
    let statistics1, statistics2: BatchStatistics
    /// Of the 1×1 convolution, `[N, H, W, B]`.
    let middle: Tensor
    let inputs: Int
  }

  /// Gradients of a layer's six variables, in their order.
  typealias LayerGradients = [PendingGradient]

  private var layers: [Layer] = []
  /// `[N, H, W, C + L·G]`.
  private(set) var values: Tensor
  private(set) var statistics: [DenseBlockLayer.Statistics] = []
  /// Of all values; `nil` where stored statistics are used.
  private(set) var moments: BatchMoments?
  private let shares: BatchShares
  private let inputs: Int
  private let wantsInput: Bool

  /// - Parameters:
  ///   - x: `[N, H, W, C]`.
  ///   - layers: each of as many channels in as are there.
  ///   - epsilon: of all normalisations.
  ///   - keeping: whether a way back will be asked for.
  init(
    _ x: Variable, _ layers: [DenseBlockLayer], epsilon: Float, shares: BatchShares, keeping: Bool
  ) {
    let dimensions = x.shape.dimensions
    (self.shares, inputs, wantsInput) = (shares, x.shape[3], x.isRecorded)
    let total = x.shape[3] + layers.reduce(0) { $0 + $1.sizes.added }
    let value = x.value
    values = Tensor(shape: Shape(dimensions.dropLast() + [total])) { _ in }
    values.write(value, toChannelsFrom: 0)
    // Statistics of a channel are the same for all who read it.
    if layers.contains(where: { $0.statistics1.isBatch }) {
      moments = x.moments ?? value.moments(shares)
    }
    var channels = x.shape[3]
    for layer in layers {
      let statistics1 = layer.statistics1.used(
        moments, epsilon: epsilon, scale: layer.scale1.value, shift: layer.shift1.value)
      let (middle, statistics2, added) = Self.outputs(
        of: layer, values: values, channels: channels, statistics1, epsilon: epsilon, shares)
      values.write(added, toChannelsFrom: channels)
      moments = moments.map { $0.beside(added.moments(shares)) }
      statistics.append(
        DenseBlockLayer.Statistics(
          mean1: statistics1.mean.tensor, variance1: statistics1.variance.tensor,
          mean2: statistics2.mean.tensor, variance2: statistics2.variance.tensor))
      if keeping {
        self.layers.append(
          Layer(
            gamma1: layer.scale1.value, kernel1: layer.kernel1.value, gamma2: layer.scale2.value,
            kernel2: layer.kernel2.value, statistics1: statistics1, statistics2: statistics2,
            middle: middle, inputs: channels))
      }
      channels += layer.sizes.added
    }
  }

  /// What a layer's convolutions give of the first `channels` of all values. A function of its own, because whatever reads the
  /// values must be gone when the layer's are written beside them: of values that are held twice all would be copied first.
  private static func outputs(
    of layer: DenseBlockLayer, values: Tensor, channels: Int, _ statistics1: BatchStatistics,
    epsilon: Float, _ shares: BatchShares
  ) -> (middle: Tensor, statistics2: BatchStatistics, added: Tensor) {
    let first = RectifiedNormalization(
      values: values, channels: channels, statistics: statistics1, shares: shares)
    let middle = convolution(first.shape, layer.kernel1.value, shares)
      .output(first, kernel: layer.kernel1.value, cache: layer.cache1)
    let statistics2 = BatchStatistics(
      layer.statistics2, of: middle, epsilon: epsilon, scale: layer.scale2.value,
      shift: layer.shift2.value, shares)
    let second = RectifiedNormalization(
      values: middle, channels: layer.sizes.middle, statistics: statistics2, shares: shares)
    let added = convolution(second.shape, layer.kernel2.value, shares)
      .output(second, kernel: layer.kernel2.value, cache: layer.cache2)
    return (middle, statistics2, added)
  }

  private static func convolution(
    _ input: Shape, _ kernel: Tensor, _ shares: BatchShares
  ) -> PlannedConvolution {
    let around = kernel.shape[0] / 2
    return PlannedConvolution(
      plan: ConvolutionPlan(
        input: input, kernel: kernel.shape, padding: .explicit(before: around, after: around),
        shares: shares.suiting(images: input[0])))
  }

  private static func gradients(
    _ x: RectifiedNormalization, _ kernel: Tensor, _ dy: Tensor, _ shares: BatchShares
  ) -> (input: Tensor, kernel: PendingGradient) {
    let found = convolution(x.shape, kernel, shares).gradients(
      x, kernel: kernel, outputGradient: dy)
    guard let input = found.input, let kernel = found.kernel else {
      preconditionFailure("DenseBlockPass: a gradient that was asked for is missing")
    }
    return (input, kernel)
  }

  /// The gradients of input and layers, from the output's.
  func gradients(_ outputGradient: Tensor) -> (input: Tensor, layers: [LayerGradients]) {
    var dx = outputGradient
    var found: [LayerGradients] = []
    var queue = GradientQueue()
    for (place, layer) in layers.enumerated().reversed() {
      let added = layer.kernel2.shape[3]
      let dy = dx.channels(layer.inputs..<layer.inputs + added)
      let second = RectifiedNormalization(
        values: layer.middle, channels: layer.middle.shape[3], statistics: layer.statistics2,
        shares: shares)
      let back2 = Self.gradients(second, layer.kernel2, dy, shares)
      queue.add(back2.kernel)
      let sums2 = second.sums(back2.input)
      let dMiddle = second.inputGradient(back2.input, gamma: layer.gamma2, sums2)
      let first = RectifiedNormalization(
        values: values, channels: layer.inputs, statistics: layer.statistics1, shares: shares)
      let back1 = Self.gradients(first, layer.kernel1, dMiddle, shares)
      queue.add(back1.kernel)
      let sums1 = first.sums(back1.input)
      if place > 0 || wantsInput {
        first.addInputGradient(back1.input, gamma: layer.gamma1, sums1, to: &dx)
      }
      let (one, two) = (first.parameterGradients(sums1), second.parameterGradients(sums2))
      found.append([
        PendingGradient(one.scale), PendingGradient(one.shift), back1.kernel,
        PendingGradient(two.scale), PendingGradient(two.shift), back2.kernel,
      ])
    }
    return (dx.channels(0..<inputs), found.reversed())
  }
}

extension NormalizationStatistics {
  fileprivate var isBatch: Bool { if case .batch = self { true } else { false } }

  /// The statistics that are used where the batch's are known.
  fileprivate func used(
    _ moments: BatchMoments?, epsilon: Float, scale: Tensor, shift: Tensor
  ) -> BatchStatistics {
    switch self {
    case .batch:
      guard let moments else { preconditionFailure("DenseBlockPass: moments were not formed") }
      return BatchStatistics(moments, epsilon: epsilon, scale: scale, shift: shift)
    case .stored(let mean, let variance):
      return BatchStatistics(
        stored: mean.scalars.map(Double.init), variance: variance.scalars.map(Double.init),
        epsilon: epsilon, scale: scale, shift: shift)
    }
  }
}

extension BatchMoments {
  /// Those of channels of both, of equal counts.
  fileprivate func beside(_ other: BatchMoments) -> BatchMoments {
    BatchMoments(count: count, mean: mean + other.mean, squares: squares + other.squares)
  }
}

extension Tensor {
  /// A run of channels of `[…, S]`.
  fileprivate func channels(_ range: Range<Int>) -> Tensor {
    let (stride, count) = (shape[-1], range.count)
    return Tensor(shape: Shape(shape.dimensions.dropLast() + [count])) { y in
      Parallel.forEachBlock(of: shape.count / stride, size: Swift.max(1, elementwiseBlock / count))
      {
        for row in $0 {
          (y + row * count).update(
            from: buffer.base + row * stride + range.lowerBound, count: count)
        }
      }
    }
  }

  /// Writes `[…, C]` to the channels from `first` on; nobody else may hold this tensor.
  fileprivate mutating func write(_ x: Tensor, toChannelsFrom first: Int) {
    let (stride, count) = (shape[-1], x.shape[-1])
    let rows = shape.count / stride
    withMutableScalars { elements in
      guard let base = elements.baseAddress else { return }
      Parallel.forEachBlock(of: rows, size: Swift.max(1, elementwiseBlock / count)) {
        for row in $0 {
          (base + row * stride + first).update(from: x.buffer.base + row * count, count: count)
        }
      }
    }
  }
}
