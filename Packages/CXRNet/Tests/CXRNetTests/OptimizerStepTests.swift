import CXRParallel
import CXRTensor
import Testing

@testable import CXRNet

/// What every optimizer of the registry does with weights, gradients and its own state.
@Suite struct OptimizerStepTests {
  private struct Weights: Module {
    var kernel: Parameter
    var bias: Parameter
    var mean: Parameter

    init(_ kernel: Tensor) {
      self.kernel = Parameter(kernel, role: .weight)
      bias = Parameter(Tensor([0.5, -0.25], shape: [2]), role: .bias)
      mean = Parameter(Tensor([7], shape: [1]), role: .statistic)
    }

    mutating func forEachParameter(
      at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
    ) {
      body(path / "kernel", &kernel)
      body(path / "mean", &mean)
      body(path / "bias", &bias)
    }
  }

  /// Every rule and form, with numbers that are not the defaults.
  private static let all: [(name: String, values: [String: String])] = [
    ("adam", ["beta1": "0.8"]),
    ("adam", ["epsilon_placement": "inside_correction", "epsilon": "1e-3"]),
    ("adamw", ["weight_decay": "0.5"]),
    ("adamw", ["weight_decay": "0.5", "epsilon_placement": "inside_correction"]),
    ("sgd", [:]),
    ("sgd", ["momentum": "0.9"]),
    ("sgd", ["momentum": "0.9", "momentum_form": "rate_outside"]),
    ("sgd", ["momentum": "0.9", "nesterov": "true"]),
    ("sgd", ["momentum": "0.9", "nesterov": "true", "momentum_form": "rate_outside"]),
  ]

  private static let settings = all.compactMap {
    try? OptimizerSettings(name: $0.name, values: $0.values)
  }

  private func gradients(_ kernel: Tensor?, _ bias: Tensor?) -> Gradients {
    Gradients(loss: 0, tensors: [kernel, nil, bias], statistics: [:])
  }

  private func random(_ count: Int, seed: UInt64) -> Tensor {
    var random = RandomStream(seed: seed)
    return Tensor((0..<count).map { _ in random.uniform(in: -2..<2) }, shape: [count])
  }

  private func bits(_ module: some Module) -> [String: [UInt32]] {
    Dictionary(
      uniqueKeysWithValues: module.parameters.map {
        ($0.path.description, $0.parameter.value.scalars.map(\.bitPattern))
      })
  }

  /// Steps of a seed each, at a rate that falls.
  private func take(
    _ steps: Range<Int>, of optimizer: inout any Optimizer, on weights: inout Weights
  ) {
    for step in steps {
      optimizer.update(
        &weights,
        with: gradients(
          random(weights.kernel.value.shape.count, seed: UInt64(step)),
          random(2, seed: UInt64(step) + 100)), learningRate: 0.1 / Float(step + 1))
    }
  }

  @Test func everyRuleIsTried() {
    #expect(Self.settings.count == Self.all.count)
    #expect(Set(Self.settings.map(\.name)) == Set(Optimizers.standard.names))
  }

