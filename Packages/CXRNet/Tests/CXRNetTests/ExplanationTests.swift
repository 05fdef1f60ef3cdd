import CXRParallel
import CXRTensor
import Testing

@testable import CXRNet

/// Where a network looks, by identities.
@Suite struct ExplanationTests {
  private let random = RandomStream(seed: 3)

  private func films(_ count: Int, side: Int) -> Tensor {
    var random = random.child("films")
    return Tensor(
      (0..<count * side * side).map { _ in random.uniform(in: -1..<1) },
      shape: [count, side, side, 1])
  }

  /// A network whose statistics and scales are not those it starts with.
  private func network(_ side: Int, channels: [Int], kernel: Int) throws -> ChestCNN {
    var model = try ChestCNN(
      imageSize: side, labels: 3, channels: channels, kernel: kernel, random: random)
    var values = random.child("values")
    model.forEachParameter(at: .root) { _, parameter in
      parameter.value.withMutableScalars { scalars in
        for i in scalars.indices { scalars[i] += values.uniform(in: 0.05..<0.2) }
      }
    }
    return model
  }

  @Test(arguments: [(106, [16, 32, 64, 128], 7), (224, [16, 32, 64, 128], 7), (40, [3, 5], 3)])
  func readingIsTheNetwork(side: Int, channels: [Int], kernel: Int) throws {
    let model = try network(side, channels: channels, kernel: kernel)
    let input = films(2, side: side)
    let reading = model.reading(input)
    var pass = Pass.inference()
    let logits = model(Variable(input), in: &pass).value
    #expect(reading.logits.hasSameBits(as: logits))
    var second = Pass.inference()
    #expect(reading.probabilities.hasSameBits(as: model.probabilities(input, in: &second)))
    #expect(reading.features.shape == [2, channels[channels.count - 1]])
  }

  @Test func meanOfTheMapIsTheLogit() throws {
    let model = try network(224, channels: [4, 4, 6, 8], kernel: 7)
    let reading = model.reading(films(2, side: 224))
    let maps = model.activationMaps(reading)
    try #require(maps.shape == [2, 8, 8, 3] && reading.logits.shape == [2, 3])
    let (values, logits) = (Array(maps.scalars), Array(reading.logits.scalars))
    let scale = Double(values.map(abs).max() ?? 0)
    for film in 0..<2 {
      for label in 0..<3 {
        let mean = (0..<64).reduce(0.0) { $0 + Double(values[(film * 64 + $1) * 3 + label]) } / 64
        #expect(abs(mean - Double(logits[film * 3 + label])) < 1e-6 * scale)
      }
    }
  }

  /// For pooling and a dense layer the gradient-weighted map is the activation map without its bias, divided by
  /// the number of cells.
  @Test func gradientWeightedMapIsTheActivationMap() throws {
    let model = try network(40, channels: [3, 5], kernel: 3)
    let reading = model.reading(films(2, side: 40))
    let shape = reading.featureMaps.shape
    try #require(shape.rank == 4)
    let cells = shape[1] * shape[2]
    let bias = try #require(
      model.parameters.first { $0.path.description == "head/bias" }?.parameter.value)
    let exact = Array(model.activationMaps(reading).scalars)
    try #require(exact.count == 2 * cells * 3 && bias.shape == [3])
    for label in 0..<3 {
      let maps = gradientWeightedMaps(
        featureMaps: reading.featureMaps, label: label, keepsNegative: true
      ) { maps, pass in model.logits(ofFeatures: maps.globalAveragePooled(), in: &pass) }
      try #require(maps.shape == [2, shape[1], shape[2]])
      let shift = bias.scalars[label]
      for (i, value) in maps.scalars.enumerated() {
        #expect(abs(value * Float(cells) - (exact[i * 3 + label] - shift)) < 1e-4)
      }
      let positive = gradientWeightedMaps(featureMaps: reading.featureMaps, label: label) {
        maps, pass in model.logits(ofFeatures: maps.globalAveragePooled(), in: &pass)
      }
      #expect(zip(positive.scalars, maps.scalars).allSatisfy { $0 == max(0, $1) })
    }
  }

  @Test func gridOfTheReferenceNetwork() throws {
    let model = try ChestCNN(imageSize: 224, labels: 1, random: random)
    #expect(model.grid.first == 52.5 && model.grid.step == 16)
    let layers = Sequential([
      ("a", Sequential([("conv", Conv2D(from: 1, to: 1, kernel: 7, random: random))])),
      ("relu", Activation.relu), ("pool", MaxPool()), ("norm", BatchNorm(channels: 1)),
      ("b", Conv2D(from: 1, to: 1, kernel: 7, random: random)), ("pool2", MaxPool()),
    ])
    // 3 + 0.5, then 2 · 3 + 1.
    #expect(ReceptiveGrid(of: layers.traced([1, 50, 50, 1]))?.first == 10.5)
    #expect(ReceptiveGrid(of: layers.traced([1, 50, 50, 1]))?.step == 4)
    // Zeros around keep cells on their pixels; a stride of 2 puts the odd zero after.
    let same = Sequential([
      ("conv", Conv2D(from: 1, to: 1, kernel: 3, stride: 2, padding: .same, random: random))
    ])
    #expect(ReceptiveGrid(of: same.traced([1, 7, 7, 1]))?.first == 0)
    #expect(ReceptiveGrid(of: same.traced([1, 8, 8, 1]))?.first == 1)
    #expect(
      ReceptiveGrid(of: GlobalAveragePooling().traced([1, 8, 8, 1])) == nil)
  }

  /// A bright pixel changes most the cell that is centred nearest to it.
  @Test func cellsLieWhereTheGridSays() throws {
    var model = try ChestCNN(
      imageSize: 60, labels: 1, channels: [1, 1], kernel: 3, random: random)
    model.forEachParameter(at: .root) { path, parameter in
      guard path.description.hasSuffix("conv/kernel") else { return }
      // A kernel that looks at its middle alone.
      parameter.value.withMutableScalars { scalars in
        for i in scalars.indices { scalars[i] = i == 4 ? 1 : 0 }
      }
    }
    let grid = model.grid
    for cell in [0, 3, 9] {
      let place = grid.first + Double(cell) * grid.step
      try #require((0..<60).contains(place))
      let centre = Int(place)
      var input = [Float](repeating: 0, count: 3600)
      input[centre * 60 + centre] = 9
      let maps = model.reading(Tensor(input, shape: [1, 60, 60, 1])).featureMaps
      try #require(maps.shape.rank == 4)
      let (values, side) = (Array(maps.scalars), maps.shape[1])
      let brightest = try #require(values.indices.max { values[$0] < values[$1] })
      #expect(brightest == cell * side + cell)
    }
  }
}
