/// Something with parameters: a layer, a model, an optimizer's state.
public protocol Module: Sendable {
  /// Calls `body` for each parameter, in a fixed order, one line a child:
  ///
  /// ```swift
  /// struct Scaling: Module {
  ///   var kernel = Parameter(Tensor([1], shape: [1]), role: .weight)
  ///   mutating func forEachParameter(
  ///     at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ///   ) {
  ///     body(path / "kernel", &kernel)
  ///   }
  /// }
  /// ```
  mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void)
}

extension Module {
  /// All parameters with their paths, in order.
  public var parameters: [(path: ParameterPath, parameter: Parameter)] {
    var (copy, all): (Self, [(path: ParameterPath, parameter: Parameter)]) = (self, [])
    copy.forEachParameter(at: .root) { all.append(($0, $1)) }
    return all
  }

  /// The number of values of all parameters.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.parameter.value.shape.count } }

  /// The number of values that gradients train.
  public var trainableParameterCount: Int {
    parameters.filter { $0.parameter.role != .statistic }
      .reduce(0) { $0 + $1.parameter.value.shape.count }
  }
}
