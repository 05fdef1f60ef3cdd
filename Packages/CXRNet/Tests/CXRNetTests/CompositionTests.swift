import CXRParallel
import CXRTensor
import Testing

@testable import CXRNet

/// Layers of networks that branch, and of those that other libraries trained.
@Suite struct CompositionTests {
  private let random = RandomStream(seed: 8)
  private let border = Padding.explicit(before: 1, after: 1)

  private func values(_ shape: Shape, seed: UInt64) -> Tensor {
    var random = RandomStream(seed: seed)
    return Tensor((0..<shape.count).map { _ in random.uniform(in: -1..<1) }, shape: shape)
  }

  private func body(
    from inputs: Int, to outputs: Int, stride: Int = 1, activation: Activation = .relu
  ) -> Sequential {
    Sequential([
      (
        "conv",
        Conv2D(
          from: inputs, to: outputs, kernel: 3, stride: stride, padding: border, hasBias: false,
          random: random.child("conv"))
      ),
      ("norm", BatchNorm(channels: outputs, momentum: 0.9, runningVariance: .unbiased)),
      (activation.rawValue, activation),
    ])
  }

  private func shortcut(from inputs: Int, to outputs: Int, stride: Int) -> Sequential {
    Sequential([
      (
        "conv",
        Conv2D(
          from: inputs, to: outputs, kernel: 1, stride: stride, hasBias: false,
          random: random.child("shortcut"))
      )
    ])
  }

  @Test func noCompositionForgetsAParameter() {
    func count(_ value: Any) -> Int {
      if value is Parameter { return 1 }
      return Mirror(reflecting: value).children.reduce(0) { $0 + count($1.value) }
    }
    let modules: [(any Module, [String])] = [
      (
        Residual(body: body(from: 2, to: 3), shortcut: shortcut(from: 2, to: 3, stride: 1)),
        [
          "body/conv/kernel", "body/norm/gamma", "body/norm/beta", "body/norm/moving_mean",
          "body/norm/moving_variance", "shortcut/conv/kernel",
        ]
      ),
      (
        DenselyConnected(body(from: 2, to: 3)),
        [
          "body/conv/kernel", "body/norm/gamma", "body/norm/beta", "body/norm/moving_mean",
          "body/norm/moving_variance",
        ]
      ),
      (Conv2D(from: 1, to: 2, kernel: 3, hasBias: false, random: random), ["kernel"]),
      (Conv2D(from: 1, to: 2, kernel: 3, random: random), ["kernel", "bias"]),
      (AveragePool(), []), (MaxPool(window: 3, stride: 2, padding: border), []),
    ]
    for (module, paths) in modules {
      #expect(module.parameters.map(\.path.description) == paths)
      #expect(count(module) == paths.count)
    }
  }

  /// What is changed through a path is what the pass computes with, in an optional part too.
  @Test func optionalPartsAreChangedInPlace() {
    var layer = Residual(body: Sequential([]), shortcut: shortcut(from: 1, to: 1, stride: 1))
    layer.forEachParameter(at: .root) { _, parameter in
      parameter.value = Tensor(repeating: 4, shape: parameter.value.shape)
    }
    var conv = Conv2D(from: 1, to: 1, kernel: 1, random: random)
    conv.forEachParameter(at: .root) { path, parameter in
      parameter.value = Tensor(
        repeating: path.description == "bias" ? 7 : 2, shape: parameter.value.shape)
    }
    var pass = Pass.inference()
    let x = Variable(Tensor(repeating: 3, shape: [1, 1, 1, 1]))
    #expect(layer(x, in: &pass).value.scalars == [15])
    #expect(conv(x, in: &pass).value.scalars == [13])
  }

