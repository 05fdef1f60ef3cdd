import CXRTensor

/// The sum of two ways of one input: body(x) + shortcut(x), or body(x) + x, of the body's output shape (He, Zhang,
/// Ren and Sun, *Deep Residual Learning for Image Recognition*, CVPR 2016).
///
/// Parameters lie under `body` and `shortcut`.
public struct Residual: Layer {
  /// The way that learns the difference.
  public var body: Sequential
  /// What brings the input to the body's output shape; `nil` for the input as it is.
  public var shortcut: Sequential?

  /// Makes the sum.
  public init(body: Sequential, shortcut: Sequential? = nil) {
    self.body = body
    self.shortcut = shortcut
  }

  public mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {
    self.body.forEachParameter(at: path / "body", body)
    if var own = shortcut.take() {
      own.forEachParameter(at: path / "shortcut", body)
      shortcut = own
    }
  }

  public func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    let difference = pass.apply(body, named: "body", to: input)
    let kept = shortcut.map { pass.apply($0, named: "shortcut", to: input) } ?? input
    precondition(
      difference.shape == kept.shape,
      "Residual: \(difference.shape) of the body and \(kept.shape) of the shortcut are added")
    return difference + kept
  }

  public func outputShape(for shape: Shape) throws -> Shape {
    let output = try body.outputShape(for: shape)
    guard try shortcut?.outputShape(for: shape) ?? shape == output else {
      throw NetError.layerDoesNotFit(layer: kind, input: "\(shape)")
    }
    return output
  }

  public var kind: String { "Residual" }
}
