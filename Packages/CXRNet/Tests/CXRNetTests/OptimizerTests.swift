import CXRParallel
import CXRTensor
import Testing

@testable import CXRNet

@Suite struct OptimizerTests {
  private struct Weights: Module {
    var w: Parameter
    init(_ values: [Float]) { w = Parameter(Tensor(values, shape: [values.count]), role: .weight) }
    mutating func forEachParameter(
      at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
    ) { body(path / "w", &w) }
  }

  @Test func longGradientsAreShortened() throws {
    var random = RandomStream(seed: 3)
    let tensors = [37, 1, 500].map { count in
      Tensor((0..<count).map { _ in random.uniform(in: -2..<2) }, shape: [count])
    }
    let gradients = Gradients(
      loss: 1, tensors: [tensors[0], nil, tensors[1], tensors[2]], statistics: [:])
    let all = tensors.flatMap { $0.scalars.map(Double.init) }
    let norm = all.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(gradients.norm - norm) < 1e-12 * norm)
    let clipped = gradients.clipped(toNorm: 0.5)
    try #require(clipped.tensors.count == 4)
    #expect(abs(clipped.norm - 0.5) < 1e-6 && clipped.tensors[1] == nil)
    for (a, b) in zip(clipped.tensors.compactMap { $0 }.flatMap { $0.scalars }, all) {
      #expect(abs(Double(a) - b * 0.5 / norm) < 1e-6)
    }
    let untouched = gradients.clipped(toNorm: norm * 1.01)
    #expect(untouched.tensors.first??.hasSameBits(as: tensors[0]) == true)
    for bad in [Float.nan, .infinity] {
      let broken = Gradients(
        loss: 1, tensors: [tensors[0], Tensor([bad], shape: [1])], statistics: [:])
      #expect(!broken.norm.isFinite)
    }
  }

  @Test func twoAdamStepsByHand() {
    // With g = 2 and then −1: m = 0.2, 0.08; v = 0.004, 0.004996; α = lr·√(1 − 0.999ᵗ)/(1 − 0.9ᵗ).
    var weights = Weights([1])
    var adam = Adam(for: weights)
    func step(_ g: Float) {
      adam.update(
        &weights,
        with: Gradients(loss: 0, tensors: [Tensor([g], shape: [1])], statistics: [:]),
        learningRate: 0.1)
    }
    step(2)
    #expect(abs(weights.w.value.scalar - 0.9) < 1e-5)
    step(-1)
    let alpha = 0.1 * (1 - 0.999 * 0.999).squareRoot() / (1 - 0.81)
    #expect(
      abs(Double(weights.w.value.scalar) - (0.9 - alpha * 0.08 / 0.004996.squareRoot())) < 1e-5)
    #expect(adam.step == 2)
  }

  /// β₁ᵗ and β₂ᵗ are formed in `Float`, as Keras does: the first step is shorter by seven millionths than it would be,
  /// which is the learning rate less what ε takes, three millionths at this gradient.
  @Test func theFirstStepIsKeras() {
    var weights = Weights([0])
    var adam = Adam(for: weights)
    adam.update(
      &weights, with: Gradients(loss: 0, tensors: [Tensor([1], shape: [1])], statistics: [:]),
      learningRate: 1)
    let root = 0.001.squareRoot()
    let exact = root / (root + 1e-7)
    let less = exact + Double(weights.w.value.scalar)
    #expect(less > 6e-6 && less < 8e-6, "\(less)")
  }

  @Test func adamFindsTheBottomOfABowl() {
    var weights = Weights([3, -2])
    var adam = Adam(for: weights)
    for step in 0..<600 {
      let gradients = weights.gradients(random: RandomStream(seed: UInt64(step))) { model, pass in
        let w = pass[model.w].reshaped(to: [1, 2])
        let centred = w + Variable(Tensor([-1, -0.5], shape: [1, 2]))
        return centred.matrixProduct(centred.reshaped(to: [2, 1])).sum()
      }
      adam.update(&weights, with: gradients, learningRate: 0.05)
    }
    #expect(abs(weights.w.value.scalars[0] - 1) < 1e-2)
    #expect(abs(weights.w.value.scalars[1] - 0.5) < 1e-2)
  }

  @Test func weightsChangeInPlace() {
    var weights = Weights([Float](repeating: 1, count: 4096))
    var adam = Adam(for: weights)
    func address() -> Int {
      weights.w.value.scalars.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
    }
    let before = address()
    let gradient = Tensor(repeating: 1, shape: [4096])
    adam.update(
      &weights, with: Gradients(loss: 0, tensors: [gradient], statistics: [:]), learningRate: 1)
    #expect(address() == before)
  }

  @Test func theScheduleFallsByAFactorAnEpoch() {
    let schedule = ExponentialSchedule()
    #expect(schedule(epoch: 0) == 0.001)
    #expect(schedule(epoch: 1) == 0.00095)
    #expect(schedule(epoch: 3) == 0.000857375)
  }

  @Test func initialisersKeepTheirBounds() throws {
    let glorot = Tensor.glorotUniform([7, 7, 1, 16], random: RandomStream(seed: 1))
    #expect(glorot.scalars.allSatisfy { abs($0) <= 0.0848698 })
    #expect((glorot.scalars.max() ?? 0) > 0.08)
    for shape: Shape in [[6, 4], [4, 6], [3, 3, 2, 5]] {
      let q = Tensor.orthogonal(shape, random: RandomStream(seed: 2))
      try #require(q.shape == shape)
      let (rows, columns) = (shape.count / shape[-1], shape[-1])
      let byRows = rows <= columns
      let (count, length) = byRows ? (rows, columns) : (columns, rows)
      func element(_ i: Int, _ k: Int) -> Float {
        byRows ? q.scalars[i * columns + k] : q.scalars[k * columns + i]
      }
      for i in 0..<count {
        for j in 0..<count {
          let product = (0..<length).reduce(Float(0)) { $0 + element(i, $1) * element(j, $1) }
          #expect(abs(product - (i == j ? 1 : 0)) < 1e-5, "\(shape)")
        }
      }
    }
  }
}
