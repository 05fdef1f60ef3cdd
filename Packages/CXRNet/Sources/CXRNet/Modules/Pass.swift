import CXRParallel
import CXRTensor

/// One forward pass: its mode, the parameters as variables, its random numbers and the statistics
/// it asks to update. It cannot be copied or escape the pass.
public struct Pass: ~Copyable {
  /// Whether layers train or predict.
  public enum Mode: Sendable {
    /// Dropout drops, batch normalisation uses the batch.
    case training
    /// Dropout is the identity, batch normalisation uses its moving averages.
    case inference
  }

  /// The mode of this pass.
  public let mode: Mode
  private let random: RandomStream
  private var draws = 0
  private let leaves: [Variable]
  /// Places of the parameters that the pass takes as they are.
  private let frozen: Set<Int>
  /// How the batch is cut where its films are summed over; `nil` where nobody said.
  public let shares: BatchShares?
  private(set) var statistics: [Int: Tensor] = [:]
  /// What normalisations met, in their order.
  private(set) var batchStatistics: [BatchStatistics] = []
  /// The largest share of an old average that a normalisation of the pass keeps.
  private(set) var slowestMomentum: Float?
  /// What writes the pass's graph, where it runs on shapes alone.
  private let recorder: TraceRecorder?
  /// Whether layers that follow one another may run as one operation.
  let fusesLayers: Bool

  init(
    mode: Mode, random: RandomStream, leaves: [Variable], frozen: Set<Int> = [],
    shares: BatchShares? = nil, recorder: TraceRecorder? = nil, fusesLayers: Bool = true
  ) {
    self.mode = mode
    self.random = random
    self.leaves = leaves
    self.frozen = frozen
    self.shares = shares
    self.recorder = recorder
    self.fusesLayers = fusesLayers
  }

  /// A pass that predicts: parameters are constants and nothing is recorded.
  public static func inference() -> Pass {
    Pass(mode: .inference, random: RandomStream(seed: 0), leaves: [])
  }

  /// A parameter as a variable of this pass.
  public subscript(_ parameter: Parameter) -> Variable {
    leaves.indices.contains(parameter.slot)
      ? leaves[parameter.slot] : Variable(parameter.value)
  }

  /// Whether the pass takes a parameter as it is: no gradient is asked of a weight, a statistic is used and not renewed.
  public func isFrozen(_ parameter: Parameter) -> Bool { frozen.contains(parameter.slot) }

  /// Applies a layer that is part of another, under its name, by which the network's graph calls it.
  public mutating func apply(_ layer: any Layer, named name: String, to input: Variable) -> Variable
  {
    guard let recorder else { return layer(input, in: &self) }
    recorder.enter(name)
    let output = layer(input, in: &self)
    recorder.leave(kind: layer.kind, shape: output.shape, parameterCount: layer.parameterCount)
    return output
  }

  /// Asks that a statistic be set once the step is taken.
  public mutating func update(_ parameter: Parameter, to value: Tensor) {
    statistics[parameter.slot] = value
  }

  /// What a normalisation met in the pass.
  struct BatchStatistics {
    /// Places of its averages among the parameters.
    let meanSlot, varianceSlot: Int
    /// `[C]`, the variance biased, of so many values a channel.
    let mean, variance: Tensor
    let count: Int
    let kind: RunningVariance
  }

  /// Takes down what a normalisation met, whose averages keep `momentum` of the old ones.
  mutating func note(_ statistics: BatchStatistics, momentum: Float) {
    batchStatistics.append(statistics)
    slowestMomentum = max(slowestMomentum ?? momentum, momentum)
  }

  /// A random stream of its own for the next layer that asks.
  public mutating func nextRandom() -> RandomStream {
    defer { draws += 1 }
    return random.child(draws)
  }
}
