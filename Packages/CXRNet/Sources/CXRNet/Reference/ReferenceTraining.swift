// What the reference trains with, named here and nowhere above.

extension Architecture {
  /// The reference's network, with its settings.
  public static let reference = Architecture(ChestCNN.recordedName)
}

extension LossKind {
  /// The reference's loss.
  public static let reference = weightedBCE
}

extension OptimizerSettings {
  /// The reference's optimizer, with its numbers.
  public static let reference = OptimizerSettings(telling: Adam.kind.name, [:])
}

extension Optimizers {
  /// The reference's optimizer for a network, before its first step.
  public static func reference(for model: some Module) -> any Optimizer { Adam(for: model) }
}
