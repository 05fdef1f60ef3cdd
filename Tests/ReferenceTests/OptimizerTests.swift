import CXRNet
import CXRTensor
import Testing

/// Ten steps of given gradients, the rate falling at the sixth, against the optimizers of Keras and PyTorch.
@Suite struct OptimizerTests {
  private struct Weights: Module {
    var weight: Parameter
    mutating func forEachParameter(
      at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
    ) { body(path / "weight", &weight) }
  }

  /// The values after each step, as this package and as the library has them.
  private func paths(
    _ name: String, of library: String, _ optimizer: String, _ values: [String: String]
  ) throws -> [(own: Tensor, theirs: Tensor)] {
    let arrays = try Fixture.arrays("optimizers_\(library)").mapValues(\.tensor)
    var weights = Weights(weight: Parameter(try #require(arrays["start"]), role: .weight))
    let settings = try OptimizerSettings(name: optimizer, values: values)
    var rule = try Optimizers.standard.make(settings, for: weights)
    let rates = try #require(arrays["rates"])
    return try rates.scalars.enumerated().map { step, rate in
      let gradient = try #require(arrays["gradient/\(step)"])
      rule.update(
        &weights, with: Gradients(loss: 0, tensors: [gradient], statistics: [:]),
        learningRate: rate)
      let theirs = try #require(arrays["\(name)/\(step)"])
      return (weights.weight.value, theirs)
    }
  }

  @Test func kerasTakesTheSameStepsBitForBit() throws {
    let cases: [(String, String, [String: String])] = [
      ("adam", "adam", [:]),
      ("adamw", "adamw", ["weight_decay": "0.05"]),
      ("sgd", "sgd", [:]),
      ("momentum", "sgd", ["momentum": "0.9"]),
      ("nesterov", "sgd", ["momentum": "0.9", "nesterov": "true"]),
    ]
    for (name, optimizer, values) in cases {
      let steps = try paths(name, of: "keras", optimizer, values)
      #expect(steps.count == 10)
      for (step, (own, theirs)) in steps.enumerated() {
        #expect(bits(own.scalars) == bits(theirs.scalars), "\(name), step \(step)")
      }
    }
  }

  /// PyTorch rounds at other places, and some products not at all: no weight is further off than two units in the
  /// last place, of itself or of 1 where it is smaller. Its AdamW rounds 1 − lr·λ, which is up to half a unit a step, each
  /// time the same way: six after ten steps.
  @Test func pyTorchTakesTheSameSteps() throws {
    let adam = ["epsilon": "1e-8", "epsilon_placement": "inside_correction"]
    let momentum = ["momentum": "0.9", "momentum_form": "rate_outside"]
    let cases: [(String, String, [String: String])] = [
      ("adam", "adam", adam),
      ("adamw", "adamw", adam.merging(["weight_decay": "0.05"]) { $1 }),
      ("sgd", "sgd", [:]),
      ("momentum", "sgd", momentum),
      ("nesterov", "sgd", momentum.merging(["nesterov": "true"]) { $1 }),
    ]
    for (name, optimizer, values) in cases {
      let steps = try paths(name, of: "torch", optimizer, values)
      #expect(steps.count == 10)
      for (step, (own, theirs)) in steps.enumerated() {
        let worst = zip(own.scalars, theirs.scalars).map { abs($0 - $1) / max(1, abs($1)).ulp }
          .max()
        #expect((worst ?? .infinity) <= (name == "adamw" ? 6 : 2), "\(name), step \(step)")
      }
    }
  }
}
