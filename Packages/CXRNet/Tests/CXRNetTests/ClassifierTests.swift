import CXRParallel
import CXRTensor
import Testing

@testable import CXRNet

/// Networks by name: what may be said of them, what is refused, and what follows from their graph.
@Suite struct ClassifierTests {
  private let random = RandomStream(seed: 5)
  private let known = Architectures.standard

  private func problem(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  @Test func settingsAreReadByTheirKind() throws {
    let small = try known.architecture(
      "chest-cnn", texts: ["channels": "4,6", "dropout": "0"])
    #expect(
      small
        == Architecture(
          "ChestCNN",
          ["channels": .integers([4, 6]), "kernel": .integer(7), "dropout": .number(0)]))
    #expect(small.description == "ChestCNN channels=4,6 dropout=0.0 kernel=7")
    // A file writes 1 for 1.0, and the name that it had before.
    let read = try known.complete(Architecture("ChestCNN", ["dropout": .integer(0)]))
    #expect(read.settings["dropout"] == .number(0) && read.settings["kernel"] == .integer(7))
    #expect(known.names.starts(with: ["chest-cnn", "chest-resnet"]))
    #expect(known.summary[0] == "chest-cnn: channels=16,32,64,128 dropout=0.2 kernel=7")
  }

  @Test func whatIsNotUnderstoodIsRefused() throws {
    #expect(
      problem { _ = try known.architecture("densenet") }
        == "no network is called densenet; known are \(known.names.joined(separator: ", "))")
    #expect(
      problem { _ = try known.architecture("chest-cnn", texts: ["depth": "3"]) }
        == "chest-cnn has no setting depth; it has channels, dropout, kernel")
    for text in ["", "7.0", "x", "1,2"] {
      #expect(
        problem { _ = try known.architecture("chest-cnn", texts: ["kernel": text]) }
          == "chest-cnn: kernel=\(text): needed is a value like 7")
    }
    for (key, value, words) in [
      ("kernel", Setting.integer(0), "a whole number from 1 to 63"),
      ("channels", .integers([]), "1 to 16 whole numbers from 1 to 4096"),
      ("channels", .integers([4, 0]), "1 to 16 whole numbers from 1 to 4096"),
      ("dropout", .number(1), "a number from 0.0 to 0.99"),
    ] {
      let said = problem {
        _ = try known.make(
          Architecture("chest-cnn", [key: value]), side: 224, labels: 2, random: random)
      }
      #expect(said.contains("\(key)=\(value)") && said.contains(words), "\(said)")
    }
    let word = Architecture("chest-resnet", ["norm_variance": .text("some")])
    #expect(
      problem { _ = try known.make(word, side: 64, labels: 2, random: random) }
        == "chest-resnet: norm_variance=some: needed is biased or unbiased")
    #expect(
      throws: NetError.imageTooSmall(size: 32, smallest: 33)
    ) {
      _ = try known.make(Architecture("chest-resnet"), side: 32, labels: 2, random: random)
    }
  }

  /// Numbers are counted as networks have them, and no memory is taken for those that nobody could have.
  @Test func kernelsAreCountedWithoutMemory() throws {
    for name in known.names {
      let architecture = try known.architecture(name)
      let model = try known.make(architecture, side: 112, labels: 14, random: random)
      let kernels = model.parameters.filter { $0.path.description.hasSuffix("kernel") }
      #expect(
        try known.kernelCount(architecture, side: 112, labels: 14)
          == kernels.reduce(0) { $0 + $1.parameter.value.shape.count })
    }
    let huge = Architecture(
      "ChestCNN",
      ["channels": .integers([Int](repeating: 4096, count: 4)), "kernel": .integer(63)])
    #expect(
      try known.kernelCount(huge, side: 4096, labels: 1)
        == 63 * 63 * 4096 * (1 + 3 * 4096) + 4096)
  }

  /// Settings and a side that make a network small.
  private static func small(_ name: String) -> (texts: [String: String], side: Int) {
    switch name {
    case "densenet121": (["growth": "3", "blocks": "2-1"], 65)
    case "resnet18", "resnet50": (["width": "3", "blocks": "1-2"], 65)
    default: (["channels": "3,5", "kernel": "5"], 61)
    }
  }

  /// What a network tells of itself builds it again: same graph, same paths, same shapes.
  @Test(arguments: Architectures.standard.names) func aRecordBuildsTheNetwork(name: String) throws {
    let (texts, side) = Self.small(name)
    let model = try known.make(
      known.architecture(name, texts: texts), side: side, labels: 2, random: random)
    let again = try known.make(
      model.architecture, side: model.imageSize, labels: model.labels, random: random)
    #expect(again.architecture == model.architecture)
    let (own, other) = (model.namedArrays, again.namedArrays)
    #expect(own.map(\.name) == other.map(\.name) && own.map(\.shape) == other.map(\.shape))
    #expect(zip(own, other).allSatisfy { $0.scalars == $1.scalars })
  }

  /// The graph's shapes are those of a pass with numbers; its reading is the network's.
  @Test(arguments: Architectures.standard.names) func theGraphIsTheNetwork(name: String) throws {
    let (texts, side) = Self.small(name)
    let model = try known.make(
      known.architecture(name, texts: texts), side: side, labels: 2, random: random)
    var values = random.child("films")
    let films = Tensor(
      (0..<3 * side * side).map { _ in values.uniform() }, shape: [3, side, side, 1])
    let reading = model.reading(films)
    var pass = Pass.inference()
    #expect(reading.logits.hasSameBits(as: model(Variable(films), in: &pass).value))
    #expect(reading.logits.shape == [3, 2] && reading.features.shape == [3, model.featureCount])
    func check(_ graph: TracedGraph) {
      #expect(graph.nodes[graph.outputs[0]].shape == [3, 2])
      let parameters = graph.nodes.compactMap { node -> String? in
        if case .parameter(let path) = node.source { path } else { nil }
      }
      #expect(parameters == model.parameters.map(\.path.description))
    }
    for mode in [Pass.Mode.training, .inference] {
      for fusing in [false, true] {
        check(trace(model, films.shape, mode, fusing))
      }
    }
    let layers = trace(model, films.shape, .inference, false).layers
    #expect(Set(layers.map(\.path)).count == layers.count)
    let leaves = layers.filter { !$0.hasInner }
    #expect(leaves.reduce(0) { $0 + $1.parameterCount } == model.parameterCount)
    #expect(model.summary.contains("GlobalAveragePooling") && model.summary.contains("Dense"))
    #expect(model.trainingBytes(batchSize: 8) > model.inferenceBytes(batchSize: 8))
    #expect(model.trainingBytes(batchSize: 9) > model.trainingBytes(batchSize: 8))
  }

  private func trace(
    _ model: some FilmClassifier, _ shape: Shape, _ mode: Pass.Mode, _ fusing: Bool
  ) -> TracedGraph { model.traced(shape, mode: mode, fusing: fusing) }

  // ---- Arrays

  @Test func arraysGoOutAndIn() throws {
    let model = try ChestCNN(imageSize: 28, labels: 2, channels: [2, 3], random: random)
    var other = try ChestCNN(
      imageSize: 28, labels: 2, channels: [2, 3], random: random.child("other"))
    let arrays = model.namedArrays
    #expect(arrays.first?.name == "block1/conv/kernel" && arrays.first?.shape == [7, 7, 1, 2])
    try other.load(arrays.reversed())
    #expect(zip(other.namedArrays, arrays).allSatisfy { $0.scalars == $1.scalars })
  }

  @Test func arraysThatDoNotFitAreAllNamed() throws {
    var dense = Dense(from: 2, to: 3, random: random)
    let before = dense.namedArrays
    let zeros = [Float](repeating: 0, count: 6)
    #expect(
      throws: NetError.arraysDoNotFit([
        "kernel has shape [3, 2], not [2, 3]", "bias is missing",
        "extra is not part of the network",
        "extra is there 2 times",
      ])
    ) {
      try dense.load([
        ("kernel", [3, 2], zeros), ("extra", [1], [0]), ("extra", [1], [0]),
      ])
    }
    #expect(
      throws: NetError.arraysDoNotFit([
        "kernel has 2 numbers for shape [2, 3]", "bias holds numbers that are not finite",
      ])
    ) { try dense.load([("kernel", [2, 3], [1, 2]), ("bias", [3], [0, .nan, 1])]) }
    #expect(zip(dense.namedArrays, before).allSatisfy { $0.scalars == $1.scalars })
  }

  // ---- Losses

  /// A loss by its terms is the mean over what is known, whatever the terms of the unknown are.
  @Test func aLossOfOnesOwnLeavesOutTheUnknown() throws {
    let logits = Tensor([0.7, -1.2, 2.5, -0.3, 0.1, 1.9], shape: [3, 2])
    let labels = Tensor([1, .nan, 0, 1, .nan, 0], shape: [3, 2])
    let entropy = Loss("own") { z, y in
      let y = Variable(y)
      return Variable.maximum(z, Variable(Tensor(repeating: 0, shape: z.shape))) - z * y
        + (1 + (-Variable.maximum(z, -z)).exp()).log()
    }
    func both(_ loss: Loss) -> (Float, [Float]) {
      let (value, gradients) = Variable.differentiate([logits]) {
        loss(logits: $0[0], labels: labels)
      }
      return (value.scalar, gradients[0].map { Array($0.scalars) } ?? [])
    }
    let (own, expected) = (both(entropy), both(.binaryCrossEntropy))
    #expect(abs(own.0 - expected.0) < 1e-6)
    #expect(zip(own.1, expected.1).allSatisfy { abs($0 - $1) < 1e-6 } && own.1.count == 6)
    #expect(own.1[1] == 0 && own.1[4] == 0)
    #expect(entropy.name == "own" && Loss.binaryCrossEntropy.name == "bce")
    let none = Loss("none") { z, _ in z.squared() }
    let nothing = none(
      logits: Variable(logits), labels: Tensor(repeating: .nan, shape: [3, 2]))
    #expect(nothing.value.scalar == 0)
    // What is no number at an unknown label spoils nothing: 1/z at z = 0.
    let spoilt = both(Loss("spoilt") { z, _ in 1 / z })
    let reciprocals = [0, 2, 3, 5].map { 1 / logits.scalars[$0] }
    #expect(abs(spoilt.0 - reciprocals.reduce(0, +) / 4) < 1e-6)
    #expect(spoilt.1.allSatisfy(\.isFinite) && spoilt.1[1] == 0 && spoilt.1[4] == 0)
  }
}
