import CXRTensor

/// The mean of each window: `[N, H, W, C]` → `[N, H′, W′, C]`, with H′ and W′ by `Padding`; windows side by
/// side where no stride is given.
public struct AveragePool: ParameterlessLayer {
  /// The window's side, in pixels, at least 1; 2 unless said otherwise.
  public let window: Int
  /// Pixels from window to window, on both axes, at least 1; the window's side unless said otherwise.
  public let stride: Int
  /// What happens at the border; whole windows only unless said otherwise.
  public let padding: Padding
  /// Whether cells that padding adds count as zeros, as PyTorch's `count_include_pad`; unless said otherwise the mean is of
  /// pixels alone, as TensorFlow's.
  public let countsPadding: Bool

  /// Makes the layer; traps on a window or stride below 1 and on padding over half a window.
  public init(
    window: Int = 2, stride: Int? = nil, padding: Padding = .valid, countsPadding: Bool = false
  ) {
    Padding.check(padding, window: window, stride: stride ?? window, layer: "AveragePool")
    self.window = window
    self.stride = stride ?? window
    self.padding = padding
    self.countsPadding = countsPadding
  }

  public func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    input.averagePooled(
      window: window, stride: stride, padding: padding, countsPadding: countsPadding)
  }

  public func outputShape(for shape: Shape) throws -> Shape {
    try padding.pooledShape(of: shape, window: window, stride: stride, layer: kind)
  }

  public var kind: String {
    "AveragePool \(window)×\(window)" + (stride != window ? " /\(stride)" : "")
  }
}
