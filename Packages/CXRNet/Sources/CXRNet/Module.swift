import CXRParallel
import CXRTensor

/// Something with parameters: a layer, a model, an optimizer's state.
public protocol Module: Sendable {
  /// Calls `body` for each parameter, in a fixed order, one line a child:
  ///
  ///     kernel: body(path / "kernel", &kernel)
  mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void)
}

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

  /// Sets the statistics that the pass asked for, such as moving averages; an optimizer sets none.
  public mutating func setStatistics(_ gradients: Gradients) {
    var slot = 0
    forEachParameter(at: .root) { _, parameter in
      defer { slot += 1 }
      if let value = gradients.statistics[slot] { parameter.value = value }
    }
  }

  /// The value of `loss` in a training pass and its gradient for each parameter.
  ///
  /// - Parameters:
  ///   - random: what dropout and the like draw from in this pass.
  ///   - loss: gets the module with its parameters on a tape; returns a scalar.
  public func gradients(
    random: RandomStream, of loss: (Self, inout Pass) throws -> Variable
  ) rethrows -> Gradients {
    var bound = self
    var values: [Tensor] = []
    bound.forEachParameter(at: .root) { _, parameter in
      parameter.slot = values.count
      values.append(parameter.value)
    }
    var statistics: [Int: Tensor] = [:]
    let (value, tensors) = try Variable.differentiate(values) { leaves in
      var pass = Pass(mode: .training, random: random, leaves: leaves)
      let result = try loss(bound, &pass)
      statistics = pass.statistics
      return result
    }
    return Gradients(loss: value.scalar, tensors: tensors, statistics: statistics)
  }
}
