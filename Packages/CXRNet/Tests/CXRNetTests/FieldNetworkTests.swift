import CXRParallel
import CXRTensor
import Testing

@testable import CXRNet

/// DenseNet and ResNet as single operations and as fused ones, and what films of one channel are to a network of three.
@Suite(.serialized) struct FieldNetworkTests {
  static let small: [(name: String, settings: [String: Setting])] = [
    ("densenet121", ["growth": .integer(12), "blocks": .integers([2, 2, 2, 2])]),
    ("resnet18", ["width": .integer(8)]),
    ("resnet50", ["width": .integer(4), "blocks": .integers([1, 2, 1, 1])]),
  ]
  private let random = RandomStream(seed: 7)

  /// A network whose statistics, scales and shifts are not those it starts with.
  private func network(
    _ small: (name: String, settings: [String: Setting]), side: Int = 64,
    _ more: [String: Setting] = [:]
  ) throws -> any FilmClassifier {
    var model = try Architectures.standard.make(
      Architecture(small.name, small.settings.merging(more) { $1 }), side: side, labels: 3,
      random: random)
    var values = random.child("values")
    model.forEachParameter(at: .root) { path, parameter in
      guard !path.description.hasSuffix("kernel") else { return }
      parameter.value.withMutableScalars { scalars in
        for i in scalars.indices { scalars[i] += values.uniform(in: -0.3..<0.3) }
      }
    }
    return model
  }

  private func films(_ count: Int, side: Int = 64) -> Tensor {
    var random = random.child("films")
    return Tensor(
      (0..<count * side * side).map { _ in random.uniform(in: -2..<2) },
      shape: [count, side, side, 1])
  }

  private func distance(_ a: Tensor, _ b: Tensor) -> Double {
    var (difference, size) = (0.0, 0.0)
    for (x, y) in zip(a.scalars, b.scalars) {
      difference += Double(x - y) * Double(x - y)
      size += Double(y) * Double(y)
    }
    return (difference / max(size, 1e-30)).squareRoot()
  }

  /// Logits, gradients by parameter and statistics of a pass.
  private func pass(
    _ model: some FilmClassifier, _ films: Tensor, fusing: Bool, frozen: Bool = false
  ) -> (logits: Tensor, gradients: [Tensor?], statistics: [Int: Tensor]) {
    var (bound, values, fixed) = (model, [Tensor](), Set<Int>())
    bound.forEachParameter(at: .root) { _, parameter in
      parameter.slot = values.count
      values.append(parameter.value)
      if frozen, parameter.role == .statistic { fixed.insert(parameter.slot) }
    }
    var (logits, statistics) = (Tensor(repeating: 0, shape: []), [Int: Tensor]())
    let labels = Tensor(
      (0..<films.shape[0] * 3).map { $0 % 2 == 0 ? 1 : 0 }, shape: [films.shape[0], 3])
    let (_, gradients) = Variable.differentiate(values) { leaves in
      var pass = Pass(
        mode: .training, random: random, leaves: leaves, frozen: fixed, fusesLayers: fusing)
      let output = bound(Variable(films), in: &pass)
      (logits, statistics) = (output.value, pass.statistics)
      return output.binaryCrossEntropy(labels: labels)
    }
    return (logits, gradients, statistics)
  }

  @Test(arguments: small.indices, [false, true])
  func fusedOperationsAreTheSingleOnes(place: Int, frozen: Bool) throws {
    let model = try network(Self.small[place])
    func compare(_ model: some FilmClassifier) {
      let (one, other) = (
        pass(model, films(3), fusing: true, frozen: frozen),
        pass(model, films(3), fusing: false, frozen: frozen)
      )
      #expect(distance(one.logits, other.logits) < 1e-5)
      let paths = model.parameters.map(\.path.description)
      for (path, pair) in zip(paths, zip(one.gradients, other.gradients)) {
        guard let (a, b) = pair.0.flatMap({ a in pair.1.map { (a, $0) } }) else {
          #expect(pair.0 == nil && pair.1 == nil, "\(path)")
          continue
        }
        #expect(distance(a, b) < 2e-3, "\(path): \(distance(a, b))")
      }
      #expect(Set(one.statistics.keys) == Set(other.statistics.keys))
      #expect(one.statistics.isEmpty == frozen)
      for (slot, value) in one.statistics {
        #expect(other.statistics[slot].map { distance(value, $0) < 1e-5 } == true, "\(paths[slot])")
      }
    }
    compare(model)
  }

