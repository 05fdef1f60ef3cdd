@testable import CXRParallel
import CConvolution
import CXRTestSupport
import Testing

@testable import CXRTensor

/// What the fused operation and the engine promise beyond the right numbers.
@Suite(.serialized) struct ConvolutionBlockTests {
  private let x = Tensor.random([6, 40, 40, 1], seed: 1)
  private let w1 = Tensor.random([7, 7, 1, 16], seed: 2)
  private let w2 = Tensor.random([7, 7, 16, 24], seed: 3)
  private let ones16 = Tensor(repeating: 1, shape: [16])
  private let ones24 = Tensor(repeating: 1, shape: [24])
  private let zeros16 = Tensor(repeating: 0, shape: [16])
  private let zeros24 = Tensor(repeating: 0, shape: [24])

  private var leaves: [Tensor] {
    [w1, zeros16, ones16, zeros16, w2, zeros24, ones24, zeros24, x]
  }

  private func twoBlocks(_ v: [Variable]) -> Variable {
    v[8].convolutionBlock(
      kernel: v[0], bias: v[1], scale: v[2], shift: v[3], epsilon: 1e-3
    ).output.convolutionBlock(
      kernel: v[4], bias: v[5], scale: v[6], shift: v[7], epsilon: 1e-3
    ).output
  }

  private func twoBlocksUnfused(_ v: [Variable]) -> Variable {
    v[8].convolved(kernel: v[0], bias: v[1]).relu().maxPooled(window: 2)
      .batchNormalized(scale: v[2], shift: v[3], epsilon: 1e-3).output
      .convolved(kernel: v[4], bias: v[5]).relu().maxPooled(window: 2)
      .batchNormalized(scale: v[6], shift: v[7], epsilon: 1e-3).output
  }

  /// The bits of value and gradients with so many threads.
  private func bits(threads: Int, _ function: ([Variable]) -> Variable) -> [[UInt32]] {
    let before = Parallel.threads
    Parallel.threads = threads
    defer { Parallel.threads = before }
    var output: [UInt32] = []
    let (_, gradients) = Variable.differentiate(leaves) {
      let y = function($0)
      output = y.value.scalars.map(\.bitPattern)
      return y.multiplied(by: .random(y.shape, seed: 9)).sum()
    }
    return [output] + gradients.map { ($0?.scalars ?? []).map(\.bitPattern) }
  }

  @Test func bitsDoNotDependOnThreads() {
    for function in [twoBlocks, twoBlocksUnfused] {
      let one = bits(threads: 1, function)
      for threads in [2, 3, 7, 64] {
        #expect(bits(threads: threads, function) == one, "\(threads) threads")
      }
    }
  }

