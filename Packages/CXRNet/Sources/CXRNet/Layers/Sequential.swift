import CXRTensor

/// Layers in a row, each with a name that becomes part of its parameters' paths.
///
/// A convolution followed by ReLU, 2×2 max-pooling and batch normalisation runs as one operation where
/// that is faster, and so do batch normalisation and ReLU; the numbers are the same, to rounding.
public struct Sequential: Layer {
  /// The layers, first to last.
  public var layers: [(name: String, layer: any Layer)]

  /// Makes a stack of layers.
  ///
  /// ```swift
  /// let random = RandomStream(seed: 0)
  /// let layers = Sequential([
  ///   ("conv", Conv2D(from: 1, to: 16, kernel: 7, random: random)), ("relu", Activation.relu),
  /// ])
  /// ```
  public init(_ layers: [(name: String, layer: any Layer)]) { self.layers = layers }

  public mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {
    for i in layers.indices {
      layers[i].layer.forEachParameter(at: path / layers[i].name, body)
    }
  }

  public func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    var (x, i) = (input, 0)
    while i < layers.count {
      if pass.fusesLayers,
        let block = FusedBlock(layers[i...].map(\.layer), input: x, in: pass)
      {
        x = block(x, in: &pass)
        i += FusedBlock.length
      } else if pass.fusesLayers, let norm = layers[i].layer as? BatchNorm,
        i + 1 < layers.count, layers[i + 1].layer as? Activation == .relu
      {
        x = norm.rectified(x, in: &pass)
        i += 2
      } else {
        x = pass.apply(layers[i].layer, named: layers[i].name, to: x)
        i += 1
      }
    }
    return x
  }

  public func outputShape(for shape: Shape) throws -> Shape {
    try layers.reduce(shape) { try $1.layer.outputShape(for: $0) }
  }

  public var kind: String { "Sequential" }
}
