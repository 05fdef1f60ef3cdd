import CXRTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Adam (Kingma and Ba, 2015) in Keras's form: ε stands outside the bias correction, and β₁ᵗ, β₂ᵗ
/// are formed in `Float`, so that weights equal Keras's bit for bit given the same gradients.
public struct Adam: Optimizer {
  /// Decay of the first moment.
  public let beta1: Double
  /// Decay of the second moment.
  public let beta2: Double
  /// Added to √v.
  public let epsilon: Float
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
    for model: some Module, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Float = 1e-7
  ) {
    (self.beta1, self.beta2, self.epsilon, step) = (beta1, beta2, epsilon, 0)
    moments = model.parameters.filter { $0.parameter.role != .statistic }.map {
      let zeros = Parameter(
        Tensor(repeating: 0, shape: $0.parameter.value.shape), role: .statistic)
      return Moments(path: $0.path, first: zeros, second: zeros)
    }
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
    let alpha =
      learningRate * (1 - powf(Float(beta2), Float(step))).squareRoot()
      / (1 - powf(Float(beta1), Float(step)))
    var (slot, moment) = (0, 0)
    model.forEachParameter(at: .root) { path, parameter in
      defer { slot += 1 }
      if let value = gradients.statistics[slot] { parameter.value = value }
      guard parameter.role != .statistic else { return }
      defer { moment += 1 }
      precondition(moments[moment].path == path, "Adam: made for another model, not for \(path)")
      guard let gradient = gradients.tensors[slot] else { return }
      moments[moment].update(
        &parameter.value, by: gradient, alpha: alpha, firstShare: Float(1 - beta1),
        secondShare: Float(1 - beta2), epsilon: epsilon)
    }
  }
}