  /// w = 1; g = 2 at a rate of 0.1, then −1 at 0.05.
  @Test func twoStepsByHand() throws {
    let (first, second) = (0.1, 0.05)
    let m = [0.1 * 2, 0.9 * (0.1 * 2) + 0.1 * -1]
    let v = [0.001 * 4, 0.999 * (0.001 * 4) + 0.001 * 1]
    let c1 = [1 - 0.9, 1 - 0.81]
    let c2 = [1 - 0.999, 1 - 0.999 * 0.999]
    let epsilon = 0.01
    func outside(_ i: Int, _ rate: Double) -> Double {
      rate * c2[i].squareRoot() / c1[i] * m[i] / (v[i].squareRoot() + epsilon)
    }
    func inside(_ i: Int, _ rate: Double) -> Double {
      rate * (m[i] / c1[i]) / ((v[i] / c2[i]).squareRoot() + epsilon)
    }
    let adam = ["epsilon": "0.01"]
    let adamw = ["epsilon": "0.01", "weight_decay": "0.5"]
    let within = ["epsilon_placement": "inside_correction"]
    let momentum = ["momentum": "0.9"]
    let nesterov = ["momentum": "0.9", "nesterov": "true"]
    let after = ["momentum_form": "rate_outside"]
    func decayed(_ steps: (Int, Double) -> Double) -> Double {
      (1 * (1 - first * 0.5) - steps(0, first)) * (1 - second * 0.5) - steps(1, second)
    }
    let cases: [(name: String, values: [String: String], expected: Double)] = [
      ("adam", adam, 1 - outside(0, first) - outside(1, second)),
      ("adam", adam.merging(within) { $1 }, 1 - inside(0, first) - inside(1, second)),
      ("adamw", adamw, decayed(outside)),
      ("adamw", adamw.merging(within) { $1 }, decayed(inside)),
      ("sgd", [:], 1 - 0.1 * 2 + 0.05 * 1),
      // v = −0.2; then −0.18 + 0.05 = −0.13.
      ("sgd", momentum, 1 - 0.2 - 0.13),
      // Steps of 0.9·v − lr·g: −0.18 − 0.2; then −0.117 + 0.05.
      ("sgd", nesterov, 1 - 0.38 - 0.067),
      // v = 2; then 1.8 − 1 = 0.8.
      ("sgd", momentum.merging(after) { $1 }, 1 - 0.1 * 2 - 0.05 * 0.8),
      // Steps of −lr·(g + 0.9·v): 2 + 1.8; then −1 + 0.72.
      ("sgd", nesterov.merging(after) { $1 }, 1 - 0.1 * 3.8 + 0.05 * 0.28),
    ]
    for (name, values, expected) in cases {
      var weights = Weights(Tensor([1], shape: [1]))
      let settings = try OptimizerSettings(name: name, values: values)
      var optimizer = try Optimizers.standard.make(settings, for: weights)
      for (g, rate) in [(2, 0.1), (-1, 0.05)] as [(Float, Float)] {
        optimizer.update(
          &weights, with: gradients(Tensor([g], shape: [1]), nil), learningRate: rate)
      }
      // Keras's powers of β are in Float, a few millionths off.
      let tolerance = values["epsilon"] != nil && values["epsilon_placement"] == nil ? 5e-6 : 2e-7
      let result = Double(weights.kernel.value.scalars[0])
      #expect(abs(result - expected) < tolerance, "\(settings): \(result), not \(expected)")
      #expect(optimizer.step == 2)
    }
  }

  @Test(arguments: settings)
  func stateIsRestoredMidway(_ settings: OptimizerSettings) throws {
    let start = Weights(random(9, seed: 50))
    var straight = start
    var optimizer = try Optimizers.standard.make(settings, for: start)
    take(0..<3, of: &optimizer, on: &straight)
    let (kept, step) = (optimizer.parameters, optimizer.step)
    var resumed = straight
    take(3..<6, of: &optimizer, on: &straight)

    var other = try Optimizers.standard.make(optimizer.settings, for: start)
    var values = kept.makeIterator()
    other.forEachParameter(at: .root) { path, parameter in
      let next = values.next()
      #expect(next?.path == path)
      if let value = next?.parameter.value { parameter.value = value }
    }
    other.step = step
    take(3..<6, of: &other, on: &resumed)
    #expect(bits(resumed) == bits(straight), "\(settings)")
    #expect(bits(other) == bits(optimizer) && other.step == 6)
  }

  /// State is named by what it is and by the parameter that it belongs to.
  @Test func stateHasTheNamesOfParameters() throws {
    let weights = Weights(random(3, seed: 1))
    func names(_ optimizer: some Optimizer) -> [String] {
      optimizer.parameters.map(\.path.description)
    }
    let moments = ["first/kernel", "second/kernel", "first/bias", "second/bias"]
    #expect(names(Adam(for: weights)) == moments && names(AdamW(for: weights)) == moments)
    #expect(names(SGD(for: weights)).isEmpty)
    #expect(names(SGD(for: weights, momentum: 0.5)) == ["velocity/kernel", "velocity/bias"])
  }