  @Test(arguments: small.indices) func predictionIsTheFrozenPass(place: Int) throws {
    let model = try network(Self.small[place])
    func compare(_ model: some FilmClassifier) {
      let reading = model.reading(films(2))
      #expect(
        distance(reading.logits, pass(model, films(2), fusing: true, frozen: true).logits) < 1e-5)
      // Each film by itself.
      let one = model.reading(Tensor(films(2).scalars[..<(64 * 64)], shape: [1, 64, 64, 1]))
      let first = Tensor(reading.logits.scalars[..<3], shape: [1, 3])
      #expect(distance(one.logits, first) < 1e-5)
      // Activation maps are exact.
      let maps = model.activationMaps(reading)
      let mean = Variable(maps).globalAveragePooled().value
      #expect(distance(mean, reading.logits) < 1e-5)
    }
    compare(model)
  }

  /// A network of three channels on a film: by repetition, and as it is computed.
  @Test(arguments: small.indices, ["same", "imagenet"])
  func threeChannelsAreFolded(place: Int, constants: String) throws {
    let model = try network(
      Self.small[place], ["input_channels": .integer(3), "input_constants": .text(constants)])
    let kernel = try #require(
      model.parameters.first { $0.parameter.value.shape.dimensions.prefix(3) == [7, 7, 3] }
    ).parameter.value
    let x = films(2)
    let conv = FilmConvolution(
      conv: Conv2D(unbiased: kernel, stride: 2),
      channels: try #require(FilmConvolution.Channels(rawValue: constants)))
    // ImageNet's: the film's share of white is x·0.226 + 0.449.
    let three = Tensor(
      x.scalars.flatMap { value -> [Float] in
        guard constants == "imagenet" else { return [value, value, value] }
        let grey = Double(value) * 0.226 + 0.449
        return [
          Float((grey - 0.485) / 0.229), Float((grey - 0.456) / 0.224),
          Float((grey - 0.406) / 0.225),
        ]
      }, shape: [2, 64, 64, 3])
    var pass = Pass.inference()
    let folded = conv(Variable(x), in: &pass).value
    let whole = Variable(three).convolved(
      kernel: Variable(kernel), stride: 2, padding: .explicit(before: 3, after: 3)
    ).value
    #expect(folded.shape == whole.shape && distance(folded, whole) < 1e-6)
    #expect(model.filmConstants == (constants == "imagenet" ? .imagenet : nil))

    // The kernel's gradient is that of three channels, too.
    let weight = Tensor(
      (0..<folded.shape.count).map { Float($0 % 7) - 3 }, shape: folded.shape)
    let (_, expected) = Variable.differentiate([kernel]) {
      Variable(three).convolved(kernel: $0[0], stride: 2, padding: .explicit(before: 3, after: 3))
        .multiplied(by: weight).sum()
    }
    let found = conv.gradients(random: random) { conv, pass in
      conv(Variable(x), in: &pass).multiplied(by: weight).sum()
    }
    let pair = try #require(expected[0].flatMap { e in found.tensors[0].map { ($0, e) } })
    #expect(distance(pair.0, pair.1) < 1e-5)
  }

  /// The mean of 2×2 and a 1×1 convolution without bias commute.
  @Test func transitionsPoolFirst() {
    let x = Variable(Tensor((0..<2 * 7 * 6 * 5).map { Float($0 % 11) - 5 }, shape: [2, 7, 6, 5]))
    let kernel = Variable(Tensor.heNormal([1, 1, 5, 3], random: random))
    let one = x.averagePooled(window: 2).convolved(kernel: kernel).value
    #expect(distance(one, x.convolved(kernel: kernel).averagePooled(window: 2).value) < 1e-6)
  }

  /// What is frozen has no gradient and is not renewed; the rest is as it would be.
  @Test func frozenParametersStay() throws {
    func check(_ model: some FilmClassifier) {
      let labels = Tensor(repeating: 1, shape: [2, 3])
      func gradients(_ isFrozen: (ParameterPath) -> Bool) -> Gradients {
        model.gradients(random: random, freezing: isFrozen) { model, pass in
          model(Variable(films(2)), in: &pass).binaryCrossEntropy(labels: labels)
        }
      }
      let found = gradients { !$0.description.hasPrefix("classifier") }
      let paths = model.parameters.map(\.path.description)
      #expect(found.statistics.isEmpty)
      for (path, gradient) in zip(paths, found.tensors) {
        #expect((gradient != nil) == path.hasPrefix("classifier"), "\(path)")
      }
      // Half of it: blocks before are constants, and their averages are used.
      func isFirstHalf(_ path: String) -> Bool {
        ["features/conv0", "features/norm0", "features/denseblock1"].contains {
          path.hasPrefix($0)
        }
      }
      let half = gradients { isFirstHalf($0.description) }
      for (slot, path) in paths.enumerated() {
        let isFrozen = isFirstHalf(path)
        if isFrozen {
          #expect(half.tensors[slot] == nil && half.statistics[slot] == nil, "\(path)")
        } else {
          #expect(half.tensors[slot] != nil || half.statistics[slot] != nil, "\(path)")
        }
      }
    }
    check(try network(Self.small[0]))
  }

  @Test func settingsAreRefusedByName() {
    func make(_ texts: [String: String], side: Int = 64) throws {
      _ = try Architectures.standard.make(
        Architectures.standard.architecture("densenet121", texts: texts), side: side, labels: 1,
        random: random)
    }
    #expect(throws: Never.self) { try make(["growth": "12", "blocks": "2-2-2-2"]) }
    #expect(throws: NetError.imageTooSmall(size: 63, smallest: 64)) { try make([:], side: 63) }
    for (key, value) in [
      ("input_channels", "2"), ("input_channels", "4"), ("blocks", "2--2"), ("blocks", "0"),
      ("growth", "0"), ("input_constants", "imagenet"), ("norm_variance", "none"),
    ] {
      #expect("\(key)=\(value)") { try make([key: value]) } throws: {
        "\($0)".contains("\(key)=\(value)")
      }
    }
  }

  /// torchvision's counts with 14 outputs and one channel.
  /// A setting that is given twice is not guessed.
  @Test func aSettingIsGivenOnce() throws {
    #expect(
      throws: NetError.invalidSetting(
        network: "densenet121", key: "growth", value: "3 and 4", allowed: "one value")
    ) {
      _ = try Architectures.standard.architecture(
        "densenet121", settings: ["growth=3", "growth=4"])
    }
  }

  @Test func countsAreThoseOfTheField() throws {
    let counts = try ["densenet121", "resnet18", "resnet50"].map { name in
      try Architectures.standard.make(
        Architecture(name), side: 64, labels: 14, random: random
      ).trainableParameterCount
    }
    // 1000 outputs and three channels: 7,978,856, 11,689,512 and 25,557,032.
    let changes = [1024, 512, 2048].map { -986 * ($0 + 1) - 2 * 49 * 64 }
    #expect(counts == zip([7_978_856, 11_689_512, 25_557_032], changes).map { $0 + $1 })
  }
}
