import CXRFiles
import CXRParallel
import CXRCheckpoint
import CXRData
import CXRNet
import CXRTensor
import Foundation
import Testing

@testable import CXRTraining

/// Other networks than the reference's, and one that no package knows, go through training, files and prediction.
@Suite struct NetworkTests {
  /// A network of somebody else.
  struct TwoLayers: FilmClassifier {
    static let name = "two-layers"
    static let defaults: [String: Setting] = ["width": .integer(4)]
    let architecture: Architecture
    let imageSize: Int
    let labels: Int
    private var body: Sequential
    private var head: Dense

    init(_ architecture: Architecture, side: Int, labels: Int, random: RandomStream) throws {
      let width = try architecture.integer("width", in: 1...64)
      (self.architecture, imageSize, self.labels) = (architecture, side, labels)
      body = Sequential([
        ("conv", Conv2D(from: 1, to: width, kernel: 5, stride: 4, random: random.child("conv"))),
        ("norm", BatchNorm(channels: width)), ("relu", Activation.relu),
      ])
      head = Dense(from: width, to: labels, random: random.child("head"))
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

  private func arrays(_ set: SmallSet, _ run: String, _ file: String) throws -> [NamedArray] {
    try Checkpoint(path: "\(set.folder)/\(run)/\(file)").arrays
  }

  /// Trained, stopped in its midst and gone on with: the same bits as at once.
  private func trainsAndGoesOn(_ options: TrainingOptions) throws {
    let set = try SmallSet()
    defer { set.remove() }
    try set.train("whole", options)
    var asked = 0
    try set.train(
      "parts", options,
      until: {
        asked += 1
        return asked == 2
      })
    let folder = try OutputFolder(set.folder + "/parts", for: .trainingRun, reusing: true)
    let resumption = try #require(
      try Resumption(folder, architectures: options.architectures))
    try resumption.check(options)
    var trainer = try Trainer(data: set.data(options), options: options, folder: folder)
    try resumption.apply(to: &trainer)
    _ = try trainer.run { _ in }
    for file in ["best.npz", "last.npz"] {
      #expect(try arrays(set, "whole", file) == arrays(set, "parts", file), "\(file)")
    }
    // Another network is named before any film is read.
    var other = options
    other.architecture = Architecture("chest-cnn", ["kernel": .integer(5)])
    do {
      try resumption.check(other)
      Issue.record("another network was taken")
    } catch TrainingError.resumeMismatch(_, let differences, _) {
      #expect(
        differences.count == 1
          && differences[0].hasPrefix("the network: was \(trainer.model.architecture), is ChestCNN"),
        "\(differences)")
    }
    let classifier = try ChestClassifier(
      path: set.folder + "/whole/best.npz", architectures: options.architectures)
    #expect(classifier.metadata.architecture == trainer.model.architecture)
    let batch = try set.data(options).batches(of: .test, batchSize: 4)[0]
    let reading = classifier.model.reading(batch.films)
    #expect(reading.probabilities.shape == [4, 2])
    let maps = classifier.findingMaps(reading)
    #expect(maps.count == 4 && maps[0].count == 2)
  }

  @Test func aResidualNetworkByName() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    options.architecture = try Architectures.standard.architecture(
      "chest-resnet", texts: ["channels": "4,6", "blocks": "1", "norm_variance": "unbiased"])
    try trainsAndGoesOn(options)
  }

  @Test(arguments: ["sgd", "adamw"]) func otherOptimizers(name: String) throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    options.architecture = Architecture(TwoLayers.name)
    options.architectures = .standard.adding(TwoLayers.self)
    options.optimizer = OptimizerSettings(telling: name, [:])
    try trainsAndGoesOn(options)
  }

  @Test func aNetworkThatIsGiven() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let options = set.options
    let architecture = Architecture(TwoLayers.name, ["width": .integer(3)])
    let model = try TwoLayers(architecture, side: 106, labels: 2, random: RandomStream(seed: 9))
    let folder = try OutputFolder(set.folder + "/given", for: .trainingRun, reusing: false)
    let data = try set.data(options)
    var trainer = try Trainer(model: model, data: data, options: options, folder: folder)
    #expect(
      zip(trainer.model.namedArrays, model.namedArrays).allSatisfy { $0.scalars == $1.scalars })
    _ = try trainer.run { _ in }
    let best = set.folder + "/given/best.npz"
    let known = Architectures.standard.adding(TwoLayers.self)
    #expect(
      try ChestClassifier(path: best, architectures: known).metadata.architecture == architecture)
    do {
      _ = try ChestClassifier(path: best)
      Issue.record("an unknown network was read")
    } catch TrainingError.unusableCheckpoint(_, let reason) {
      #expect(
        reason.contains("holds a network called two-layers; known are chest-cnn, chest-resnet, "))
    }
    let narrow = try TwoLayers(architecture, side: 100, labels: 2, random: RandomStream(seed: 9))
    #expect(throws: TrainingError.self) {
      _ = try Trainer(model: narrow, data: data, options: options, folder: folder)
    }
    // And out in one line.
    let path = set.folder + "/net.npz"
    try Checkpoint(trainer.model).write(to: path)
    var again = try TwoLayers(architecture, side: 106, labels: 2, random: RandomStream(seed: 1))
    try again.load(Checkpoint(path: path).namedArrays)
    #expect(
      zip(trainer.model.namedArrays, again.namedArrays).allSatisfy { $0.scalars == $1.scalars })
  }

  /// Files written before the share of dropout was recorded.
  @Test func aRecordWithoutDropoutIsRead() throws {
    let set = try SmallSet()
    defer { set.remove() }
    try set.train("run")
    let path = set.folder + "/run/best.npz"
    let file = try Checkpoint(path: path)
    let metadata = file.metadata.replacing(/\s*"dropout": 0\.2,/, with: "")
    #expect(metadata != file.metadata)
    try Checkpoint(arrays: file.arrays, metadata: metadata).write(to: path)
    let classifier = try ChestClassifier(path: path)
    #expect(classifier.metadata.architecture.settings["dropout"] == .number(0.2))
  }

  @Test func aLossOfOnesOwn() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    options.epochs = 1
    options.loss = LossKind(
      Loss("brier") { logits, labels in (logits.sigmoid() - Variable(labels)).squared() })
    try set.train("run", options)
    let classifier = try ChestClassifier(path: set.folder + "/run/best.npz")
    #expect(classifier.metadata.loss == "brier")
    // Its class weights are in nothing that was minimised, so there is nothing to take back.
    #expect(classifier.metadata.weightRatio(of: 0) == nil)
    #expect(throws: TrainingError.self) {
      _ = try FilmPredictor(path: set.folder + "/run/best.npz", calibration: .weights)
    }
  }

  /// Every part in file order, each film once.
  @Test func batchesOfEveryPart() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let data = try set.data()
    for part in Subset.allCases {
      let batches = try data.batches(of: part, batchSize: 5)
      let all = try (0..<batches.count).map { try batches[$0] }
      let records = data.collection.file.records
      #expect(
        all.flatMap(\.names) == data.collection.rows(of: part).map { records[$0].name }, "\(part)")
      #expect(all.allSatisfy { $0.films.shape[0] == $0.names.count })
    }
  }
}
