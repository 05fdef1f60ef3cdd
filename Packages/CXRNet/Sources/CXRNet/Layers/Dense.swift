import CXRParallel
import CXRTensor

/// A full connection with bias: `[N, inputs]` → `[N, outputs]`.
public struct Dense: Layer {
  /// `[inputs, outputs]`.
  public var kernel: Parameter
  /// `[outputs]`.
  public var bias: Parameter

  /// Glorot-uniform kernel, zero bias.
  public init(from inputs: Int, to outputs: Int, random: RandomStream) {
    kernel = Parameter(
      .glorotUniform([inputs, outputs], random: random.child("kernel")), role: .weight)
    bias = Parameter(Tensor(repeating: 0, shape: [outputs]), role: .bias)
  }

  public mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {
    body(path / "kernel", &kernel)
    body(path / "bias", &bias)
  }

  public func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    input.matrixProduct(pass[kernel]) + pass[bias]
  }

  public func outputShape(for shape: Shape) throws -> Shape {
    guard shape.rank == 2, shape[1] == kernel.value.shape[0] else {
      throw NetError.layerDoesNotFit(layer: kind, input: "\(shape)")
    }
    return [shape[0], kernel.value.shape[1]]
  }

  public var kind: String { "Dense" }
}
