@testable import CXRParallel
import Testing

@testable import CXRTensor

/// What is summed over images is summed over shares of the batch, and nothing else is cut by them.
@Suite(.serialized) struct ShareTests {
  /// A convolution of each algorithm.
  static let plans: [(name: String, input: Shape, kernel: Shape, stride: Int)] = [
    ("Fourier, several groups", [8, 40, 36, 16], [7, 7, 16, 16], 1),
    ("Fourier, one group", [8, 14, 14, 64], [3, 3, 64, 32], 1),
    ("direct or packed", [8, 40, 36, 1], [7, 7, 1, 16], 1),
    ("matrix", [8, 14, 14, 24], [1, 1, 24, 40], 1),
    ("patches", [8, 15, 15, 24], [3, 3, 24, 8], 2),
  ]

  private func bits(_ tensor: Tensor?) -> [UInt32] { (tensor?.scalars ?? []).map(\.bitPattern) }

  /// Output and gradients of a small network over `images` of `nominal` images, of whose gradients `weight` says how
  /// much each counts.
  private func pass(
    _ plan: (name: String, input: Shape, kernel: Shape, stride: Int), images: Int, shares: Int,
    threads: Int, weight: (Int) -> Float = { _ in 1 }
  ) -> [[UInt32]] {
    let before = Parallel.threads
    Parallel.threads = threads
    defer { Parallel.threads = before }
    let nominal = plan.input[0]
    let all = Tensor.random(plan.input, seed: 1)
    let each = plan.input.count / nominal
    let x = Tensor(
      all.scalars[..<(images * each)], shape: Shape([images] + plan.input.dimensions.dropFirst()))
    let w = Tensor.random(plan.kernel, seed: 2)
    let filters = plan.kernel[3]
    let leaves = [
      x, w, .random([filters], seed: 3), .random([filters], seed: 4), .random([filters], seed: 5),
    ]
    var output: [UInt32] = []
    let (value, gradients) = Variable.differentiate(
      leaves, shares: BatchShares(images: images, of: nominal, count: shares)
    ) { v in
      let y = v[0].convolved(kernel: v[1], bias: v[2], stride: plan.stride)
      output = bits(y.value)
      let size = y.shape.count / images
      let whole = Tensor.random(Shape([nominal] + y.shape.dimensions.dropFirst()), seed: 6)
      let s = Tensor(
        (0..<y.shape.count).map { whole.scalars[$0] * weight($0 / size) }, shape: y.shape)
      return (y * v[3] + v[4]).multiplied(by: s).sum()
    }
    return [output, bits(value)] + gradients.map(bits)
  }

  @Test(arguments: plans.indices) func bitsFollowFromTheNumberOfShares(place: Int) {
    let plan = Self.plans[place]
    for images in [8, 5] {
      for shares in [1, 2, 3, 4, 8, 64] {
        let one = pass(plan, images: images, shares: shares, threads: 1)
        for threads in [2, 3] {
          for isShared in [false, true] {
            Parallel.assuming(sharedCache: isShared) {
              #expect(
                pass(plan, images: images, shares: shares, threads: threads) == one,
                "\(plan.name), \(images) images, \(shares) shares, \(threads) threads")
            }
          }
        }
      }
    }
  }

  /// Images that come after change nothing of what the shares before them come to.
  @Test(arguments: plans.indices) func aShareDependsOnItsOwnImages(place: Int) {
    let plan = Self.plans[place]
    for (shares, images) in [(2, 4), (4, 2), (8, 1), (4, 6)] {
      let alone = pass(plan, images: images, shares: shares, threads: 2)
      // Shares after have no weight, so that they add zeros.
      let among = pass(plan, images: 8, shares: shares, threads: 2) { $0 < images ? 1 : 0 }
      let each = alone[0].count / images
      #expect(Array(among[0][..<(images * each)]) == alone[0], "\(plan.name): output")
      #expect(among[3] == alone[3], "\(plan.name), \(shares) shares: kernel gradient")
      #expect(among[4] == alone[4], "\(plan.name): bias gradient")
      #expect(among[5...] == alone[5...], "\(plan.name): gradients of what is broadcast")
    }
  }

  /// Outside of the frequency domain the tree can be added by hand.
  @Test(arguments: [3, 4]) func sumsAreThoseOfTheTree(place: Int) {
    let plan = Self.plans[place]
    func share(_ images: Range<Int>, of count: Int) -> [Float] {
      pass(plan, images: 8, shares: count, threads: 2) { images.contains($0) ? 1 : 0 }[3]
        .map { Float(bitPattern: $0) }
    }
    let parts = (0..<4).map { share($0 * 2..<$0 * 2 + 2, of: 4) }
    let tree = parts[0].indices.map {
      (parts[0][$0] + parts[1][$0]) + (parts[2][$0] + parts[3][$0])
    }
    #expect(share(0..<8, of: 4) == tree)
  }

  @Test func batchNormalisationMergesShares() {
    let x = Tensor.random([6, 5, 7, 3], seed: 1)
    func moments(_ count: Int) -> BatchMoments {
      x.moments(BatchShares(images: 6, count: count))
    }
    let whole = moments(1)
    for c in 0..<3 {
      let values = x.scalars.enumerated().filter { $0.offset % 3 == c }.map { Double($0.element) }
      let mean = values.reduce(0, +) / 210
      #expect(abs(whole.mean[c] - mean) < 1e-12)
      #expect(
        abs(whole.variance[c] - values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 210) < 1e-12)
    }
    for count in [2, 3, 4, 6, 64] {
      let shares = moments(count)
      #expect(shares.count == 210)
      for c in 0..<3 {
        #expect(abs(shares.mean[c] - whole.mean[c]) < 1e-12)
        #expect(abs(shares.variance[c] - whole.variance[c]) < 1e-12)
      }
    }
  }
}
