import CXRTensor

/// A module that maps one variable to another.
public protocol Layer: Module {
  /// Applies the layer within a pass.
  func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable
  /// The shape that an input of `shape` becomes.
  /// - Throws: ``NetError`` when the layer does not fit the input.
  func outputShape(for shape: Shape) throws -> Shape
  /// How the layer is called in a summary.
  var kind: String { get }
}

/// A layer without parameters.
public protocol ParameterlessLayer: Layer {}

extension ParameterlessLayer {
  /// Does nothing: there are none.
  public mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {}
}
