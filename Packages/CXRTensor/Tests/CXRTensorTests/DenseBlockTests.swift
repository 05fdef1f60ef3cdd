import CXRParallel
import CXRTestSupport
import Testing

@testable import CXRTensor

/// A dense block beside the operations that it is made of, with more channels than one part of a product or of a kernel's
/// gradient holds.
@Suite struct DenseBlockTests {
  private static func values(_ shape: Shape, seed: UInt64, around centre: Float = 0) -> Tensor {
    var random = RandomStream(seed: seed)
    return Tensor((0..<shape.count).map { _ in centre + random.uniform(in: -1..<1) }, shape: shape)
  }

  /// Of each layer in turn: two normalisations and two kernels.
  private static func parameters(_ inputs: Int, _ middle: Int, _ added: Int, seed: UInt64)
    -> [Tensor]
  {
    [
      values([inputs], seed: seed, around: 1.5), values([inputs], seed: seed + 1),
      values([1, 1, inputs, middle], seed: seed + 2), values([middle], seed: seed + 3, around: 1.5),
      values([middle], seed: seed + 4), values([3, 3, middle, added], seed: seed + 5),
    ]
  }

  @Test(arguments: [1, 2, 3], [2, 3]) func itIsItsOperations(threads: Int, shares: Int) throws {
    let before = Parallel.threads
    Parallel.threads = threads
    defer { Parallel.threads = before }
    let (inputs, middle, added, epsilon) = (310, 37, 5, Float(1e-3))
    let x = Self.values([5, 4, 3, inputs], seed: 1)
    let tensors =
      [x] + Self.parameters(inputs, middle, added, seed: 2)
      + Self.parameters(inputs + added, middle, added, seed: 20)
    let weights = Self.values([5, 4, 3, inputs + 2 * added], seed: 50)
    let batch = BatchShares(images: 5, count: shares)
    func layer(_ v: ArraySlice<Variable>) -> DenseBlockLayer {
      let v = Array(v)
      return DenseBlockLayer(
        scale1: v[0], shift1: v[1], statistics1: .batch, kernel1: v[2], scale2: v[3], shift2: v[4],
        statistics2: .batch, kernel2: v[5])
    }
    let block = Variable.differentiate(tensors, shares: batch) { v in
      let output = v[0].denseBlock([layer(v[1...6]), layer(v[7...12])], epsilon: epsilon).output
      return (output * Variable(weights)).sum()
    }
    let single = Variable.differentiate(tensors, shares: batch) { v in
      var x = v[0]
      for first in [1, 7] {
        let one = x.batchNormalized(scale: v[first], shift: v[first + 1], epsilon: epsilon)
          .output.relu().convolved(kernel: v[first + 2])
        let two = one.batchNormalized(scale: v[first + 3], shift: v[first + 4], epsilon: epsilon)
          .output.relu().convolved(kernel: v[first + 5], padding: .same)
        x = .concatenated([x, two], axis: 3)
      }
      return (x * Variable(weights)).sum()
    }
    #expect(relativeDistance(block.value.scalars, single.value.scalars) < 1e-5)
    for (place, pair) in zip(block.gradients, single.gradients).enumerated() {
      let distance = relativeDistance(
        try #require(pair.0).scalars, try #require(pair.1).scalars)
      #expect(distance < 1e-5, "variable \(place): \(distance)")
    }
  }
}
