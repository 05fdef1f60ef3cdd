import CXRTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where Adam adds ε; the two differ by a factor √(1 − β₂ᵗ) of it.
public enum EpsilonPlacement: String, Sendable, Hashable, CaseIterable {
  /// Keras's: w −= α·m/(√v + ε), α = lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ), which Kingma and Ba (2015, end of section 2) give as the
  /// quicker one. The powers are formed in `Float`, so that weights equal Keras's bit for bit given the same
  /// gradients.
  case outsideCorrection = "outside_correction"
  /// PyTorch's, and Kingma and Ba's algorithm 1: w −= lr·(m/(1 − β₁ᵗ))/(√(v/(1 − β₂ᵗ)) + ε), computed as above with
  /// ε·√(1 − β₂ᵗ) for ε, which is the same number. The powers are formed in `Double`.
  case insideCorrection = "inside_correction"
}

/// Adam (Kingma and Ba, ICLR 2015): m += (1 − β₁)·(g − m), v += (1 − β₂)·(g² − v), and a step along m/√v as
/// ``EpsilonPlacement`` says.
///
/// Its moments m and v have the shapes of the trained parameters, and the names `first/…` and `second/…`.
public struct Adam: Optimizer {
  /// Its name and its options: `beta1`, `beta2`, `epsilon`, `epsilon_placement`.
  public static let kind = OptimizerKind(name: "adam", options: options) {
    (settings, model) throws(NetError) in
    Adam(
      for: model, beta1: try settings.number("beta1"), beta2: try settings.number("beta2"),
      epsilon: try settings.number("epsilon"),
      epsilonPlacement: try settings.choice("epsilon_placement"))
  }

  /// β₁ unless another is asked for, as in Keras and PyTorch.
  public static let defaultBeta1 = 0.9
  /// β₂ unless another is asked for, as in Keras and PyTorch.
  public static let defaultBeta2 = 0.999
  /// ε unless another is asked for, as in Keras; PyTorch's is 1e-8.
  public static let defaultEpsilon = 1e-7

  static let options: [OptimizerOption] = [
    .number("beta1", default: defaultBeta1, in: 0...0.999999),
    .number("beta2", default: defaultBeta2, in: 0...0.999999),
    .number("epsilon", default: defaultEpsilon, in: 1e-30...1),
    .choice("epsilon_placement", default: EpsilonPlacement.outsideCorrection),
  ]

  /// Decay of the first moment, 0…0.999999; 0.9 unless said otherwise.
  public let beta1: Double
  /// Decay of the second moment, 0…0.999999; 0.999 unless said otherwise.
  public let beta2: Double
  /// Added to √v, 1e-30…1, in the unit of a gradient; 1e-7 unless said otherwise.
  public let epsilon: Double
  /// Where it is added; as in Keras unless said otherwise.
  public let epsilonPlacement: EpsilonPlacement
  /// The number of steps taken.
  public var step: Int
  private var moments: [Moments]

  private struct Moments: Sendable {
    let path: ParameterPath
    var first: Parameter
    var second: Parameter

    mutating func update(
      _ weights: inout Tensor, by gradient: Tensor, alpha: Float, firstShare: Float,
      secondShare: Float, epsilon: Float
    ) {
      weights.updateByAdam(
        gradient: gradient, firstMoment: &first.value, secondMoment: &second.value, alpha: alpha,
        firstShare: firstShare, secondShare: secondShare, epsilon: epsilon)
    }
  }

  /// Zero moments for the trained parameters of `model`.
  public init(
    for model: some Module, beta1: Double = defaultBeta1, beta2: Double = defaultBeta2,
    epsilon: Double = defaultEpsilon,
    epsilonPlacement: EpsilonPlacement = .outsideCorrection
  ) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
    (self.epsilonPlacement, step) = (epsilonPlacement, 0)
    moments = model.zerosOfTrained.map {
      Moments(path: $0.path, first: $0.zeros, second: $0.zeros)
    }
    let problem = Self.kind.problem(of: settings)
    precondition(problem == nil, problem?.description ?? "")
  }

  public var settings: OptimizerSettings {
    OptimizerSettings(
      telling: "adam",
      [
        "beta1": beta1, "beta2": beta2, "epsilon": epsilon,
        "epsilon_placement": epsilonPlacement.rawValue,
      ])
  }

  public mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {
    for i in moments.indices {
      body(path / "first" / moments[i].path.description, &moments[i].first)
      body(path / "second" / moments[i].path.description, &moments[i].second)
    }
  }

  public mutating func update<Model: Module>(
    _ model: inout Model, with gradients: Gradients, learningRate: Float
  ) {
    step += 1
    let (alpha, epsilon) = rates(learningRate)
    model.forEachTrained(with: gradients) { place, path, value, gradient in
      precondition(moments[place].path == path, "Adam: made for another model, not for \(path)")
      moments[place].update(
        &value, by: gradient, alpha: alpha, firstShare: Float(1 - beta1),
        secondShare: Float(1 - beta2), epsilon: epsilon)
    }
  }

  /// What the current step multiplies m by, and what it adds to √v.
  private func rates(_ learningRate: Float) -> (alpha: Float, epsilon: Float) {
    switch epsilonPlacement {
    case .outsideCorrection:
      let alpha =
        learningRate * (1 - powf(Float(beta2), Float(step))).squareRoot()
        / (1 - powf(Float(beta1), Float(step)))
      return (alpha, Float(epsilon))
    case .insideCorrection:
      let root = (1 - pow(beta2, Double(step))).squareRoot()
      return (
        Float(Double(learningRate) * root / (1 - pow(beta1, Double(step)))), Float(epsilon * root)
      )
    }
  }
}