  @Test(arguments: [Pass.Mode.training, .inference]) func aResidualIsTheSum(mode: Pass.Mode) throws
  {
    let x = Variable(values([2, 7, 6, 2], seed: 1))
    for (stride, kept) in [
      (1, nil), (1, shortcut(from: 2, to: 2, stride: 1)), (2, shortcut(from: 2, to: 2, stride: 2)),
    ] {
      let own = body(from: 2, to: 2, stride: stride)
      let layer = Residual(body: own, shortcut: kept)
      var pass = Pass(mode: mode, random: random, leaves: [])
      var single = Pass(mode: mode, random: random, leaves: [])
      let y = layer(x, in: &pass).value
      let difference = own(x, in: &single).value
      let other = kept?(x, in: &single).value ?? x.value
      #expect(try layer.outputShape(for: x.shape) == y.shape)
      #expect(y.shape == other.shape)
      #expect(
        y.scalars.elementsEqual(zip(difference.scalars, other.scalars).map { $0 + $1 }))
    }
  }

  @Test func denseConnectionsPutTheInputFirst() throws {
    let x = Variable(values([2, 5, 4, 2], seed: 2))
    let own = body(from: 2, to: 3)
    let layer = DenselyConnected(own)
    var pass = Pass.inference()
    let (y, added) = (layer(x, in: &pass).value, own(x, in: &pass).value)
    try #require(y.shape == [2, 5, 4, 5] && added.shape == [2, 5, 4, 3])
    #expect(try layer.outputShape(for: x.shape) == y.shape)
    for pixel in 0..<40 {
      let found = (0..<5).map { y.scalars[pixel * 5 + $0] }
      let expected =
        (0..<2).map { x.value.scalars[pixel * 2 + $0] }
        + (0..<3).map { added.scalars[pixel * 3 + $0] }
      #expect(found == expected)
    }
  }

  @Test func whatDoesNotMeetIsRefused() {
    let shape: Shape = [1, 7, 6, 2]
    #expect(throws: NetError.layerDoesNotFit(layer: "Residual", input: "\(shape)")) {
      try Residual(body: body(from: 2, to: 3)).outputShape(for: shape)
    }
    #expect(throws: NetError.layerDoesNotFit(layer: "Residual", input: "\(shape)")) {
      try Residual(
        body: body(from: 2, to: 3, stride: 2), shortcut: shortcut(from: 2, to: 3, stride: 1)
      ).outputShape(for: shape)
    }
    #expect(throws: NetError.layerDoesNotFit(layer: "DenselyConnected", input: "\(shape)")) {
      try DenselyConnected(body(from: 2, to: 3, stride: 2)).outputShape(for: shape)
    }
    #expect(throws: NetError.layerDoesNotFit(layer: "Conv2D 3×3", input: "[1, 7, 6, 3]")) {
      try DenselyConnected(body(from: 2, to: 3)).outputShape(for: [1, 7, 6, 3])
    }
    #expect(throws: NetError.layerDoesNotFit(layer: "AveragePool 3×3", input: "[1, 2, 6, 2]")) {
      try AveragePool(window: 3).outputShape(for: [1, 2, 6, 2])
    }
    #expect(throws: NetError.layerDoesNotFit(layer: "MaxPool 3×3 /2", input: "[1, 0, 6, 2]")) {
      try MaxPool(window: 3, stride: 2, padding: border).outputShape(for: [1, 0, 6, 2])
    }
  }

  @Test func poolingLayersHaveTheShapesOfTheirPass() throws {
    let x = Variable(values([2, 7, 6, 3], seed: 3))
    let layers: [any Layer] = [
      MaxPool(window: 3, stride: 2, padding: border), MaxPool(window: 2, stride: 1, padding: .same),
      MaxPool(window: 2, stride: 3), AveragePool(),
      AveragePool(window: 3, stride: 1, padding: border),
      AveragePool(window: 3, stride: 2, padding: border, countsPadding: true),
      Conv2D(
        from: 3, to: 2, kernel: 7, stride: 2, padding: .explicit(before: 3, after: 3),
        hasBias: false, random: random),
    ]
    for layer in layers {
      var pass = Pass.inference()
      #expect(try layer.outputShape(for: x.shape) == layer(x, in: &pass).shape, "\(layer.kind)")
    }
    var pass = Pass.inference()
    let ones = Variable(Tensor(repeating: 1, shape: [1, 2, 2, 1]))
    let counted = AveragePool(window: 3, stride: 3, padding: border, countsPadding: true)
    #expect(counted(ones, in: &pass).value.scalars == [4 / Float(9)])
    #expect(
      AveragePool(window: 3, stride: 3, padding: border)(ones, in: &pass).value.scalars == [1])
  }

  /// Only what the fused operation computes is replaced by it.
  @Test func onlyPlainBlocksAreFused() {
    func isFused(
      hasBias: Bool = true, pool: MaxPool = MaxPool(), stride: Int = 1, padding: Padding = .valid
    ) -> Bool {
      let layers: [any Layer] = [
        Conv2D(
          from: 1, to: 16, kernel: 7, stride: stride, padding: padding, hasBias: hasBias,
          random: random), Activation.relu, pool, BatchNorm(channels: 16),
      ]
      let x = Variable(Tensor(repeating: 0, shape: [1, 40, 40, 1]))
      return FusedBlock(layers, input: x, mode: .training) != nil
    }
    #expect(isFused() && isFused(padding: .explicit(before: 3, after: 3)))
    #expect(!isFused(hasBias: false) && !isFused(stride: 2))
    #expect(!isFused(pool: MaxPool(window: 2, stride: 1)))
    #expect(!isFused(pool: MaxPool(window: 2, padding: border)))
    #expect(!isFused(pool: MaxPool(window: 3, stride: 2)))
    #expect(!isFused(padding: .explicit(before: 7, after: 7)))
  }

  /// A batch's unbiased variance is taken in, whether the block is fused or not; the output is the same.
  @Test(arguments: [true, false]) func runningVarianceIsUnbiasedWhereAsked(fused: Bool) throws {
    let films = values([2, 13, 14, 1], seed: 4)
    func stack(_ kind: RunningVariance) -> Sequential {
      Sequential([
        ("conv", Conv2D(from: 1, to: 8, kernel: 7, random: random.child("conv"))),
        ("relu", Activation.relu), ("pool", MaxPool()),
        ("norm", BatchNorm(channels: 8, momentum: 0.75, runningVariance: kind)),
      ])
    }
    func step(_ stack: Sequential) throws -> (output: Tensor, mean: Tensor, variance: Tensor) {
      var output = Tensor(repeating: 0, shape: [])
      let gradients = stack.gradients(random: random) { stack, pass in
        var x = Variable(films)
        if fused {
          x = stack(x, in: &pass)
        } else {
          for (_, layer) in stack.layers { x = layer(x, in: &pass) }
        }
        output = x.value
        return x.sum()
      }
      let paths = stack.parameters.map(\.path.description)
      func statistic(_ name: String) throws -> Tensor {
        let slot = try #require(paths.firstIndex(of: name))
        return try #require(gradients.statistics[slot])
      }
      return (output, try statistic("norm/moving_mean"), try statistic("norm/moving_variance"))
    }
    #expect(
      FusedBlock(
        stack(.biased).layers[...].map(\.layer), input: Variable(films), mode: .training) != nil)
    let (biased, unbiased) = (try step(stack(.biased)), try step(stack(.unbiased)))
    #expect(biased.output.hasSameBits(as: unbiased.output))
    #expect(biased.mean.hasSameBits(as: unbiased.mean))
    // Two films of 3 × 4 pooled pixels.
    for (b, u) in zip(biased.variance.scalars, unbiased.variance.scalars) {
      let batch = (Double(b) - 0.75) / 0.25
      let expected = 0.75 + 0.25 * batch * 24 / 23
      #expect(abs(Double(u) - expected) < 1e-6)
      #expect(abs(expected - Double(b)) > 1e-4)
    }
  }

  @Test func oneValueHasNoUnbiasedVariance() async {
    await #expect(processExitsWith: .failure) {
      var pass = Pass(mode: .training, random: RandomStream(seed: 1), leaves: [])
      let norm = BatchNorm(channels: 2, runningVariance: .unbiased)
      _ = norm(Variable(Tensor(repeating: 1, shape: [1, 1, 1, 2])), in: &pass)
    }
    var pass = Pass(mode: .training, random: random, leaves: [])
    let norm = BatchNorm(channels: 2)
    let y = norm(Variable(Tensor(repeating: 1, shape: [1, 1, 1, 2])), in: &pass)
    #expect(y.value.scalars == [0, 0])
  }

  /// Gradients through both ways, behind a fused block whose normalised values neither way wants copied.
  @Test func gradientsAreThoseOfDifferences() throws {
    let net = Sequential([
      ("conv", Conv2D(from: 1, to: 4, kernel: 3, random: random.child("stem"))),
      ("relu", Activation.relu), ("pool", MaxPool()), ("norm", BatchNorm(channels: 4)),
      (
        "sum",
        Residual(
          body: body(from: 4, to: 5, stride: 2, activation: .sigmoid),
          shortcut: shortcut(from: 4, to: 5, stride: 2))
      ), ("dense", DenselyConnected(body(from: 5, to: 2, activation: .sigmoid))),
      ("mean", AveragePool(window: 3, stride: 1, padding: border)),
    ])
    let films = values([2, 16, 17, 1], seed: 5)
    let weights = values(try net.outputShape(for: films.shape), seed: 6)
    func loss(_ net: Sequential, _ pass: inout Pass) -> Variable {
      net(Variable(films), in: &pass).multiplied(by: weights).sum()
    }
    #expect(
      FusedBlock(net.layers[...].map(\.layer), input: Variable(films), mode: .training) != nil)
    let gradients = net.gradients(random: random, of: loss)
    let paths = net.parameters.map(\.path.description)
    // Of what comes after the last kink.
    let step: Float = 1e-2
    for (path, place) in [
      ("sum/body/conv/kernel", 7), ("sum/shortcut/conv/kernel", 3), ("dense/body/conv/kernel", 11),
      ("norm/gamma", 1), ("norm/beta", 2), ("sum/body/norm/gamma", 0),
    ] {
      let slot = try #require(paths.firstIndex(of: path))
      func at(_ h: Float) -> Float {
        var moved = net
        moved.forEachParameter(at: .root) { found, parameter in
          if found.description == path { parameter.value.withMutableScalars { $0[place] += h } }
        }
        return moved.gradients(random: random, of: loss).loss
      }
      let numeric = (at(step) - at(-step)) / (2 * step)
      let exact = try #require(gradients.tensors[slot]).scalars[place]
      #expect(abs(numeric - exact) < 0.02 * max(1, abs(exact)), "\(path): \(numeric), \(exact)")
    }
    // And of what comes before it, layer by layer, where nothing is fused.
    let single = net.gradients(random: random) { net, pass in
      var x = Variable(films)
      for (_, layer) in net.layers { x = layer(x, in: &pass) }
      return x.multiplied(by: weights).sum()
    }
    for (slot, path) in paths.enumerated() {
      guard
        let (a, b) = gradients.tensors[slot].flatMap({ a in single.tensors[slot].map { (a, $0) } })
      else { continue }
      // Normalisation takes out what a bias adds.
      guard path != "conv/bias" else { continue }
      let size = b.scalars.reduce(0) { $0 + Double($1) * Double($1) }
      let difference = zip(a.scalars, b.scalars).reduce(0) {
        $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
      }
      #expect(difference < 1e-8 * size, "\(path)")
    }
  }

  @Test func aSummaryGoesDownIntoCompositions() throws {
    let net = Sequential([
      ("stem", Conv2D(from: 1, to: 4, kernel: 3, padding: border, hasBias: false, random: random)),
      (
        "stage",
        Sequential([
          (
            "one",
            Residual(
              body: body(from: 4, to: 6, stride: 2), shortcut: shortcut(from: 4, to: 6, stride: 2))
          ), ("two", Residual(body: body(from: 6, to: 6))),
        ])
      ), ("dense", DenselyConnected(body(from: 6, to: 3))), ("pool", GlobalAveragePooling()),
    ])
    let lines = try net.summary(for: [1, 8, 10, 1]).split(separator: "\n").map(String.init)
    let expected = [
      "stem Conv2D 3×3 [1, 8, 10, 4] 36", "stage/one/body/conv Conv2D 3×3 /2 [1, 4, 5, 6] 216",
      "stage/one/body/norm BatchNorm [1, 4, 5, 6] 24", "stage/one/body/relu ReLU [1, 4, 5, 6] 0",
      "stage/one/shortcut/conv Conv2D 1×1 /2 [1, 4, 5, 6] 24", "stage/one Residual [1, 4, 5, 6] 0",
      "stage/two/body/conv Conv2D 3×3 [1, 4, 5, 6] 324",
      "stage/two/body/norm BatchNorm [1, 4, 5, 6] 24", "stage/two/body/relu ReLU [1, 4, 5, 6] 0",
      "stage/two Residual [1, 4, 5, 6] 0", "dense/body/conv Conv2D 3×3 [1, 4, 5, 3] 162",
      "dense/body/norm BatchNorm [1, 4, 5, 3] 12", "dense/body/relu ReLU [1, 4, 5, 3] 0",
      "dense DenselyConnected [1, 4, 5, 9] 0", "pool GlobalAveragePooling [1, 9] 0",
    ]
    try #require(lines.count == expected.count + 3)
    for (line, expected) in zip(lines.dropFirst(2), expected) {
      #expect(line.split(separator: " ").joined(separator: " ") == expected)
    }
    let rows = expected.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
    #expect(net.parameterCount == rows.reduce(0, +))
    #expect(lines.last?.hasPrefix("\(net.parameterCount) parameters") == true)
    #expect(throws: NetError.self) { try net.summary(for: [1, 8, 10, 2]) }
  }

  @Test func gridsGoThroughCompositions() {
    let same = Sequential([
      (
        "conv",
        Conv2D(
          from: 1, to: 2, kernel: 7, stride: 2, padding: .explicit(before: 3, after: 3),
          hasBias: false, random: random)
      ),
      ("pool", MaxPool(window: 3, stride: 2, padding: border)),
      ("sum", Residual(body: body(from: 2, to: 2))),
      (
        "down",
        Residual(
          body: body(from: 2, to: 3, stride: 2), shortcut: shortcut(from: 2, to: 3, stride: 2))
      ), ("dense", DenselyConnected(body(from: 3, to: 1))), ("mean", AveragePool()),
    ])
    // Borders keep cells on their pixels, and the last mean is of two of them.
    let grid = ReceptiveGrid(of: same.traced([1, 224, 224, 1]))
    #expect(grid?.first == 4 && grid?.step == 16)
    let apart = Sequential([
      (
        "sum",
        Residual(body: Sequential([("pool", MaxPool())]), shortcut: body(from: 1, to: 1, stride: 2))
      )
    ])
    // Pixels 0 and 1 of the one, -1 to 1 of the other.
    let joined = ReceptiveGrid(of: apart.traced([1, 8, 8, 1]))
    #expect(joined?.first == 0 && joined?.step == 2 && joined?.field == 3)
  }
}
