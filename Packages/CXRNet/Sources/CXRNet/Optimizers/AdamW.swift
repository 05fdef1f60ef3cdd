import CXRTensor

/// Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019): w −= lr·λ·w, then Adam's step.
///
/// λ is not in the gradients, so that the moments do not know of it. As by the defaults of Keras and PyTorch every
/// trained parameter decays, biases and the scales and shifts of batch normalisation with the kernels; one
/// without a gradient does not. The product is formed as Keras does, (w·λ)·lr, so that weights equal Keras's bit for bit
/// given the same gradients; PyTorch's w·(1 − lr·λ) is rounded elsewhere.
///
/// Its state is Adam's, with the same names.
public struct AdamW: Optimizer {
  /// λ unless another is asked for, as in Keras; PyTorch's is 0.01.
  public static let defaultWeightDecay = 0.004

  /// Its name and its options: Adam's and `weight_decay`.
  public static let kind = OptimizerKind(
    name: "adamw",
    options: [.number("weight_decay", default: defaultWeightDecay, in: 0...1)] + Adam.options
  ) { (settings, model) throws(NetError) in
    AdamW(
      for: model, weightDecay: try settings.number("weight_decay"),
      beta1: try settings.number("beta1"), beta2: try settings.number("beta2"),
      epsilon: try settings.number("epsilon"),
      epsilonPlacement: try settings.choice("epsilon_placement"))
  }

  /// λ, 0…1: a step shrinks every weight by this share times the learning rate; 0.004 unless said otherwise.
  public let weightDecay: Double
  private var adam: Adam

  /// Zero moments for the trained parameters of `model`; see ``Adam`` for the other numbers.
  public init(
    for model: some Module, weightDecay: Double = defaultWeightDecay,
    beta1: Double = Adam.defaultBeta1, beta2: Double = Adam.defaultBeta2,
    epsilon: Double = Adam.defaultEpsilon,
    epsilonPlacement: EpsilonPlacement = .outsideCorrection
  ) {
    self.weightDecay = weightDecay
    adam = Adam(
      for: model, beta1: beta1, beta2: beta2, epsilon: epsilon, epsilonPlacement: epsilonPlacement)
    let problem = Self.kind.problem(of: settings)
    precondition(problem == nil, problem?.description ?? "")
  }

  public var settings: OptimizerSettings {
    OptimizerSettings(
      telling: "adamw",
      [
        "weight_decay": weightDecay, "beta1": adam.beta1, "beta2": adam.beta2,
        "epsilon": adam.epsilon, "epsilon_placement": adam.epsilonPlacement.rawValue,
      ])
  }

  public var step: Int {
    get { adam.step }
    set { adam.step = newValue }
  }

  public mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) { adam.forEachParameter(at: path, body) }

  public mutating func update<Model: Module>(
    _ model: inout Model, with gradients: Gradients, learningRate: Float
  ) {
    let decay = Float(weightDecay)
    model.forEachTrained(with: gradients) { _, _, value, _ in
      value.decay(decay, learningRate: learningRate)
    }
    adam.update(&model, with: gradients, learningRate: learningRate)
  }
}
