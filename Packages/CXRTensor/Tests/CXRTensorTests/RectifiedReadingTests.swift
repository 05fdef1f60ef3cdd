import CXRParallel
import CXRTestSupport
import Testing

@testable import CXRTensor

/// What convolutions read of a normalisation and a ReLU, and the end of a residual block, beside the plain operations that they
/// stand for.
@Suite struct RectifiedReadingTests {
  /// A convolution of `[5, H, W, C]`.
  struct Case: CustomTestStringConvertible, Sendable {
    let side: Int
    let channels: Int
    let kernel: Int
    let stride: Int
    let filters: Int

    var testDescription: String { "\(side)², \(channels) → \(filters), \(kernel)² by \(stride)" }
    var padding: Padding { .explicit(before: kernel / 2, after: kernel / 2) }
    var input: Shape { [5, side, side, channels] }
    var weights: Shape { [kernel, kernel, channels, filters] }
  }

  private static let cases = [
    Case(side: 6, channels: 19, kernel: 1, stride: 1, filters: 7),
    Case(side: 13, channels: 37, kernel: 3, stride: 1, filters: 9),
    Case(side: 9, channels: 6, kernel: 3, stride: 1, filters: 5),
    Case(side: 9, channels: 3, kernel: 3, stride: 1, filters: 5),
    Case(side: 8, channels: 17, kernel: 3, stride: 2, filters: 6),
    Case(side: 8, channels: 17, kernel: 1, stride: 2, filters: 6),
  ]

  private func expectEqual(
    _ one: (value: Tensor, gradients: [Tensor?]), _ other: (value: Tensor, gradients: [Tensor?]),
    _ what: String
  ) throws {
    #expect(relativeDistance(one.value.scalars, other.value.scalars) < 1e-5, "\(what)")
    for (place, pair) in zip(one.gradients, other.gradients).enumerated() {
      let distance = relativeDistance(
        try #require(pair.0).scalars, try #require(pair.1).scalars)
      #expect(distance < 2e-5, "\(what), variable \(place): \(distance)")
    }
  }

  @Test(arguments: cases, [1, 3]) func everyWayReadsAsIfItWereWritten(
    _ item: Case, threads: Int
  ) throws {
    let before = Parallel.threads
    Parallel.threads = threads
    defer { Parallel.threads = before }
    let shares = BatchShares(images: 5, count: 2)
    let c = item.channels
    let tensors = [
      Tensor.random(item.input, seed: 1), Tensor.random([c], seed: 2),
      Tensor.random([c], seed: 3), Tensor.random(item.weights, seed: 4),
      Tensor.random([item.filters], seed: 5),
    ]
    let plan = ConvolutionPlan(
      input: item.input, kernel: item.weights, stride: item.stride, padding: item.padding,
      shares: shares)
    for algorithm in plan.candidates.map(\.algorithm) {
      let plan = ConvolutionPlan(
        input: item.input, kernel: item.weights, stride: item.stride, padding: item.padding,
        shares: shares, algorithm: algorithm)
      let weights = Variable(Tensor.random(plan.output, seed: 6))
      let read = Variable.differentiate(tensors, shares: shares) { v in
        let x = v[0].batchNormalizedAndRectified(
          .batch, scale: v[1], shift: v[2], epsilon: 1e-3
        ).output
        return (x.convolved(plan, kernel: v[3], bias: v[4]) * weights).sum()
      }
      let written = Variable.differentiate(tensors, shares: shares) { v in
        let x = v[0].batchNormalized(scale: v[1], shift: v[2], epsilon: 1e-3).output.relu()
        return (x.convolved(plan, kernel: v[3], bias: v[4]) * weights).sum()
      }
      try expectEqual(read, written, "\(item.testDescription) by \(algorithm)")
      // Without a tape, by a kernel that is kept.
      func output(_ x: Variable) -> Tensor {
        x.convolved(plan, kernel: Variable(tensors[3]), bias: nil, cache: KernelCache()).value
      }
      let (x, scale, shift) = (
        Variable(tensors[0]), Variable(tensors[1]), Variable(tensors[2])
      )
      let one = output(
        x.batchNormalizedAndRectified(.batch, scale: scale, shift: shift, epsilon: 1e-3).output)
      let other = output(
        x.batchNormalized(scale: scale, shift: shift, epsilon: 1e-3).output.relu())
      #expect(relativeDistance(one.scalars, other.scalars) < 1e-5)
    }
  }

  /// One reads before, one after the values were written for another.
  @Test func severalReadOne() throws {
    let tensors = [
      Tensor.random([4, 7, 7, 11], seed: 1), Tensor.random([11], seed: 2),
      Tensor.random([11], seed: 3), Tensor.random([1, 1, 11, 8], seed: 4),
      Tensor.random([3, 3, 11, 8], seed: 5),
    ]
    func value(_ x: Variable, _ v: [Variable]) -> Variable {
      let first = x.convolved(kernel: v[3]).squared().sum()
      let pooled = x.averagePooled(window: 2).squared().sum()
      return first + pooled + x.convolved(kernel: v[4]).squared().sum()
    }
    let read = Variable.differentiate(tensors) { v in
      value(
        v[0].batchNormalizedAndRectified(.batch, scale: v[1], shift: v[2], epsilon: 1e-3).output, v)
    }
    let written = Variable.differentiate(tensors) { v in
      value(v[0].batchNormalized(scale: v[1], shift: v[2], epsilon: 1e-3).output.relu(), v)
    }
    try expectEqual(read, written, "several")
  }

  @Test(arguments: [1, 3], [false, true]) func aBlockEndsAsItsOperationsDo(
    threads: Int, isStored: Bool
  ) throws {
    let before = Parallel.threads
    Parallel.threads = threads
    defer { Parallel.threads = before }
    let shares = BatchShares(images: 5, count: 3)
    let tensors = [
      Tensor.random([5, 6, 4, 19], seed: 1), Tensor.random([5, 6, 4, 19], seed: 2),
      Tensor.random([19], seed: 3), Tensor.random([19], seed: 4),
    ]
    let weights = Variable(Tensor.random([5, 6, 4, 19], seed: 5))
    let mean = Tensor.random([19], seed: 6)
    let variance = Tensor(repeating: 0.7, shape: [19])
    let one = Variable.differentiate(tensors, shares: shares) { v in
      let found = v[0].batchNormalizedAndRectified(
        plus: v[1], isStored ? .stored(mean: mean, variance: variance) : .batch, scale: v[2],
        shift: v[3], epsilon: 1e-3)
      return (found.output * weights).sum()
    }
    let other = Variable.differentiate(tensors, shares: shares) { v in
      let normalized =
        isStored
        ? v[0].batchNormalized(
          mean: mean, variance: variance, scale: v[2], shift: v[3], epsilon: 1e-3)
        : v[0].batchNormalized(scale: v[2], shift: v[3], epsilon: 1e-3).output
      return ((normalized + v[1]).relu() * weights).sum()
    }
    try expectEqual(one, other, "sum")
  }
}
