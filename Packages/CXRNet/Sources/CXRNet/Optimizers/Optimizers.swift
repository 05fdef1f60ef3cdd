/// The optimizers that can be asked for by name.
///
/// ```swift
/// let model = Dense(from: 8, to: 2, random: RandomStream(seed: 0))
/// let settings = try OptimizerSettings(name: "adamw", values: ["weight_decay": "0.01"])
/// var optimizer = try Optimizers.standard.make(settings, for: model)
/// ```
public struct Optimizers: Sendable {
  /// Every optimizer that this package has; a new one is added here and nowhere else.
  public static let standard = Optimizers([Adam.kind, AdamW.kind, SGD.kind])

  /// In the order in which messages name them.
  public let kinds: [OptimizerKind]

  /// These and no others; no two of the same name.
  public init(_ kinds: [OptimizerKind]) {
    precondition(
      Set(kinds.map(\.name)).count == kinds.count, "Optimizers: two of the same name")
    self.kinds = kinds
  }

  /// All names.
  public var names: [String] { kinds.map(\.name) }

  /// The optimizer of a name.
  /// - Throws: ``NetError/unknownOptimizer(_:known:)``.
  public func kind(named name: String) throws(NetError) -> OptimizerKind {
    guard let kind = kinds.first(where: { $0.name == name }) else {
      throw .unknownOptimizer(name, known: names)
    }
    return kind
  }

  /// An optimizer that has taken no step, for the trained parameters of `model`; settings that are left out have
  /// their defaults.
  /// - Throws: ``NetError/unknownOptimizer(_:known:)``, ``NetError/unknownOptimizerOption(_:optimizer:known:)``,
  ///   ``NetError/optimizerOption(_:optimizer:value:allowed:)``.
  public func make(
    _ settings: OptimizerSettings, for model: some Module
  ) throws(NetError) -> any Optimizer {
    let kind = try kind(named: settings.name)
    return try kind.maker(try kind.settings(settings.values), model)
  }
}