  /// Images in several groups, two of them in one share and one in the other.
  @Test func bitsDoNotDependOnHowThreadsDivideTheWork() throws {
    let x = Tensor.random([5, 100, 90, 16], seed: 1)
    let w = Tensor.random([7, 7, 16, 16], seed: 2)
    let plan = ConvolutionPlan(input: x.shape, kernel: w.shape, pooled: true)
    let convolution = try #require(FourierConvolution(plan))
    #expect(convolution.groups > 2 && convolution.cut.units.count == 2)
    func bits(threads: Int, sharedCache: Bool) -> [[UInt32]] {
      let before = Parallel.threads
      Parallel.threads = threads
      defer { Parallel.threads = before }
      return Parallel.assuming(sharedCache: sharedCache) {
        var output: [UInt32] = []
        let leaves = [x, w, zeros16, ones16, zeros16]
        let (_, gradients) = Variable.differentiate(leaves) { v in
          // The factor makes the first block's input a result, whose gradient is wanted.
          let y = v[0].multiplied(by: Tensor(repeating: 0.5, shape: x.shape)).convolutionBlock(
            kernel: v[1], bias: v[2], scale: v[3], shift: v[4], epsilon: 1e-3
          ).output
          output = y.value.scalars.map(\.bitPattern)
          return y.multiplied(by: .random(y.shape, seed: 9)).sum()
        }
        return [output] + gradients.map { ($0?.scalars ?? []).map(\.bitPattern) }
      }
    }
    let one = bits(threads: 1, sharedCache: true)
    for threads in 1...5 {
      for sharedCache in [false, true] {
        #expect(
          bits(threads: threads, sharedCache: sharedCache) == one,
          "\(threads) threads, shared cache: \(sharedCache)")
      }
    }
    let naive = Naive.convolved(x, kernel: w, bias: zeros16, stride: 1, padding: .valid)
    let y = Parallel.assuming(sharedCache: false) {
      Variable(x).convolved(plan, kernel: Variable(w), bias: nil)
    }
    #expect(relativeDistance(y.value.scalars, naive) < 1e-6)
  }

  @Test(arguments: [false, true]) func sharesOfABatchAddUp(sharedCache: Bool) throws {
    let x = Tensor.random([5, 50, 46, 8], seed: 1)
    let w = Tensor.random([3, 3, 8, 8], seed: 2)
    let b = Tensor.random([8], seed: 3)
    let plan = ConvolutionPlan(
      input: x.shape, kernel: w.shape, algorithm: .fourier(tile: 16))
    let convolution = try #require(FourierConvolution(plan))
    #expect(convolution.groups > 2 && convolution.cut.units.count == 2)
    let naive = Naive.Convolution(x.shape, w.shape, stride: 1, padding: .valid)
    let s = Tensor.random(naive.output, seed: 4)
    let expected = naive.gradients(x.doubles, kernel: w.doubles, s.doubles)
    Parallel.assuming(sharedCache: sharedCache) {
      let (_, found) = Variable.differentiate([x, w, b]) {
        $0[0].convolved(plan, kernel: $0[1], bias: $0[2]).multiplied(by: s).sum()
      }
      for (found, expected) in zip(found, [expected.x, expected.w, expected.bias]) {
        #expect(relativeDistance(found?.scalars ?? [], expected) < 1e-5)
      }
    }
  }

  @Test func fusedEqualsUnfused() {
    func gradients(_ function: ([Variable]) -> Variable) -> [[Double]] {
      var output: [Double] = []
      let (_, gradients) = Variable.differentiate(leaves) {
        let y = function($0)
        output = y.value.doubles
        return y.multiplied(by: .random(y.shape, seed: 9)).sum()
      }
      return [output] + gradients.map { $0?.doubles ?? [] }
    }
    let (fused, single) = (gradients(twoBlocks), gradients(twoBlocksUnfused))
    // Biases before a normalisation have gradients that all but vanish; Double judges those elsewhere.
    for i in [0, 1, 3, 4, 5, 7, 8, 9] {
      #expect(
        relativeDistance(fused[i].map { Float($0) }, single[i]) < 2e-5, "result \(i)")
    }
  }

  /// A block whose output goes two ways gets both gradients, and no stale sums.
  @Test func anOutputUsedTwiceGetsBothGradients() {
    func gradient(_ uses: @escaping (Variable, [Variable]) -> Variable) -> [Tensor?] {
      Variable.differentiate(leaves) { v in
        let y = v[8].convolutionBlock(
          kernel: v[0], bias: v[1], scale: v[2], shift: v[3], epsilon: 1e-3
        ).output
        return uses(y, v)
      }.gradients
    }
    func next(_ y: Variable, _ v: [Variable]) -> Variable {
      y.convolutionBlock(
        kernel: v[4], bias: v[5], scale: v[6], shift: v[7], epsilon: 1e-3
      ).output
    }
    let first = Tensor.random([6, 17, 17, 16], seed: 20)
    let second = Tensor.random([6, 5, 5, 24], seed: 21)
    let a = gradient { y, _ in y.multiplied(by: first).sum() }
    let b = gradient { y, v in next(y, v).multiplied(by: second).sum() }
    let both = gradient { y, v in
      y.multiplied(by: first).sum() + next(y, v).multiplied(by: second).sum()
    }
    for i in [0, 2, 3, 8] {
      var sum = a[i] ?? Tensor(repeating: 0, shape: leaves[i].shape)
      if let other = b[i] { sum += other }
      #expect(relativeDistance(both[i]?.scalars ?? [], sum.doubles) < 1e-5, "leaf \(i)")
    }
  }

  @Test func aNaNIsNeverLost() {
    var bad = x
    bad.withMutableScalars { $0[20 * 40 + 20] = .nan }
    let y = Variable(bad).convolutionBlock(
      kernel: w1, bias: zeros16, factor: [Float](repeating: 1, count: 16),
      offset: [Float](repeating: 0, count: 16))
    #expect(y.value.scalars.contains { $0.isNaN })
    let wide = Variable(Tensor(repeating: .nan, shape: [1, 30, 30, 16])).convolutionBlock(
      kernel: w2, bias: zeros24, factor: [Float](repeating: 1, count: 24),
      offset: [Float](repeating: 0, count: 24))
    #expect(wide.value.scalars.allSatisfy { $0.isNaN })
  }

  @Test func predictionEqualsTrainingWithItsStatistics() {
    let cache = KernelCache()
    let input = Variable(x).convolved(kernel: Variable(w1))
    let trained = input.convolutionBlock(
      kernel: Variable(w2), bias: Variable(ones24), scale: Variable(ones24),
      shift: Variable(zeros24), epsilon: 1e-3)
    let factor = trained.variance.scalars.map { 1 / ($0 + 1e-3).squareRoot() }
    let offset = zip(trained.mean.scalars, factor).map { -$0 * $1 }
    for _ in 0..<2 {
      let predicted = input.convolutionBlock(
        kernel: w2, bias: ones24, factor: factor, offset: offset, cache: cache)
      #expect(relativeDistance(predicted.value.scalars, trained.output.value.doubles) < 2e-6)
    }
  }

  /// A kernel is prepared once, and anew when it has changed, also where it was changed in place.
  @Test func theCacheFollowsTheKernel() {
    let cache = KernelCache()
    let input = Variable(Tensor.random([2, 30, 30, 16], seed: 5))
    var kernel = w2
    func y(_ kernel: Tensor, _ cache: KernelCache?) -> Tensor {
      input.convolved(kernel: Variable(kernel), cache: cache).value
    }
    let first = y(kernel, cache)
    #expect(y(kernel, cache).hasSameBits(as: first))
    kernel.withMutableScalars { $0[0] += 1 }
    let changed = y(kernel, cache)
    #expect(!changed.hasSameBits(as: first))
    #expect(relativeDistance(changed.scalars, y(kernel, nil).doubles) < 1e-6)
    #expect(y(w2, cache).hasSameBits(as: first))
  }

  @Test func noLargeBufferIsMadeAfterTheFirstSteps() {
    for sharedCache in [true, false] {
      Parallel.assuming(sharedCache: sharedCache) {
        _ = bits(threads: 2, twoBlocks)
        _ = bits(threads: 2, twoBlocks)
        let made = cxr_made_buffers()
        for _ in 0..<5 { _ = bits(threads: 2, twoBlocks) }
        #expect(cxr_made_buffers() == made)
      }
    }
  }

  @Test func largeBatchesAndManyThreads() {
    let x = Tensor.random([130, 20, 19, 16], seed: 1)
    let w = Tensor.random([5, 5, 16, 16], seed: 2)
    let plan = ConvolutionPlan(input: x.shape, kernel: w.shape)
    let y = Variable(x).convolved(plan, kernel: Variable(w), bias: nil)
    let expected = Naive.convolved(x, kernel: w, bias: zeros16, stride: 1, padding: .valid)
    #expect(relativeDistance(y.value.scalars, expected) < 1e-6)
  }

  @Test func everyEngineIsOfItsLanes() {
    #expect(cxr_engine_default().pointee.lanes >= 8)
    #expect(cxr_engine_of_lanes(8).pointee.lanes == 8)
    #expect(["portable", "AVX2+FMA", "AVX-512"].contains(ConvolutionEngine.standard.name))
  }

  @Test func aPlanSaysWhy() {
    let plan = ConvolutionPlan(input: [32, 109, 109, 16], kernel: [7, 7, 16, 32], pooled: true)
    guard case .fourier = plan.algorithm else {
      Issue.record("7×7 on 16 channels is \(plan.algorithm)")
      return
    }
    #expect(plan.candidates.count > 3)
    #expect(
      zip(plan.candidates, plan.candidates.dropFirst()).allSatisfy {
        $0.estimatedCycles <= $1.estimatedCycles
      })
    #expect(plan.description.contains("matrix product") && plan.description.contains("tiles"))
    #expect(
      ConvolutionPlan(input: [1, 9, 9, 8], kernel: [1, 1, 8, 4]).algorithm == .matrixProduct)
  }
}
