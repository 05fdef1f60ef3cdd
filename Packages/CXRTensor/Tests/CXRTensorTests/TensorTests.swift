import CXRTestSupport
import Testing

@testable import CXRTensor

@Suite(.serialized) struct TensorTests {
  @Test func bitsDoNotDependOnThreads() {
    let before = Parallel.threads
    defer { Parallel.threads = before }
    let x = Tensor.random([9, 40, 41, 3], seed: 1)
    let w = Tensor.random([5, 5, 3, 16], seed: 2)
    let b = Tensor.random([16], seed: 3)
    let (gamma, beta) = (Tensor.random([16], seed: 4), Tensor.random([16], seed: 5))
    func results() -> [Tensor] {
      let (value, gradients) = Variable.differentiate([x, w, b, gamma, beta]) {
        $0[0].convolved(kernel: $0[1], bias: $0[2]).relu().maxPooled(window: 2)
          .batchNormalized(scale: $0[3], shift: $0[4], epsilon: 1e-3).output
          .globalAveragePooled().sigmoid().mean()
      }
      return [value] + gradients.compactMap { $0 }
    }
    Parallel.threads = 1
    let expected = results()
    #expect(expected.count == 6)
    for threads in [2, 3, 7, 16] {
      Parallel.threads = threads
      for (a, b) in zip(results(), expected) { #expect(a.hasSameBits(as: b), "\(threads)") }
    }
  }

  @Test func everyBlockRunsOnce() {
    let before = Parallel.threads
    defer { Parallel.threads = before }
    Parallel.threads = 4
    var counts = [Int](repeating: 0, count: 1000)
    counts.withUnsafeMutableBufferPointer { counts in
      guard let base = counts.baseAddress else { return }
      Parallel.run(blocks: 1000) { base[$0] += 1 }
    }
    #expect(counts.allSatisfy { $0 == 1 })
    Parallel.run(blocks: 0) { _ in Issue.record("no block to run") }
  }

  @Test func changesInPlaceWhenNotShared() {
    var tensor = Tensor(repeating: 1, shape: [1000])
    func address(_ t: borrowing Tensor) -> Int {
      t.scalars.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
    }
    let before = address(tensor)
    tensor += Tensor(repeating: 2, shape: [1000])
    #expect(address(tensor) == before && tensor.scalars[999] == 3)
    let copy = tensor
    tensor.withMutableScalars { $0[0] = 9 }
    #expect(copy.scalars[0] == 3 && tensor.scalars[0] == 9)
  }

  @Test func tellsBitsApart() {
    let (zero, minus) = (Tensor([0], shape: [1]), Tensor([-0.0], shape: [1]))
    #expect(!zero.hasSameBits(as: minus))
    #expect(Tensor([.nan], shape: [1]).hasSameBits(as: Tensor([.nan], shape: [1])))
  }

  @Test func reluPassesNotANumber() throws {
    let y = Variable(Tensor([.nan, -1, 2], shape: [3])).relu().value.scalars
    try #require(y.count == 3)
    #expect(y[0].isNaN && y[1] == 0 && y[2] == 2)
  }

  @Test func dropoutKeepsTheMean() {
    let x = Variable(Tensor(repeating: 1, shape: [20_000]))
    let y = x.dropout(rate: 0.2, random: RandomStream(seed: 1)).value.scalars
    #expect(Set(y) == [0, 1.25])
    #expect(abs(y.reduce(0, +) / 20_000 - 1) < 0.02)
    #expect(x.dropout(rate: 1, random: RandomStream(seed: 1)).value.scalars.allSatisfy { $0 == 0 })
    #expect(x.dropout(rate: 0, random: RandomStream(seed: 1)).value.scalars == x.value.scalars)
  }

  @Test func matrixProductEqualsTheNaiveLoop() {
    let (a, b) = (Tensor.random([700, 33], seed: 1), Tensor.random([33, 17], seed: 2))
    let y = Variable(a).matrixProduct(Variable(b)).value
    #expect(relativeDistance(y.scalars, Naive.matrixProduct(a, b)) < 1e-6)
  }

  @Test func orthonormalColumnsAreOrthonormal() throws {
    let q = try #require(LAPACK.orthonormalColumns(of: Tensor.random([9, 4], seed: 1)))
    try #require(q.shape == [9, 4])
    for i in 0..<4 {
      for j in 0..<4 {
        let product = (0..<9).reduce(Float(0)) {
          $0 + q.scalars[$1 * 4 + i] * q.scalars[$1 * 4 + j]
        }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-5)
      }
    }
  }
}

@Suite struct RandomStreamTests {
  @Test func sameSeedSameNumbersAndOthersDiffer() {
    var (a, b, c) = (RandomStream(seed: 1), RandomStream(seed: 1), RandomStream(seed: 2))
    let first = (0..<8).map { _ in a.next() }
    #expect(first == (0..<8).map { _ in b.next() })
    #expect(first != (0..<8).map { _ in c.next() })
    // The numbers themselves: they must never change, or every saved run would.
    #expect(first.prefix(2) == [0xD81E2410204F4212, 0x4B7EEB9108CDA3B5])
  }

  @Test func childrenDoNotDependOnDraws() {
    var parent = RandomStream(seed: 5)
    let before = parent.child("a").child(3)
    _ = parent.next()
    #expect(parent.child("a").child(3) == before)
    #expect(parent.child("a") != parent.child("b"))
    #expect(parent.child(1) != parent.child(2))
  }

  @Test func manySeedsGiveManyStreams() {
    let first = Set(
      (0..<10_000).map { seed -> UInt64 in
        var stream = RandomStream(seed: UInt64(seed))
        return stream.next()
      })
    #expect(first.count == 10_000)
  }

  @Test func uniformNumbersFillTheirRange() {
    var stream = RandomStream(seed: 3)
    let values = (0..<100_000).map { _ in stream.uniform() }
    #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(values.reduce(0, +) / 100_000 - 0.5) < 0.005)
    let buckets = Dictionary(grouping: values) { Int($0 * 10) }.mapValues(\.count)
    #expect(buckets.values.allSatisfy { abs($0 - 10_000) < 500 })
  }
}
