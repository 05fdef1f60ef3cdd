/// A rule that changes a model's parameters by their gradients; its state is saved like a model's.
///
/// The learning rate is an argument: schedules are functions, not state.
public protocol Optimizer: Module {
  /// Takes one step, and sets the statistics that the pass asked for.
  mutating func update<Model: Module>(
    _ model: inout Model, with gradients: Gradients, learningRate: Float)
}
