import CXRFiles
import CXRParallel
import CXRCheckpoint
import CXRNet
import CXRTensor
import Foundation
import Testing

@testable import CXRTraining

/// What is no longer a number stops a run by its name, and changes nothing that was kept.
@Suite struct NotFiniteTests {
  private static let largest: Float = 3e38

  /// A network of two small blocks that has taken a step, and the batch of that step.
  private func smallStep(clipNorm: Double?) throws -> (TrainingStep, Batch) {
    let model = try ChestCNN(
      imageSize: 28, labels: 2, channels: [2, 3], random: RandomStream(seed: 1))
    let weights = Tensor([4, 4], shape: [2])
    var step = TrainingStep(
      model: model, loss: .weightedBinaryCrossEntropy(negative: weights, positive: weights),
      clipNorm: clipNorm)
    var draw = RandomStream(seed: 2)
    let films = Tensor((0..<28 * 28).map { _ in draw.uniform(in: -1..<1) }, shape: [1, 28, 28, 1])
    let batch = Batch(films: films, labels: Tensor([0, 0], shape: [1, 2]), names: ["film"])
    let result = step(batch, learningRate: 1e-3, random: RandomStream(seed: 3))
    try #require(result.isFinite && step.count == 1)
    return (step, batch)
  }

  /// The bits of a network and of its optimizer.
  private func bits(_ step: TrainingStep) -> [[UInt32]] {
    (step.model.parameters + step.optimizer.parameters).map {
      $0.parameter.value.scalars.map(\.bitPattern)
    }
  }

  /// Features of nothing but zeros, whose gradients overflow: 0 · ∞ on the way back.
  @Test(arguments: [nil, 1.0] as [Double?])
  func aStepWithoutAFiniteGradientChangesNothing(clipNorm: Double?) throws {
    var (step, batch) = try smallStep(clipNorm: clipNorm)
    step.model.forEachParameter(at: .root) { path, parameter in
      let count = parameter.value.shape.count
      switch path.description {
      case "block2/norm/gamma", "block2/norm/beta":
        parameter.value = Tensor([Float](repeating: 0, count: count), shape: parameter.value.shape)
      case "head/kernel":
        parameter.value = Tensor(
          [Float](repeating: Self.largest, count: count), shape: parameter.value.shape)
      case "head/bias": parameter.value = Tensor([100, 100], shape: [2])
      default: break
      }
    }
    let before = bits(step)
    let result = step(batch, learningRate: 1e-3, random: RandomStream(seed: 4))
    #expect(result.loss.isFinite && !result.gradientNorm.isFinite && !result.isFinite)
    #expect(bits(step) == before && step.count == 1)
  }

  @Test func aStepWithoutAFiniteLossChangesNothing() throws {
    var (step, batch) = try smallStep(clipNorm: nil)
    let before = bits(step)
    let bad = Batch(
      films: Tensor(repeating: .nan, shape: batch.films.shape), labels: batch.labels,
      names: batch.names)
    let result = step(bad, learningRate: 1e-3, random: RandomStream(seed: 4))
    #expect(!result.loss.isFinite && !result.isFinite)
    #expect(bits(step) == before && step.count == 1)
    // And the next one goes on from there.
    #expect(step(batch, learningRate: 1e-3, random: RandomStream(seed: 4)).isFinite)
    #expect(bits(step) != before && step.count == 2)
  }

  /// Changes a kept network so that, for the film that comes next, nothing but `quantity` is no number.
  private func changes(
    for quantity: TrainingError.Quantity, labels: [Float]
  ) -> [String: (Int) -> Float] {
    let optimizer = ChestClassifier.optimizerPrefix
    // Sure of the opposite.
    func sign(_ k: Int) -> Float { labels[k % labels.count] > 0.5 ? -1 : 1 }
    switch quantity {
    case .loss: return ["head/bias": { sign($0) * Self.largest }]
    case .gradient:
      return [
        "block4/norm/gamma": { _ in 0 }, "block4/norm/beta": { _ in 0 },
        "head/kernel": { sign($0) * Self.largest }, "head/bias": { sign($0) * 100 },
      ]
    // A mean square below 0.
    case .weights: return [optimizer + "second/head/bias": { _ in -1 }]
    case .validationLoss:
      return [
        "block4/norm/moving_mean": { _ in Self.largest }, "block4/norm/moving_variance": { _ in 0 },
      ]
    }
  }

  @Test(arguments: [
    TrainingError.Quantity.loss, .gradient, .weights, .validationLoss,
  ]) func aRunStopsByName(quantity: TrainingError.Quantity) throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    // Alone in its batch a film decides.
    (options.batchSize, options.epochs) = (quantity == .validationLoss ? 16 : 1, 1)
    let data = try set.data(options)
    var asked = 0
    // After one step.
    try set.train(
      "run", options,
      until: {
        asked += 1
        return asked == 2
      })
    let size = options.batchSize
    let next = try data.trainingBatches(epoch: 0, batchSize: size, seed: options.seed)[1]
    let last = set.folder + "/run/last.npz"
    let kept = try Checkpoint(path: last)
    let changes = changes(for: quantity, labels: Array(next.labels.scalars))
    #expect(changes.keys.allSatisfy { kept[$0] != nil })
    try Checkpoint(
      arrays: kept.arrays.map { array in
        guard let value = changes[array.name] else { return array }
        return NamedArray(
          name: array.name, shape: array.shape, scalars: array.scalars.indices.map(value))
      }, metadata: kept.metadata
    ).write(to: last)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: last))

    let folder = try OutputFolder(set.folder + "/run", for: .trainingRun, reusing: true)
    let resumption = try #require(try Resumption(folder))
    var trainer = try Trainer(data: data, options: options, folder: folder)
    try resumption.apply(to: &trainer)
    if quantity == .weights { trainer.checkpointInterval = .steps(1) }
    let before = ArrayBits(trainer.model.arrays())
    let isAtEnd = quantity == .validationLoss
    let expected = TrainingError.notFinite(
      quantity, epoch: 1, step: isAtEnd ? (data.samples.count + size - 1) / size : 2,
      films: isAtEnd ? try data.validationBatches(batchSize: size)[0].names : next.names)
    #expect(throws: expected) { try trainer.run { _ in } }
    if quantity == .loss || quantity == .gradient {
      #expect(ArrayBits(trainer.model.arrays()) == before)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: last)) == bytes)
    #expect(!FileManager.default.fileExists(atPath: set.folder + "/run/best.npz"))
  }
}
