import CXRParallel
import CXRTensor
import Testing

@testable import CXRNet

/// Layers of networks that branch, and of those that other libraries trained.
@Suite struct CompositionTests {
  let random = RandomStream(seed: 8)
  let border = Padding.explicit(before: 1, after: 1)

  func values(_ shape: Shape, seed: UInt64) -> Tensor {
    var random = RandomStream(seed: seed)
    return Tensor((0..<shape.count).map { _ in random.uniform(in: -1..<1) }, shape: shape)
  }

  func body(
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

  func shortcut(from inputs: Int, to outputs: Int, stride: Int) -> Sequential {
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
}
