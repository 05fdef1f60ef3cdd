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
  private let small = [
    "growth": Setting.integer(3), "blocks": .integers([1, 1]), "bottleneck": .integer(2),
  ]

  private func options(_ set: SmallSet) -> TrainingOptions {
    var options = set.options
    options.architecture = Architecture("densenet121", small)
    options.preparation.imageSize = 64
    options.epochs = 1
    return options
  }

  private func refusal(_ attempt: () throws -> Void) -> String {
    do {
      try attempt()
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func whatFitsIsTakenAndTheRestIsNamed() throws {
    let set = try SmallSet()
    defer { set.remove() }
    // Another number of labels, and more channels in the second block.
    var other = try Architectures.standard.make(
      Architecture("densenet121", small), side: 64, labels: 5, random: RandomStream(seed: 9))
    other.forEachParameter(at: .root) { _, parameter in
      parameter.value.withMutableScalars { scalars in
        for i in scalars.indices { scalars[i] += 0.25 }
      }
    }
    let path = set.folder + "/other.npz"
    var arrays = other.namedArrays.filter { $0.name != "features/norm0/beta" }
    arrays.append((name: "features/stranger", shape: [1], scalars: [1]))
    try Checkpoint(arrays, metadata: "{}").write(to: path)

    let weights = try InitialWeights(path: path)
    let folder = try OutputFolder(set.folder + "/run", for: .trainingRun, reusing: false)
    let trainer = try Trainer(
      data: set.data(options(set)), options: options(set), folder: folder, initialWeights: weights)
    let adoption = try #require(trainer.adoption)
    #expect(
      adoption.fresh.map(\.path) == ["features/norm0/beta", "classifier/kernel", "classifier/bias"])
    #expect(
      adoption.fresh.map(\.reason) == [
        "not in the file", "the file's is [7, 5], the network's [7, 2]",
        "the file's is [5], the network's [2]",
      ])
    #expect(adoption.unused == ["features/stranger"])
    let fresh = try set.trainer("fresh", options(set)).model
    for (own, first) in zip(trainer.model.namedArrays, fresh.namedArrays) {
      let given = arrays.first { $0.name == own.name && $0.shape == own.shape }
      #expect(own.scalars == (given?.scalars ?? first.scalars), "\(own.name)")
      #expect(adoption.taken.contains(own.name) == (given != nil))
    }
    // The file's digest is what a resumed run compares.
    #expect(trainer.options.comparable["initial-weights"] == weights.sha256)
    #expect(weights.sha256.count == 64 && options(set).comparable["initial-weights"] == "fresh")
  }

  @Test func aFileOfWhichNothingFitsIsRefused() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let path = set.folder + "/other.npz"
    let cnn = try ChestCNN(
      imageSize: 28, labels: 2, channels: [2, 3], random: RandomStream(seed: 0))
    try Checkpoint(cnn).write(to: path)
    let folder = try OutputFolder(set.folder + "/run", for: .trainingRun, reusing: false)
    let text = refusal {
      _ = try Trainer(
        data: set.data(options(set)), options: options(set), folder: folder,
        initialWeights: InitialWeights(path: path))
    }
    #expect(
      text.contains("no array fits the network, which has features/conv0/kernel")
        && text.contains("block1/conv/kernel"), "\(text)")
    try Checkpoint([(name: "features/norm0/gamma", shape: [1], scalars: [.nan])], metadata: "{}")
      .write(to: path)
    #expect(
      refusal { _ = try InitialWeights(path: path) }.contains("gamma holds numbers that are not"))
  }

  /// What is frozen keeps its bits; what is not, moves; the optimizer's moments of it stay at zero.
  @Test(arguments: [true, false]) func frozenArraysKeepTheirBits(headOnly: Bool) throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = options(set)
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
      var options = options(set)
      change(&options.transfer)
      return self.refusal { _ = try set.trainer("run\(UUID())", options) }
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
    var options = options(set)
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
    var options = options(set)
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
  @Test func aHeadOfOtherFindingsStaysFresh() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = options(set)
    try set.train("first", options)
    let weights = try InitialWeights(path: set.folder + "/first/best.npz")
    var model = try set.trainer("same", options).model
    func adopted(_ labels: [String]) throws -> InitialWeights.Adoption {
      try weights.adopt(into: &model, labels: labels, options: options)
    }
    let labels = try set.data(options).collection.matrix.labels
    let same = try adopted(labels)
    #expect(same.fresh.isEmpty && same.warnings.isEmpty && same.sha256 == weights.sha256)
    for other in [labels.reversed(), ["Edema", "Hernia"]] {
      let found = try adopted(Array(other))
      #expect(found.fresh.map(\.path) == ["classifier/kernel", "classifier/bias"])
      #expect(
        found.fresh[0].reason == "the file's is for \(labels.joined(separator: ", "))",
        "\(found.fresh)")
    }
    // What stays as it is meets what it was made for, or is refused.
    options.standardisation = .constants(FilmConstants(mean: 0.5, deviation: 0.25))
    #expect(
      try adopted(labels).warnings
        == [
          "the weights were made under other conditions: standardisation was training, is 0.5,0.25"
        ])
    options.transfer.frozen = ["features/conv0"]
    #expect(
      refusal { _ = try adopted(labels) }.contains("standardisation was training, is 0.5,0.25"))
    options = self.options(set)
    var other = options
    other.architecture = Architecture(
      "densenet121", small.merging(["norm_epsilon": .number(0.1)]) { $1 })
    other.transfer.headOnly = true
    var changed = try set.trainer("epsilon", other).model
    #expect(
      refusal { _ = try weights.adopt(into: &changed, labels: labels, options: other) }
        .contains("norm_epsilon was 1e-05, is 0.1"))
  }

  /// Averages that are none, and variances that cannot be.
  @Test func averagesThatAreNoneAreRefused() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = options(set)
    var model = try set.trainer("run", options).model
    let path = set.folder + "/arrays.npz"
    func refusal(_ arrays: [(name: String, shape: [Int], scalars: [Float])]) throws -> String {
      try Checkpoint(arrays, metadata: "{}").write(to: path)
      let weights = try InitialWeights(path: path)
      return self.refusal {
        _ = try weights.adopt(into: &model, labels: ["Mass", "Effusion"], options: options)
      }
    }
    let whole = model.namedArrays
    let without = whole.filter { !$0.name.contains("moving") }
    #expect(try refusal(without).isEmpty)
    options.transfer.headOnly = true
    #expect(try refusal(without).contains("features/norm0/moving_mean is not in it"))
    let negative = whole.map {
      $0.name == "features/norm0/moving_variance"
        ? (name: $0.name, shape: $0.shape, scalars: $0.scalars.map { -$0 }) : $0
    }
    #expect(try refusal(negative).contains("moving_variance holds a variance of -1"))
  }

  @Test func halfANormalisationIsNotFrozen() throws {
    let set = try SmallSet()
    defer { set.remove() }
    for name in ["mean", "variance"] {
      var options = options(set)
      options.transfer.frozen = ["features/norm0/moving_\(name)"]
      #expect(
        refusal { _ = try MemoryNeed(options) }
          == "freeze features/norm0/moving_\(name): mean and variance stay or move together; freeze the "
          + "normalisation, features/norm0")
    }
    for rate in [1e-300, 1e300, 0, -1, .nan] {
      var options = options(set)
      options.transfer.headLearningRate = rate
      #expect(refusal { try options.validate() }.contains("headLearningRate"), "\(rate)")
    }
  }

  /// A run that goes on knows what it began with.
  @Test func aRunThatGoesOnKeepsWhatWasTaken() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let options = options(set)
    try set.train("first", options)
    let weights = try InitialWeights(path: set.folder + "/first/best.npz")
    let folder = try OutputFolder(set.folder + "/run", for: .trainingRun, reusing: false)
    let data = try set.data(options)
    var trainer = try Trainer(data: data, options: options, folder: folder, initialWeights: weights)
    let adoption = try #require(trainer.adoption)
    try folder.write(
      data.runRecord(commandLine: [], device: DeviceReport(), adoption: adoption), to: RunFile.name)
    _ = try trainer.run { _ in }
    var longer = options
    longer.epochs = 2
    longer.transfer.initialWeightsSHA256 = weights.sha256
    var again = try Trainer(
      data: data, options: longer, folder: folder)
    let resumption = try #require(try Resumption(folder))
    try resumption.apply(to: &again)
    #expect(again.adoption == adoption && !adoption.taken.isEmpty)
  }

  /// Of more shares more sums wait: the estimate grows with them.
  @Test func memoryFollowsTheShares() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = options(set)
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
