import CXRNet
import CXRParallel
import CXRTensor
import Testing

@testable import CXRTraining

/// A step of several batches is the step of one batch of all their films, where films do not meet in a normalisation.
@Suite struct AccumulationTests {
  /// A network without batch normalisation.
  struct Plain: FilmClassifier {
    static let name = "plain"
    static let defaults: [String: Setting] = [:]
    let architecture = Architecture(name)
    let imageSize: Int
    let labels: Int
    private var body: Sequential
    private var head: Dense

    init(_ architecture: Architecture, side: Int, labels: Int, random: RandomStream) throws {
      (imageSize, self.labels) = (side, labels)
      body = Sequential([
        ("conv", Conv2D(from: 1, to: 6, kernel: 5, stride: 2, random: random.child("conv"))),
        ("relu", Activation.relu),
      ])
      head = Dense(from: 6, to: labels, random: random.child("head"))
    }

    mutating func forEachParameter(
      at path: ParameterPath, _ visit: (ParameterPath, inout Parameter) -> Void
    ) {
      body.forEachParameter(at: path / "body", visit)
      head.forEachParameter(at: path / "head", visit)
    }

    func featureMaps(_ films: Variable, in pass: inout Pass) -> Variable { body(films, in: &pass) }
    func logits(ofFeatures features: Variable, in pass: inout Pass) -> Variable {
      head(features, in: &pass)
    }
  }

  private func batch(_ films: Range<Int>) -> Batch {
    var random = RandomStream(seed: 1)
    let all = (0..<8000).map { _ -> Float in random.uniform(in: -2..<2) }
    // Some labels are unknown, not as many in each batch.
    let labels = (0..<60).map { i -> Float in
      i < 30 && i.isMultiple(of: 7) ? .nan : Float(i % 2)
    }
    return Batch(
      films: Tensor(
        all[films.lowerBound * 400..<films.upperBound * 400], shape: [films.count, 20, 20, 1]),
      labels: Tensor(
        labels[films.lowerBound * 3..<films.upperBound * 3], shape: [films.count, 3]),
      names: films.map { "\($0)" })
  }

  private static let weighted = Loss.weightedBinaryCrossEntropy(
    negative: Tensor([0.5, 1, 2], shape: [3]), positive: Tensor([3, 2, 1], shape: [3]))
  private static let own = Loss("brier") { logits, labels in
    (logits.sigmoid() - Variable(labels)).squared()
  }

  @Test(
    arguments: ["bce", "weighted", "own"], [[0, 8, 16, 20], [0, 13, 20], [0, 5, 10, 15, 20]])
  func itIsExact(name: String, cuts: [Int]) throws {
    let loss = ["bce": Loss.binaryCrossEntropy, "weighted": Self.weighted, "own": Self.own][name]
    let model = try Plain(
      Architecture("plain"), side: 20, labels: 3, random: RandomStream(seed: 3))
    func stepped(_ cuts: [Int]) throws -> (TrainingStep, TrainingStep.Result) {
      var step = TrainingStep(
        model: model, optimizer: SGD(for: model), loss: try #require(loss), clipNorm: 0.5)
      let result = step(
        accumulating: cuts.count - 1, learningRate: 1, random: RandomStream(seed: 0)
      ) { batch(cuts[$0]..<cuts[$0 + 1]) }
      return (step, result)
    }
    let (whole, one) = try stepped([0, 20])
    let (parts, other) = try stepped(cuts)
    #expect(abs(one.loss - other.loss) < 1e-6 * one.loss)
    #expect(abs(one.gradientNorm - other.gradientNorm) < 1e-5 * one.gradientNorm)
    #expect(
      one.probabilities.shape == other.probabilities.shape && other.probabilities.shape == [20, 3])
    for (a, b) in zip(whole.model.namedArrays, parts.model.namedArrays) {
      for (x, y) in zip(a.scalars, b.scalars) { #expect(abs(x - y) < 1e-6, "\(a.name)") }
    }
    #expect(parts.count == 1)
  }

  /// Batch normalisation meets one batch after the other; a step that fails leaves its averages as they were.
  @Test func averagesTakeEachBatchInTurn() throws {
    let model = try Architectures.standard.make(
      Architecture("resnet18", ["width": .integer(2), "blocks": .integers([1])]), side: 20,
      labels: 3, random: RandomStream(seed: 3))
    func means(_ model: any FilmClassifier) -> [[Float]] {
      model.namedArrays.filter { $0.name.contains("moving") }.map(\.scalars)
    }
    var one = TrainingStep(
      model: model, optimizer: SGD(for: model), loss: .binaryCrossEntropy)
    // A rate of nothing: weights stay, so that the batches meet the same ones.
    for part in [0..<8, 8..<16, 16..<20] {
      _ = one(batch(part), learningRate: 0, random: RandomStream(seed: 0))
    }
    var all = TrainingStep(
      model: model, optimizer: SGD(for: model), loss: .binaryCrossEntropy)
    _ = all(accumulating: 3, learningRate: 0, random: RandomStream(seed: 0)) {
      batch([0..<8, 8..<16, 16..<20][$0])
    }
    #expect(means(one.model) == means(all.model) && means(all.model) != means(model))

    var broken = TrainingStep(
      model: model, optimizer: SGD(for: model), loss: .binaryCrossEntropy)
    let result = broken(accumulating: 2, learningRate: 1, random: RandomStream(seed: 0)) { place in
      let good = batch(0..<8)
      return place == 0
        ? good
        : Batch(
          films: Tensor(repeating: .infinity, shape: good.films.shape), labels: good.labels,
          names: good.names)
    }
    #expect(!result.isFinite && broken.count == 0)
    #expect(
      zip(broken.model.namedArrays, model.namedArrays).allSatisfy { $0.scalars == $1.scalars })
  }

