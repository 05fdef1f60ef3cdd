import CXRTensor

/// The largest element of each window, side by side: `[N, H, W, C]` → `[N, H / w, W / w, C]`.
public struct MaxPool: ParameterlessLayer {
  /// The window's side and stride, in pixels.
  public let window: Int

  /// Makes the layer.
  public init(window: Int = 2) { self.window = window }

  public func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    input.maxPooled(window: window)
  }

  public func outputShape(for shape: Shape) throws -> Shape {
    guard shape.rank == 4, shape[1] >= window, shape[2] >= window else {
      throw NetError.layerDoesNotFit(layer: kind, input: "\(shape)")
    }
    return [shape[0], shape[1] / window, shape[2] / window, shape[3]]
  }

  public var kind: String { "MaxPool \(window)×\(window)" }
}
