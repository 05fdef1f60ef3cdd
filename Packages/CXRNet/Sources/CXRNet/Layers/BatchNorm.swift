import CXRTensor

/// Batch normalisation over all axes but the last: `[…, C]` → `[…, C]` (Ioffe and Szegedy, 2015).
///
/// In training the batch's mean and biased variance are used and the moving averages become
/// `momentum`·old + (1 − `momentum`)·batch; inference uses the moving averages, and so does training where they are
/// frozen. Which of the batch's
/// variances they take, ``RunningVariance`` says.
public struct BatchNorm: Layer {
  /// γ, `[C]`.
  public var gamma: Parameter
  /// β, `[C]`.
  public var beta: Parameter
  /// `[C]`.
  public var movingMean: Parameter
  /// `[C]`, of batches' variances as ``runningVariance`` says.
  public var movingVariance: Parameter
  /// The share of the old average that each step keeps, in 0…1; 0.99 unless said otherwise. PyTorch's `momentum` is 1 less
  /// this.
  public let momentum: Float
  /// Added to the variance, above 0; 0.001 unless said otherwise.
  public let epsilon: Float
  /// Which variance of a batch the moving average takes; the biased one unless said otherwise.
  public let runningVariance: RunningVariance

  /// γ = 1, β = 0, moving mean 0 and variance 1.
  public init(
    channels: Int, momentum: Float = 0.99, epsilon: Float = 1e-3,
    runningVariance: RunningVariance = .biased
  ) {
    gamma = Parameter(Tensor(repeating: 1, shape: [channels]), role: .weight)
    beta = Parameter(Tensor(repeating: 0, shape: [channels]), role: .bias)
    movingMean = Parameter(Tensor(repeating: 0, shape: [channels]), role: .statistic)
    movingVariance = Parameter(Tensor(repeating: 1, shape: [channels]), role: .statistic)
    self.momentum = momentum
    self.epsilon = epsilon
    self.runningVariance = runningVariance
  }

  public mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {
    body(path / "gamma", &gamma)
    body(path / "beta", &beta)
    body(path / "moving_mean", &movingMean)
    body(path / "moving_variance", &movingVariance)
  }

  public func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    switch pass.mode {
    case .training where pass.isFrozen(movingMean):
      return input.batchNormalized(
        mean: movingMean.value, variance: movingVariance.value, scale: pass[gamma],
        shift: pass[beta], epsilon: epsilon)
    case .training:
      let (output, mean, variance) = input.batchNormalized(
        scale: pass[gamma], shift: pass[beta], epsilon: epsilon)
      record(
        mean: mean, variance: variance, count: input.countPerChannel, in: &pass)
      return output
    case .inference:
      let channels = gamma.value.shape[0]
      if let traced = Variable.traced(
        TracedOperation(
          "batch normalization",
          [
            "epsilon": Double(epsilon), "momentum": Double(momentum),
            "unbiased": runningVariance == .unbiased ? 1 : 0,
          ]),
        [input, pass[gamma], pass[beta], pass[movingMean], pass[movingVariance]], input.shape)
      {
        return traced
      }
      let (factor, offset) = storedScale
      return input.scaledAndShifted(
        by: Variable(Tensor(factor, shape: [channels])),
        Variable(Tensor(offset, shape: [channels])))
    }
  }

  /// The layer and ReLU after it, as one operation.
  func rectified(_ input: Variable, in pass: inout Pass) -> Variable {
    let (output, mean, variance) = input.batchNormalizedAndRectified(
      statistics(in: pass), scale: pass[gamma], shift: pass[beta], epsilon: epsilon)
    record(mean: mean, variance: variance, count: input.countPerChannel, in: &pass)
    return output
  }

  /// The layer, the sum with `other`, and ReLU after both, as one operation.
  func rectified(_ input: Variable, plus other: Variable, in pass: inout Pass) -> Variable {
    let (output, mean, variance) = input.batchNormalizedAndRectified(
      plus: other, statistics(in: pass), scale: pass[gamma], shift: pass[beta], epsilon: epsilon)
    record(mean: mean, variance: variance, count: input.countPerChannel, in: &pass)
    return output
  }

  /// What the layer takes for mean and variance in a pass.
  func statistics(in pass: borrowing Pass) -> NormalizationStatistics {
    pass.mode == .training && !pass.isFrozen(movingMean)
      ? .batch : .stored(mean: movingMean.value, variance: movingVariance.value)
  }

  /// Asks that the moving averages take a batch's statistics in: its biased variance, and how many values
  /// a channel it is of.
  func record(mean: Tensor, variance: Tensor, count: Int, in pass: inout Pass) {
    guard pass.mode == .training, !pass.isFrozen(movingMean) else { return }
    pass.note(
      Pass.BatchStatistics(
        meanSlot: movingMean.slot, varianceSlot: movingVariance.slot, mean: mean,
        variance: variance, count: count, kind: runningVariance), momentum: momentum)
    pass.update(movingMean, to: average(movingMean, mean))
    pass.update(
      movingVariance, to: average(movingVariance, runningVariance(of: variance, count: count)))
  }

  /// What the moving averages make of the layer: y = x·factor + offset, `[C]` each.
  var storedScale: (factor: [Float], offset: [Float]) {
    var (factor, offset) = ([Float](), [Float]())
    for c in 0..<gamma.value.shape[0] {
      let scale =
        Double(gamma.value.scalars[c])
        / (Double(movingVariance.value.scalars[c]) + Double(epsilon)).squareRoot()
      factor.append(Float(scale))
      offset.append(
        Float(Double(beta.value.scalars[c]) - Double(movingMean.value.scalars[c]) * scale))
    }
    return (factor, offset)
  }

  private func average(_ old: Parameter, _ batch: Tensor) -> Tensor {
    Tensor(
      zip(old.value.scalars, batch.scalars).map { momentum * $0 + (1 - momentum) * $1 },
      shape: batch.shape)
  }

  public func outputShape(for shape: Shape) throws -> Shape {
    guard shape.rank >= 2, shape[-1] == gamma.value.shape[0] else {
      throw NetError.layerDoesNotFit(layer: kind, input: "\(shape)")
    }
    return shape
  }

  public var kind: String { "BatchNorm" }
}