  /// Blocks are cut by the shape alone, and no value looks at another.
  @Test(arguments: settings)
  func threadsNeverChangeABit(_ settings: OptimizerSettings) throws {
    let before = Parallel.threads
    defer { Parallel.threads = before }
    let count = 3 * (1 << 16) + 5
    let start = random(count, seed: 60)
    let g = [random(count, seed: 61), random(count, seed: 62)]
    func run(_ places: Range<Int>) throws -> [String: [UInt32]] {
      func cut(_ tensor: Tensor) -> Tensor {
        Tensor(Array(tensor.scalars[places]), shape: [places.count])
      }
      var weights = Weights(cut(start))
      var optimizer = try Optimizers.standard.make(settings, for: weights)
      for gradient in g {
        optimizer.update(&weights, with: gradients(cut(gradient), nil), learningRate: 0.1)
      }
      return bits(weights).merging(bits(optimizer)) { first, _ in first }
    }
    Parallel.threads = 1
    let whole = try run(0..<count)
    for threads in [2, 3, 7] {
      Parallel.threads = threads
      #expect(try run(0..<count) == whole, "\(settings) on \(threads) threads")
    }
    for places in [(1 << 16) - 9..<(1 << 16) + 8, count - 7..<count] {
      for (name, values) in try run(places) where name.hasSuffix("kernel") {
        #expect(values == whole[name].map { Array($0[places]) }, "\(settings), \(name)")
      }
    }
  }

  @Test(arguments: settings)
  func whatHasNoGradientStays(_ settings: OptimizerSettings) throws {
    var weights = Weights(random(5, seed: 70))
    var optimizer = try Optimizers.standard.make(settings, for: weights)
    take(0..<2, of: &optimizer, on: &weights)
    let before = bits(weights).merging(bits(optimizer)) { first, _ in first }
    optimizer.update(
      &weights, with: gradients(nil, Tensor([1, 1], shape: [2])), learningRate: 0.1)
    let after = bits(weights).merging(bits(optimizer)) { first, _ in first }
    try #require(after.count == before.count)
    for (name, values) in after {
      #expect((values == before[name]) == !name.hasSuffix("bias"), "\(settings), \(name)")
    }
  }

  @Test(arguments: settings)
  func everythingChangesInPlace(_ settings: OptimizerSettings) throws {
    var weights = Weights(random(4096, seed: 80))
    var optimizer = try Optimizers.standard.make(settings, for: weights)
    // The zeros that moments begin with may be shared until the first step.
    take(0..<1, of: &optimizer, on: &weights)
    func addresses(_ module: some Module) -> [Int] {
      module.parameters.map {
        $0.parameter.value.scalars.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
      }
    }
    let before = (addresses(weights), addresses(optimizer))
    take(1..<2, of: &optimizer, on: &weights)
    #expect(addresses(weights) == before.0 && addresses(optimizer) == before.1, "\(settings)")
  }

  @Test func statisticsAreSetBesideTheStep() throws {
    for settings in Self.settings {
      var weights = Weights(Tensor([1], shape: [1]))
      var optimizer = try Optimizers.standard.make(settings, for: weights)
      let gradients = Gradients(
        loss: 0, tensors: [Tensor([1], shape: [1]), Tensor([1], shape: [1]), nil],
        statistics: [1: Tensor([3], shape: [1])])
      optimizer.update(&weights, with: gradients, learningRate: 0.1)
      #expect(weights.mean.value.scalars == [7], "\(settings)")
      let kernel = weights.kernel.value
      #expect(kernel.scalars != [1])
      weights.setStatistics(gradients)
      #expect(weights.mean.value.scalars == [3] && weights.kernel.value.hasSameBits(as: kernel))
      #expect(weights.bias.value.scalars == [0.5, -0.25])
    }
  }
}
