import CXRTensor

/// An input with what a body makes of it, beside each other along the channels: `[…, C]` → `[…, C + K]`, the
/// input first (Huang, Liu, van der Maaten and Weinberger, *Densely Connected Convolutional Networks*, CVPR
/// 2017).
///
/// Parameters lie under `body`.
public struct DenselyConnected: Layer {
  /// `[…, C]` → `[…, K]`.
  public var body: Sequential

  /// Makes the layer.
  public init(_ body: Sequential) { self.body = body }

  public mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {
    self.body.forEachParameter(at: path / "body", body)
  }

  public func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    .concatenated(
      [input, pass.apply(body, named: "body", to: input)], axis: input.shape.rank - 1)
  }

  public func outputShape(for shape: Shape) throws -> Shape {
    let added = try body.outputShape(for: shape)
    guard shape.rank >= 2, added.rank == shape.rank,
      added.dimensions.dropLast() == shape.dimensions.dropLast()
    else { throw NetError.layerDoesNotFit(layer: kind, input: "\(shape)") }
    return Shape(shape.dimensions.dropLast() + [shape[-1] + added[-1]])
  }

  public var kind: String { "DenselyConnected" }
}
