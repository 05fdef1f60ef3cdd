import CXRTensor

/// Whether the learning rate goes into the velocity that momentum keeps, or comes after it.
///
/// While the learning rate stays the same both give the same steps. After it has changed the steps that are still under way
/// are taken at the rate of their time, or at the new one.
public enum MomentumForm: String, Sendable, Hashable, CaseIterable {
  /// Keras's: v = μ·v − lr·g; w += v, with Nesterov's momentum w += μ·v − lr·g.
  case rateInside = "rate_inside"
  /// PyTorch's: v = μ·v + g; w −= lr·v, with Nesterov's momentum w −= lr·(g + μ·v).
  case rateOutside = "rate_outside"
}

/// Steepest descent on batches, with or without momentum: w −= lr·g, or as ``MomentumForm`` says.
///
/// Nesterov's momentum in the form of Sutskever, Martens, Dahl and Hinton (ICML 2013). With momentum its velocities v
/// have the shapes of the trained parameters and the names `velocity/…`; without it has no state.
public struct SGD: Optimizer {
  /// Its name and its options: `momentum`, `nesterov`, `momentum_form`.
  public static let kind = OptimizerKind(
    name: "sgd",
    options: [
      .number("momentum", default: 0, in: 0...0.999999), .flag("nesterov", default: false),
      .choice("momentum_form", default: MomentumForm.rateInside),
    ],
    check: { settings throws(NetError) in
      guard try settings.flag("nesterov"), try settings.number("momentum") == 0 else { return }
      throw .optimizerOption(
        "nesterov", optimizer: "sgd", value: "true", allowed: "false where momentum is 0")
    }
  ) { (settings, model) throws(NetError) in
    SGD(
      for: model, momentum: try settings.number("momentum"),
      nesterov: try settings.flag("nesterov"), form: try settings.choice("momentum_form"))
  }

  /// μ, 0…0.999999: what of a velocity is left a step later; 0 unless said otherwise.
  public let momentum: Double
  /// Whether a step goes on as the next one will, which needs momentum; it does not unless said otherwise.
  public let nesterov: Bool
  /// Where the learning rate stands, without effect where there is no momentum; as in Keras unless said otherwise.
  public let form: MomentumForm
  /// The number of steps taken.
  public var step: Int
  private var velocities: [Velocity]

  private struct Velocity: Sendable {
    let path: ParameterPath
    var velocity: Parameter
  }

  /// Zero velocities for the trained parameters of `model`, none without momentum.
  public init(
    for model: some Module, momentum: Double = 0, nesterov: Bool = false,
    form: MomentumForm = .rateInside
  ) {
    (self.momentum, self.nesterov, self.form, step) = (momentum, nesterov, form, 0)
    velocities =
      momentum > 0 ? model.zerosOfTrained.map { Velocity(path: $0.path, velocity: $0.zeros) } : []
    let problem = Self.kind.problem(of: settings)
    precondition(problem == nil, problem?.description ?? "")
  }

  public var settings: OptimizerSettings {
    OptimizerSettings(
      telling: "sgd",
      ["momentum": momentum, "nesterov": nesterov, "momentum_form": form.rawValue])
  }

  public mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {
    for i in velocities.indices {
      body(path / "velocity" / velocities[i].path.description, &velocities[i].velocity)
    }
  }

  public mutating func update<Model: Module>(
    _ model: inout Model, with gradients: Gradients, learningRate: Float
  ) {
    step += 1
    // v = μ·v + inner·g; w += outer·v.
    let (inner, outer): (Float, Float) =
      form == .rateInside ? (-learningRate, 1) : (1, -learningRate)
    model.forEachTrained(with: gradients) { place, path, value, gradient in
      guard momentum > 0 else { return value.updateBySGD(gradient: gradient, rate: learningRate) }
      precondition(velocities[place].path == path, "SGD: made for another model, not for \(path)")
      value.updateBySGD(
        gradient: gradient, velocity: &velocities[place].velocity.value, momentum: Float(momentum),
        nesterov: nesterov, inner: inner, outer: outer)
    }
  }
}
