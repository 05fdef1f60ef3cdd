import CXRParallel
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
