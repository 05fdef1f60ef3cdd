import CXRTensor

/// The mean over rows and columns: `[N, H, W, C]` → `[N, C]`.
public struct GlobalAveragePooling: ParameterlessLayer {
  /// Makes the layer.
  public init() {}

  public func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    input.globalAveragePooled()
  }

  public func outputShape(for shape: Shape) throws -> Shape {
    guard shape.rank == 4, shape[1] > 0, shape[2] > 0 else {
      throw NetError.layerDoesNotFit(layer: kind, input: "\(shape)")
    }
    return [shape[0], shape[3]]
  }

  public var kind: String { "GlobalAveragePooling" }
}
