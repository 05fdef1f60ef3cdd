import CXRParallel
import CXRTensor
import Testing

@testable import CXRNet

@Suite struct LayerTests {
  private let random = RandomStream(seed: 1)

  @Test func namesAreTheCheckpoints() throws {
    let model = try ChestCNN(imageSize: 28, labels: 2, channels: [2, 3], random: random)
    #expect(
      model.parameters.map(\.path.description) == [
        "block1/conv/kernel", "block1/conv/bias", "block1/norm/gamma", "block1/norm/beta",
        "block1/norm/moving_mean", "block1/norm/moving_variance", "block2/conv/kernel",
        "block2/conv/bias", "block2/norm/gamma", "block2/norm/beta", "block2/norm/moving_mean",
        "block2/norm/moving_variance", "head/kernel", "head/bias",
      ])
  }

  @Test func tooSmallAnImageNamesTheSmallest() throws {
    #expect(throws: NetError.imageTooSmall(size: 105, smallest: 106)) {
      try ChestCNN(imageSize: 105, labels: 14, random: random)
    }
    let smallest = try ChestCNN(imageSize: 106, labels: 14, random: random)
    #expect(try smallest.outputShape(for: [2, 106, 106, 1]) == [2, 14])
  }

  @Test func outputShapesAreThoseOfThePass() throws {
    let input = Tensor(repeating: 0.5, shape: [2, 11, 9, 3])
    let layers: [any Layer] = [
      Conv2D(from: 3, to: 4, kernel: 3, stride: 2, padding: .same, random: random),
      Conv2D(from: 3, to: 4, kernel: 5, random: random), BatchNorm(channels: 3),
      MaxPool(window: 3), GlobalAveragePooling(), Dropout(rate: 0.5), Activation.sigmoid,
    ]
    for layer in layers {
      var pass = Pass.inference()
      let output = layer(Variable(input), in: &pass)
      #expect(try layer.outputShape(for: input.shape) == output.shape, "\(layer.kind)")
    }
    #expect(throws: NetError.self) {
      try Dense(from: 4, to: 1, random: random).outputShape(for: [2, 3])
    }
    #expect(throws: NetError.self) { try MaxPool(window: 3).outputShape(for: [1, 2, 2, 1]) }
  }

  /// A sequence that runs as one operation gives what its layers give one by one.
  @Test func aFusedSequenceEqualsItsLayers() throws {
    var stack = Sequential([
      ("conv", Conv2D(from: 1, to: 8, kernel: 7, random: random)), ("relu", Activation.relu),
      ("pool", MaxPool()), ("norm", BatchNorm(channels: 8)),
    ])
    // Other than fresh statistics, shifts and scales.
    var draw = RandomStream(seed: 4)
    stack.forEachParameter(at: .root) { _, parameter in
      if parameter.value.shape.rank == 1 {
        parameter.value = Tensor(
          (0..<8).map { _ in draw.uniform(in: 0.5..<1.5) }, shape: [8])
      }
    }
    let films = Tensor((0..<2 * 30 * 31).map { _ in draw.uniform() }, shape: [2, 30, 31, 1])
    #expect(
      FusedBlock(
        stack.layers[...].map(\.layer), input: Variable(films),
        in: Pass(mode: .training, random: random, leaves: [])) != nil)
    var fused = Pass.inference()
    var single = Pass.inference()
    var one = Variable(films)
    for (_, layer) in stack.layers { one = layer(one, in: &single) }
    let expected = one.value
    let found = stack(Variable(films), in: &fused).value
    #expect(found.shape == expected.shape)
    #expect(zip(found.scalars, expected.scalars).allSatisfy { abs($0 - $1) < 1e-5 })

    let weights = Tensor(
      (0..<found.shape.count).map { _ in draw.uniform(in: -1..<1) }, shape: found.shape)
    func gradients(_ apply: (Sequential, inout Pass) -> Variable) -> Gradients {
      stack.gradients(random: random) { stack, pass in
        apply(stack, &pass).multiplied(by: weights).sum()
      }
    }
    let a = gradients { $0(Variable(films), in: &$1) }
    let b = gradients { stack, pass in
      var x = Variable(films)
      for (_, layer) in stack.layers { x = layer(x, in: &pass) }
      return x
    }
    #expect(abs(a.loss - b.loss) < 1e-3)
    try #require(a.tensors.count > 3 && b.tensors.count > 3)
    for slot in [0, 2, 3] {
      let (x, y) = (a.tensors[slot]?.scalars ?? [], b.tensors[slot]?.scalars ?? [.nan])
      let difference = zip(x, y).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
      let size = y.reduce(0) { $0 + Double($1) * Double($1) }
      #expect(x.count == y.count && difference < 1e-8 * size, "slot \(slot)")
    }
    #expect(a.statistics.keys.sorted() == b.statistics.keys.sorted() && a.statistics.count == 2)
    for (slot, value) in a.statistics {
      for (x, y) in zip(value.scalars, b.statistics[slot]?.scalars ?? [.nan]) {
        #expect(abs(x - y) < 1e-5)
      }
    }
  }

  @Test func summaryShowsEveryLayer() throws {
    let model = try ChestCNN(imageSize: 224, labels: 14, random: random)
    let summary = model.summary
    for text in ["block4/conv", "[1, 16, 16, 128]", "401536", "530638 parameters", "530158"] {
      #expect(summary.contains(text), "\(text)")
    }
  }

  /// The table of shapes at 224 pixels: 6 pixels less a block, then halved.
  @Test func shapesOfTheReferenceNetwork() throws {
    let model = try ChestCNN(imageSize: 224, labels: 14, random: random)
    let rows = model.summary.split(separator: "\n").map(String.init)
    let expected = [
      ("block1/conv", "[1, 218, 218, 16]"), ("block1/pool", "[1, 109, 109, 16]"),
      ("block2/conv", "[1, 103, 103, 32]"), ("block2/pool", "[1, 51, 51, 32]"),
      ("block3/conv", "[1, 45, 45, 64]"), ("block3/pool", "[1, 22, 22, 64]"),
      ("block4/conv", "[1, 16, 16, 128]"), ("block4/pool", "[1, 8, 8, 128]"),
      ("pool", "[1, 128]"), ("head", "[1, 14]"),
    ]
    for (layer, shape) in expected {
      let row = try #require(rows.first { $0.hasPrefix(layer + " ") }, "\(layer)")
      #expect(row.contains(shape), "\(row)")
    }
    // Seven by seven weights a channel in and out, with a bias.
    for (layer, parameters) in [("block1/conv", 7 * 7 * 16 + 16), ("head", 128 * 14 + 14)] {
      let row = try #require(rows.first { $0.hasPrefix(layer + " ") }, "\(layer)")
      #expect(row.split(separator: " ").last.map(String.init) == "\(parameters)")
    }
    let kinds = (1...4).flatMap { block in
      ["Conv2D 7×7", "ReLU", "MaxPool 2×2", "BatchNorm"].map { ("block\(block)/", $0) }
    }
    try #require(rows.count > kinds.count + 2)
    for (row, kind) in zip(rows.dropFirst(2), kinds) {
      #expect(row.hasPrefix(kind.0) && row.lowercased().contains(kind.1.lowercased()))
    }
  }

  @Test func movingAveragesMoveByOneHundredth() {
    var norm = BatchNorm(channels: 1)
    let gradients = norm.gradients(random: random) { norm, pass in
      norm(Variable(Tensor([1, 3], shape: [2, 1])), in: &pass).sum()
    }
    norm.setStatistics(gradients)
    #expect(abs(norm.movingMean.value.scalar - 0.02) < 1e-7)
    #expect(abs(norm.movingVariance.value.scalar - 1) < 1e-7)
  }

  @Test func dropoutDropsInTrainingOnly() {
    let layer = Dropout(rate: 0.5)
    let x = Variable(Tensor(repeating: 1, shape: [1000]))
    var inference = Pass.inference()
    #expect(layer(x, in: &inference).value.scalars.allSatisfy { $0 == 1 })
    var training = Pass(mode: .training, random: random, leaves: [])
    let (first, second) = (layer(x, in: &training), layer(x, in: &training))
    #expect(!first.value.hasSameBits(as: second.value))
    var again = Pass(mode: .training, random: random, leaves: [])
    #expect(layer(x, in: &again).value.hasSameBits(as: first.value))
  }
}
