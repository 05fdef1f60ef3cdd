import CXRTensor
import Testing

@testable import CXRNet

@Suite struct LayerTests {
  private let random = RandomStream(seed: 1)

  /// `forEachParameter` is written by hand: reflection finds a parameter that it forgets.
  @Test func noLayerForgetsAParameter() throws {
    func count(_ value: Any) -> Int {
      if value is Parameter { return 1 }
      return Mirror(reflecting: value).children.reduce(0) { $0 + count($1.value) }
    }
    let modules: [any Module] = [
      Conv2D(from: 1, to: 2, kernel: 3, random: random), BatchNorm(channels: 3),
      Dense(from: 2, to: 3, random: random), MaxPool(), GlobalAveragePooling(),
      Dropout(rate: 0.1), Activation.relu,
      try ChestCNN(imageSize: 28, labels: 2, channels: [2, 3], random: random),
      Adam(for: Dense(from: 2, to: 3, random: random)),
    ]
    for module in modules {
      #expect(module.parameters.count == count(module), "\(type(of: module))")
      let paths = module.parameters.map(\.path.description)
      #expect(Set(paths).count == paths.count, "\(type(of: module))")
    }
  }

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

  @Test func summaryShowsEveryLayer() throws {
    let model = try ChestCNN(imageSize: 224, labels: 14, random: random)
    let summary = model.summary
    for text in ["block4/conv", "[1, 16, 16, 128]", "401536", "530638 parameters", "530158"] {
      #expect(summary.contains(text), "\(text)")
    }
  }

  @Test func movingAveragesMoveByOneHundredth() {
    var norm = BatchNorm(channels: 1)
    let gradients = norm.gradients(random: random) { norm, pass in
      norm(Variable(Tensor([1, 3], shape: [2, 1])), in: &pass).sum()
    }
    var adam = Adam(for: norm)
    adam.update(&norm, with: gradients, learningRate: 0)
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
