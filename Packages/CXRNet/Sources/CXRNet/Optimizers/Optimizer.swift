import CXRTensor

/// A rule that changes a model's parameters by their gradients; its state is saved like a model's.
///
/// The learning rate is an argument: schedules are functions, not state. A parameter whose gradient is `nil`
/// stays as it is, and so does all that the optimizer keeps of it: no momentum moves it, no decay shrinks it.
public protocol Optimizer: Module {
  /// How it is called in a record, and the numbers it was made with, by name: what a resumed run compares.
  var settings: OptimizerSettings { get }
  /// Steps taken.
  var step: Int { get set }
  /// Takes one step on the trained parameters. Statistics are no concern of it:
  /// ``Module/setStatistics(_:)`` sets them.
  mutating func update<Model: Module>(
    _ model: inout Model, with gradients: Gradients, learningRate: Float)
}

extension Module {
  /// Calls `body` for each trained parameter that has a gradient: with its place among the trained ones, its path,
  /// its value, to be changed in place, and the gradient, of the same shape.
  public mutating func forEachTrained(
    with gradients: Gradients,
    _ body: (_ place: Int, ParameterPath, _ value: inout Tensor, _ gradient: Tensor) -> Void
  ) {
    var (slot, place) = (0, 0)
    forEachParameter(at: .root) { path, parameter in
      defer { slot += 1 }
      guard parameter.role != .statistic else { return }
      defer { place += 1 }
      guard let gradient = gradients.tensors[slot] else { return }
      body(place, path, &parameter.value, gradient)
    }
  }

  /// Zeros for each trained parameter, of its shape, with its path.
  public var zerosOfTrained: [(path: ParameterPath, zeros: Parameter)] {
    parameters.filter { $0.parameter.role != .statistic }.map {
      let zeros = Tensor(repeating: 0, shape: $0.parameter.value.shape)
      return ($0.path, Parameter(zeros, role: .statistic))
    }
  }
}
