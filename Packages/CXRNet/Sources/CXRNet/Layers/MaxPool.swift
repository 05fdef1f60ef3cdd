import CXRTensor

/// The largest element of each window: `[N, H, W, C]` → `[N, H′, W′, C]`, with H′ and W′ by `Padding`;
/// windows side by side where no stride is given.
public struct MaxPool: ParameterlessLayer {
  /// The window's side, 1…16 pixels; 2 unless said otherwise.
  public let window: Int
  /// Pixels from window to window, on both axes, at least 1; the window's side unless said otherwise.
  public let stride: Int
  /// What happens at the border, nothing beyond whole windows unless said otherwise; its cells never win.
  public let padding: Padding

  /// Makes the layer; traps on a window outside 1…16, on a stride below 1 and on padding over half a window.
  public init(window: Int = 2, stride: Int? = nil, padding: Padding = .valid) {
    precondition((1...16).contains(window), "MaxPool: a window of \(window) is outside 1...16")
    Padding.check(padding, window: window, stride: stride ?? window, layer: "MaxPool")
    self.window = window
    self.stride = stride ?? window
    self.padding = padding
  }

  public func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    input.maxPooled(window: window, stride: stride, padding: padding)
  }

  public func outputShape(for shape: Shape) throws -> Shape {
    try padding.pooledShape(of: shape, window: window, stride: stride, layer: kind)
  }

  public var kind: String {
    "MaxPool \(window)×\(window)" + (stride != window ? " /\(stride)" : "")
  }
}
