import CXRParallel
import CXRTensor

/// Layers of which each reads all channels before it and adds some: `[N, H, W, C]` → `[N, H, W, C + L·G]` (Huang, Liu, van
/// der Maaten and Weinberger, CVPR 2017).
///
/// They run as one operation that writes into one buffer. Parameters lie under `denselayer1`, `denselayer2`, …
struct DenseBlock: Layer {
  /// Normalisation, ReLU, 1×1 convolution, normalisation, ReLU, 3×3 convolution.
  struct DenseLayer {
    var norm1: BatchNorm
    var conv1: Conv2D
    var norm2: BatchNorm
    var conv2: Conv2D

    mutating func forEachParameter(
      at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
    ) {
      norm1.forEachParameter(at: path / "norm1", body)
      conv1.forEachParameter(at: path / "conv1", body)
      norm2.forEachParameter(at: path / "norm2", body)
      conv2.forEachParameter(at: path / "conv2", body)
    }

    /// One after another, each by itself.
    var layers: Sequential {
      Sequential([
        ("norm1", norm1), ("relu1", Activation.relu), ("conv1", conv1), ("norm2", norm2),
        ("relu2", Activation.relu), ("conv2", conv2),
      ])
    }
  }

  private var layers: [DenseLayer]

  /// - Parameters:
  ///   - channels: in.
  ///   - count: of layers.
  ///   - growth: channels that each adds.
  ///   - bottleneck: how many times as many lie between its convolutions.
  ///   - norms: how normalisations are made.
  ///   - random: what kernels are drawn from.
  init(
    from channels: Int, count: Int, growth: Int, bottleneck: Int, norms: NormSettings,
    random: RandomStream
  ) {
    layers = (0..<count).map { place in
      let (inputs, middle) = (channels + place * growth, bottleneck * growth)
      let random = random.child("denselayer\(place + 1)")
      return DenseLayer(
        norm1: norms.norm(inputs),
        conv1: Conv2D(
          unbiased: .heNormal([1, 1, inputs, middle], random: random.child("conv1"))),
        norm2: norms.norm(middle),
        conv2: Conv2D(
          unbiased: .heNormal([3, 3, middle, growth], random: random.child("conv2"))))
    }
  }

  mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {
    for i in layers.indices {
      layers[i].forEachParameter(at: path / Self.name(i), body)
    }
  }

  private static func name(_ place: Int) -> String { "denselayer\(place + 1)" }

  func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    guard pass.fusesLayers else { return unfused(input, in: &pass) }
    let parts = layers.map { layer in
      if pass.mode == .training {
        layer.conv1.cache.clear()
        layer.conv2.cache.clear()
      }
      return DenseBlockLayer(
        scale1: pass[layer.norm1.gamma], shift1: pass[layer.norm1.beta],
        statistics1: layer.norm1.statistics(in: pass), kernel1: pass[layer.conv1.kernel],
        scale2: pass[layer.norm2.gamma], shift2: pass[layer.norm2.beta],
        statistics2: layer.norm2.statistics(in: pass), kernel2: pass[layer.conv2.kernel],
        cache1: pass.mode == .inference ? layer.conv1.cache : nil,
        cache2: pass.mode == .inference ? layer.conv2.cache : nil)
    }
    let (output, statistics) = input.denseBlock(parts, epsilon: layers[0].norm1.epsilon)
    let count = input.countPerChannel
    for (layer, found) in zip(layers, statistics) {
      layer.norm1.record(mean: found.mean1, variance: found.variance1, count: count, in: &pass)
      layer.norm2.record(mean: found.mean2, variance: found.variance2, count: count, in: &pass)
    }
    return output
  }

  private func unfused(_ input: Variable, in pass: inout Pass) -> Variable {
    var x = input
    for (place, layer) in layers.enumerated() {
      let added = pass.apply(layer.layers, named: Self.name(place), to: x)
      x = .concatenated([x, added], axis: 3)
    }
    return x
  }

  func outputShape(for shape: Shape) throws -> Shape {
    try layers.reduce(shape) { shape, layer in
      let added = try layer.layers.outputShape(for: shape)
      return Shape(shape.dimensions.dropLast() + [shape[3] + added[3]])
    }
  }

  var kind: String { "DenseBlock" }
}
