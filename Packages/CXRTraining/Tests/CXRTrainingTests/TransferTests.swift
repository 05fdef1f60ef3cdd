import CXRCheckpoint
import CXRFiles
import CXRNet
import CXRParallel
import CXRTensor
import Foundation
import Testing

@testable import CXRTraining

/// What a run takes from another network, what stays as it is, and at what rate the head learns.
@Suite struct TransferTests {
  /// What is frozen keeps its bits; what is not, moves; the optimizer's moments of it stay at zero.

  @Test(arguments: [true, false]) func frozenArraysKeepTheirBits(headOnly: Bool) throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.denseNetOptions
    options.transfer.headOnly = headOnly
    options.transfer.frozen = headOnly ? [] : ["features/conv0", "features/norm0"]
    func isFrozen(_ name: String) -> Bool {
      headOnly
        ? !name.hasPrefix("classifier")
        : name.hasPrefix("features/conv0/") || name.hasPrefix("features/norm0/")
    }
    let before = try set.trainer("before", options).model.namedArrays
    try set.train("run", options)
    let after = try Checkpoint(path: set.folder + "/run/last.npz").arrays
    for array in before {
      let now = try #require(after.first { $0.name == array.name })
      #expect((now.scalars == array.scalars) == isFrozen(array.name), "\(array.name)")
    }
    for array in after where array.name.hasPrefix("optimizer/") {
      let name = array.name.split(separator: "/").dropFirst(2).joined(separator: "/")
      #expect(array.scalars.allSatisfy { $0 == 0 } == isFrozen(name), "\(array.name)")
    }
  }

  @Test func whatCannotBeFrozenIsRefused() throws {
    let set = try SmallSet()
    defer { set.remove() }
    func refusal(_ change: (inout TransferOptions) -> Void) throws -> String {
      var options = set.denseNetOptions
      change(&options.transfer)
      return SmallSet.refusal { _ = try set.trainer("run\(UUID())", options) }
    }
    #expect(
      try refusal { $0.frozen = ["features/denseblock3"] }
        == "freeze features/denseblock3: no parameter lies there; there are features/conv0, features/norm0, "
        + "features/denseblock1, features/transition1, features/denseblock2, features/norm3")
    #expect(try refusal { $0.frozen = ["body"] }.contains("there are features, classifier"))
    // Half a name is none.
    #expect(try refusal { $0.frozen = ["features/denseblock"] }.contains("no parameter lies there"))
    #expect(
      try refusal { $0.frozen = ["features", "classifier"] }.contains("nothing is left to train"))
    #expect(
      try refusal {
        ($0.headOnly, $0.frozen) = (true, ["classifier"])
      }.contains("nothing is left"))
    #expect(
      try refusal { $0.headLearningRate = 0 }.contains("headLearningRate 0.0: a positive number"))
  }

  /// With plain descent a step is the gradient times the rate, of the head times its own.

  @Test func theHeadHasItsOwnRate() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.denseNetOptions
    options.optimizer = OptimizerSettings(telling: "sgd", [:])
    let data = try set.data(options)
    let batch = try data.batches(of: .train, batchSize: 16)[0]
    let model = try set.trainer("run", options).model
    func moved(_ headRate: Float?) throws -> [[Float]] {
      var step = TrainingStep(
        model: model, optimizer: SGD(for: model), loss: .binaryCrossEntropy, headRate: headRate)
      _ = step(batch, learningRate: 0.125, random: RandomStream(seed: 0))
      #expect(step.count == 1)
      return zip(step.model.namedArrays, model.namedArrays).map { new, old in
        zip(new.scalars, old.scalars).map { $0 - $1 }
      }
    }
    let (as1, as4) = (try moved(nil), try moved(4))
    for (place, array) in model.namedArrays.enumerated() {
      let factor: Float = array.name.hasPrefix("classifier") ? 4 : 1
      for (a, b) in zip(as1[place], as4[place]) {
        #expect(abs(factor * a - b) <= 1e-6 + 1e-4 * abs(b), "\(array.name)")
      }
    }
    #expect(model.headParameters == ["classifier/kernel", "classifier/bias"])
    var reference = options
    reference.architecture = .reference
    #expect(
      try ChestCNN(imageSize: 106, labels: 2, random: RandomStream(seed: 0)).headParameters
        == ["head/kernel", "head/bias"])
  }

  /// A run with all of it, stopped in its midst, goes on to the same bits.

  @Test func itGoesOn() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.denseNetOptions
    options.epochs = 2
    options.accumulate = 2
    options.shares = 4
    options.recalibratesNorm = true
    options.standardisation = .imagenet
    options.transfer.frozen = ["features/conv0"]
    options.transfer.headLearningRate = 0.01
    try set.train("whole", options)
    for stop in [1, 2, 3] {
      var asked = 0
      try set.train(
        "parts\(stop)", options,
        until: {
          asked += 1
          return asked > stop
        })
      try set.train("parts\(stop)", options, resuming: true)
      #expect(
        try Checkpoint(path: set.folder + "/parts\(stop)/last.npz").arrays
          == Checkpoint(path: set.folder + "/whole/last.npz").arrays)
    }
    let metadata = try ChestClassifier(path: set.folder + "/whole/best.npz").metadata
    #expect(abs(metadata.image.mean - 0.449 * 255) < 1e-9)
    #expect(abs(metadata.image.standardDeviation - 0.226 * 255) < 1e-9)
  }

  /// A head is of the findings that it was trained on, in their order.

  /// Averages that are none, and variances that cannot be.

  @Test func halfANormalisationIsNotFrozen() throws {
    let set = try SmallSet()
    defer { set.remove() }
    for name in ["mean", "variance"] {
      var options = set.denseNetOptions
      options.transfer.frozen = ["features/norm0/moving_\(name)"]
      #expect(
        SmallSet.refusal { _ = try MemoryNeed(options) }
          == "freeze features/norm0/moving_\(name): mean and variance stay or move together; freeze the "
          + "normalisation, features/norm0")
    }
    for rate in [1e-300, 1e300, 0, -1, .nan] {
      var options = set.denseNetOptions
      options.transfer.headLearningRate = rate
      #expect(SmallSet.refusal { try options.validate() }.contains("headLearningRate"), "\(rate)")
    }
  }

  /// A run that goes on knows what it began with.

  /// Of more shares more sums wait: the estimate grows with them.

  @Test func memoryFollowsTheShares() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.denseNetOptions
    let usual = try MemoryNeed(options).resident
    options.shares = 64
    options.batchSize = 64
    let (more, model) = (try MemoryNeed(options).resident, try set.trainer("run", options).model)
    #expect(more > usual)
    #expect(
      model.trainingBytes(batchSize: 64, shares: 64) > model.trainingBytes(batchSize: 64))
    options.accumulate = 2
    // The gradients so far and the newest.
    #expect(try MemoryNeed(options).resident > more + 7 * model.parameterCount)
  }
}
