import CXRTensor

/// An element-wise function.
public enum Activation: String, ParameterlessLayer {
  /// max(x, 0).
  case relu
  /// 1/(1 + e⁻ˣ).
  case sigmoid

  public func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    switch self {
    case .relu: input.relu()
    case .sigmoid: input.sigmoid()
    }
  }

  public func outputShape(for shape: Shape) throws -> Shape { shape }

  public var kind: String { self == .relu ? "ReLU" : "Sigmoid" }
}
