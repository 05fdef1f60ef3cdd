import CXRCheckpoint
import CXRFiles
import CXRNet
import CXRParallel
import CXRTensor
import Foundation
import Testing

@testable import CXRTraining

/// What a run takes from another network's file, and what it refuses.
@Suite struct InitialWeightsTests {
  @Test func whatFitsIsTakenAndTheRestIsNamed() throws {
    let set = try SmallSet()
    defer { set.remove() }
    // Another number of labels, and more channels in the second block.
    var other = try Architectures.standard.make(
      Architecture("densenet121", SmallSet.denseNet), side: 64, labels: 5,
      random: RandomStream(seed: 9))
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
      data: set.data(set.denseNetOptions), options: set.denseNetOptions, folder: folder,
      initialWeights: weights)
    let adoption = try #require(trainer.adoption)
    #expect(
      adoption.fresh.map(\.path) == ["features/norm0/beta", "classifier/kernel", "classifier/bias"])
    #expect(
      adoption.fresh.map(\.reason) == [
        "not in the file", "the file's is [7, 5], the network's [7, 2]",
        "the file's is [5], the network's [2]",
      ])
    #expect(adoption.unused == ["features/stranger"])
    let fresh = try set.trainer("fresh", set.denseNetOptions).model
    for (own, first) in zip(trainer.model.namedArrays, fresh.namedArrays) {
      let given = arrays.first { $0.name == own.name && $0.shape == own.shape }
      #expect(own.scalars == (given?.scalars ?? first.scalars), "\(own.name)")
      #expect(adoption.taken.contains(own.name) == (given != nil))
    }
    // The file's digest is what a resumed run compares.
    #expect(trainer.options.comparable["initial-weights"] == weights.sha256)
    #expect(
      weights.sha256.count == 64 && set.denseNetOptions.comparable["initial-weights"] == "fresh")
  }

  @Test func aFileOfWhichNothingFitsIsRefused() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let path = set.folder + "/other.npz"
    let cnn = try ChestCNN(
      imageSize: 28, labels: 2, channels: [2, 3], random: RandomStream(seed: 0))
    try Checkpoint(cnn).write(to: path)
    let folder = try OutputFolder(set.folder + "/run", for: .trainingRun, reusing: false)
    let text = SmallSet.refusal {
      _ = try Trainer(
        data: set.data(set.denseNetOptions), options: set.denseNetOptions, folder: folder,
        initialWeights: InitialWeights(path: path))
    }
    #expect(
      text.contains("no array fits the network, which has features/conv0/kernel")
        && text.contains("block1/conv/kernel"), "\(text)")
    try Checkpoint([(name: "features/norm0/gamma", shape: [1], scalars: [.nan])], metadata: "{}")
      .write(to: path)
    #expect(
      SmallSet.refusal { _ = try InitialWeights(path: path) }.contains(
        "gamma holds numbers that are not"))
  }

  @Test func aHeadOfOtherFindingsStaysFresh() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.denseNetOptions
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
      SmallSet.refusal { _ = try adopted(labels) }.contains(
        "standardisation was training, is 0.5,0.25"))
    options = set.denseNetOptions
    var other = options
    other.architecture = Architecture(
      "densenet121", SmallSet.denseNet.merging(["norm_epsilon": .number(0.1)]) { $1 })
    other.transfer.headOnly = true
    var changed = try set.trainer("epsilon", other).model
    #expect(
      SmallSet.refusal { _ = try weights.adopt(into: &changed, labels: labels, options: other) }
        .contains("norm_epsilon was 1e-05, is 0.1"))
  }

  @Test func averagesThatAreNoneAreRefused() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.denseNetOptions
    var model = try set.trainer("run", options).model
    let path = set.folder + "/arrays.npz"
    func refusal(_ arrays: [(name: String, shape: [Int], scalars: [Float])]) throws -> String {
      try Checkpoint(arrays, metadata: "{}").write(to: path)
      let weights = try InitialWeights(path: path)
      return SmallSet.refusal {
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

  @Test func aRunThatGoesOnKeepsWhatWasTaken() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let options = set.denseNetOptions
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
}