  /// A batch of which nothing is known counts for nothing.
  @Test(arguments: [[0, 15, 20], [0, 5, 10, 15, 20], [0, 1, 2, 3, 20]])
  func whatIsUnknownWeighsNothing(cuts: [Int]) throws {
    let model = try Plain(
      Architecture("plain"), side: 20, labels: 3, random: RandomStream(seed: 3))
    func stepped(_ cuts: [Int]) -> TrainingStep.Result {
      var step = TrainingStep(
        model: model, optimizer: SGD(for: model), loss: .binaryCrossEntropy)
      return step(accumulating: cuts.count - 1, learningRate: 1, random: RandomStream(seed: 0)) {
        let batch = batch(cuts[$0]..<cuts[$0 + 1])
        let films = cuts[$0]..<cuts[$0 + 1]
        return Batch(
          films: batch.films,
          labels: Tensor(
            films.flatMap { film in
              (0..<3).map {
                film < 15 ? Float.nan : batch.labels.scalars[(film - films.lowerBound) * 3 + $0]
              }
            }, shape: batch.labels.shape), names: batch.names)
      }
    }
    let (whole, parts) = (stepped([0, 20]), stepped(cuts))
    #expect(abs(whole.loss - parts.loss) < 1e-6 * whole.loss, "\(whole.loss) \(parts.loss)")
    #expect(abs(whole.gradientNorm - parts.gradientNorm) < 1e-5 * whole.gradientNorm)
    // Of nothing at all the loss is 0, and no step is taken anywhere.
    var step = TrainingStep(model: model, optimizer: SGD(for: model), loss: .binaryCrossEntropy)
    let none = step(accumulating: 3, learningRate: 1, random: RandomStream(seed: 0)) { _ in
      let batch = batch(0..<4)
      return Batch(
        films: batch.films, labels: Tensor(repeating: .nan, shape: [4, 3]), names: batch.names)
    }
    #expect(none.loss == 0 && none.gradientNorm == 0)
  }

  /// Where a later batch cannot be made, the averages are as they were.
  @Test func aBatchThatCannotBeMadeLeavesTheNetwork() throws {
    struct Missing: Error {}
    let model = try Architectures.standard.make(
      Architecture("resnet18", ["width": .integer(2), "blocks": .integers([1])]), side: 20,
      labels: 3, random: RandomStream(seed: 3))
    var step = TrainingStep(model: model, optimizer: SGD(for: model), loss: .binaryCrossEntropy)
    #expect(throws: Missing.self) {
      _ = try step(accumulating: 2, learningRate: 1, random: RandomStream(seed: 0)) { place in
        guard place == 0 else { throw Missing() }
        return batch(0..<8)
      }
    }
    #expect(
      zip(step.model.namedArrays, model.namedArrays).allSatisfy { $0.scalars == $1.scalars })
  }
}
