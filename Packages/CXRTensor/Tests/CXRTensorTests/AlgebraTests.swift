import CXRParallel
import CXRTestSupport
import Testing

@testable import CXRTensor

/// Element-wise operations with broadcasting, and sums and maxima over axes, against loops over all indices in Double.
@Suite(.serialized) struct AlgebraTests {
  /// All indices of a shape, last axis fastest.
  private func indices(_ shape: Shape) -> [[Int]] {
    shape.dimensions.reduce([[]]) { indices, size in
      indices.flatMap { index in (0..<size).map { index + [$0] } }
    }
  }

  /// The element that a tensor shows at an index of a shape that it is broadcast to.
  private func element(_ tensor: Tensor, _ index: [Int]) -> Double {
    var place = 0
    for (size, i) in zip(tensor.shape.dimensions, index.suffix(tensor.shape.rank)) {
      place = place * size + (size == 1 ? 0 : i)
    }
    return Double(tensor.scalars[place])
  }

  private static let pairs: [(Shape, Shape, Shape)] = [
    ([3, 4], [3, 4], [3, 4]), ([2, 3, 4, 5], [5], [2, 3, 4, 5]),
    ([5], [2, 3, 4, 5], [2, 3, 4, 5]),
    ([2, 3, 4], [2, 3, 1], [2, 3, 4]), ([2, 1, 4], [1, 3, 1], [2, 3, 4]),
    ([2, 3, 4], [], [2, 3, 4]),
    ([1], [3], [3]), ([2, 3, 1, 5], [4, 1], [2, 3, 4, 5]), ([0, 3], [3], [0, 3]), ([], [], []),
    ([2, 1, 3, 1, 2], [4, 1, 5, 1], [2, 4, 3, 5, 2]), ([40_000, 2], [2], [40_000, 2]),
    ([2, 40_000], [2, 1], [2, 40_000]), ([300, 1], [1, 400], [300, 400]),
  ]

  @Test(arguments: pairs) func bothSidesAreBroadcast(left: Shape, right: Shape, shape: Shape) {
    let (a, b) = (Tensor.random(left, seed: 1), Tensor.random(right, seed: 2))
    let seed = Tensor.random(shape, seed: 3)
    let places = indices(shape)
    for (name, function, value, slopes) in [
      ("+", { $0 + $1 }, { $0 + $1 }, { _, _ in (1, 1) }),
      ("-", { $0 - $1 }, { $0 - $1 }, { _, _ in (1, -1) }),
      ("*", { $0 * $1 }, { $0 * $1 }, { ($1, $0) }),
      ("/", { $0 / $1 }, { $0 / $1 }, { (1 / $1, -$0 / ($1 * $1)) }),
      ("maximum", { .maximum($0, $1) }, { max($0, $1) }, { $0 >= $1 ? (1, 0) : (0, 1) }),
    ]
      as [(
        String, (Variable, Variable) -> Variable, (Double, Double) -> Double,
        (Double, Double) -> (Double, Double)
      )]
    {
      var output = Tensor(repeating: .nan, shape: [])
      let (_, gradients) = Variable.differentiate([a, b]) {
        let y = function($0[0], $0[1])
        output = y.value
        return y.multiplied(by: seed).sum()
      }
      #expect(output.shape == shape, "\(name)")
      let terms = places.map { (element(a, $0), element(b, $0)) }
      #expect(
        relativeDistance(output.scalars, terms.map { value($0.0, $0.1) }) < 1e-6, "\(name)")
      // What an element gave to many is the sum of what comes back from them.
      for (tensor, gradient, isLeft) in [(a, gradients[0], true), (b, gradients[1], false)] {
        var expected = [Double](repeating: 0, count: tensor.shape.count)
        for (i, index) in places.enumerated() {
          var place = 0
          for (size, k) in zip(tensor.shape.dimensions, index.suffix(tensor.shape.rank)) {
            place = place * size + (size == 1 ? 0 : k)
          }
          let slope = slopes(terms[i].0, terms[i].1)
          expected[place] += (isLeft ? slope.0 : slope.1) * Double(seed.scalars[i])
        }
        #expect(gradient?.shape == tensor.shape, "\(name)")
        #expect(relativeDistance(gradient?.scalars ?? [], expected) < 2e-6, "\(name)")
      }
    }
  }

  @Test(
    arguments: [[3], [2, 3, 4], [2, 3, 4, 5], [1, 3, 1, 2], [300, 500], [40_000, 3]] as [Shape])
  func axesAreReduced(shape: Shape) {
    let x = Tensor.random(shape, seed: 4)
    for chosen in 0..<(1 << shape.rank) {
      let axes = (0..<shape.rank).filter { chosen >> $0 & 1 == 1 }
      let kept = (0..<shape.rank).filter { !axes.contains($0) }
      var sums: [[Int]: Double] = [:]
      var largest: [[Int]: Double] = [:]
      for (i, index) in indices(shape).enumerated() {
        let key = kept.map { index[$0] }
        let element = Double(x.scalars[i])
        sums[key, default: 0] += element
        largest[key] = max(largest[key] ?? -.infinity, element)
      }
      let left = Shape(kept.map { shape[$0] })
      let keys = indices(left)
      let count = axes.reduce(1) { $0 * shape[$1] }
      let variable = Variable(x)
      for keepingAxes in [false, true] {
        let expected =
          keepingAxes
          ? Shape((0..<shape.rank).map { axes.contains($0) ? 1 : shape[$0] }) : left
        // The same axes, counted from the last and in another order.
        let named = axes.reversed().map { $0 - shape.rank }
        let results = [
          variable.sum(over: axes, keepingAxes: keepingAxes),
          variable.sum(over: named, keepingAxes: keepingAxes),
          variable.mean(over: axes, keepingAxes: keepingAxes),
          variable.maximum(over: axes, keepingAxes: keepingAxes),
        ]
        #expect(results.allSatisfy { $0.shape == expected }, "\(axes)")
        let naive = [
          keys.map { sums[$0] ?? 0 }, keys.map { sums[$0] ?? 0 },
          keys.map { (sums[$0] ?? 0) / Double(count) }, keys.map { largest[$0] ?? .nan },
        ]
        for (result, naive) in zip(results, naive) {
          #expect(relativeDistance(result.value.scalars, naive) < 1e-6, "\(axes)")
        }
      }
    }
  }

  /// Sums are taken in Double: a float alone would lose each of the small ones.
  @Test func smallTermsAreNotLost() {
    let x = Tensor([1e8] + [Float](repeating: 1, count: 1000), shape: [1, 1001])
    #expect(Variable(x).sum(over: [1]).value.scalars == [100_001_000])
    #expect(Variable(x.reshaped(to: [1001, 1])).sum(over: [0]).value.scalars == [100_001_000])
    let (_, gradients) = Variable.differentiate([Tensor([0], shape: [1])]) {
      ($0[0] + Variable(x)).multiplied(by: x).sum()
    }
    #expect(gradients[0]?.scalars == [100_001_000])
  }

  @Test func piecesAreCutOut() {
    let x = Tensor((0..<24).map(Float.init), shape: [2, 3, 4])
    let (value, gradients) = Variable.differentiate([x]) {
      let piece = $0[0].sliced(1..<3, axis: 1)
      #expect(piece.shape == [2, 2, 4])
      #expect(piece.value.scalars == [4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19, 20, 21, 22, 23])
      return piece.sliced(0..<1, axis: -1).sum()
    }
    #expect(value.scalar == 4 + 8 + 16 + 20)
    #expect(
      gradients[0]?.scalars.enumerated().filter { $1 != 0 }.map(\.offset) == [4, 8, 16, 20])
    #expect(Variable(x).sliced(2..<2, axis: 0 + 1).shape == [2, 0, 4])
    // Cut and joined again, it is what it was.
    let parts = [0..<1, 1..<2, 2..<4].map { Variable(x).sliced($0, axis: 2) }
    #expect(Variable.concatenated(parts, axis: 2).value.hasSameBits(as: x))
  }

  @Test func equalOnesAndBounds() {
    let (a, b) = (Tensor([1, 2, 2], shape: [3]), Tensor([2, 2, 1], shape: [3]))
    let (_, both) = Variable.differentiate([a, b]) { Variable.maximum($0[0], $0[1]).sum() }
    #expect(both[0]?.scalars == [0, 1, 1] && both[1]?.scalars == [1, 0, 0])
    let (_, shared) = Variable.differentiate([Tensor([3, 1, 3, 3], shape: [2, 2])]) {
      ($0[0].maximum(over: [0, 1]) * 6).sum()
    }
    #expect(shared[0]?.scalars == [2, 0, 2, 2])
    let (value, slopes) = Variable.differentiate([Tensor([-3, -1, 0, 2, 5], shape: [5])]) {
      $0[0].clamped(to: -1...2).sum()
    }
    #expect(value.scalar == -1 - 1 + 0 + 2 + 2)
    #expect(slopes[0]?.scalars == [0, 1, 1, 1, 0])
    let (_, none) = Variable.differentiate([Tensor([0, 2], shape: [2])]) {
      $0[0].raised(to: 0).sum()
    }
    #expect(none[0]?.scalars == [0, 0])
  }

  @Test func whatIsNoNumberStaysSo() {
    let x = Variable(Tensor([.nan, 1, 2, 3], shape: [2, 2]))
    let one = Variable(Tensor([1], shape: [1]))
    for y in [
      x + one, x * one, Variable.maximum(x, one), Variable.maximum(one, x), x.clamped(to: 0...1),
    ] { #expect(y.value.scalars.map(\.isNaN) == [true, false, false, false]) }
    #expect(x.maximum(over: [1]).value.scalars.map(\.isNaN) == [true, false])
    #expect(x.maximum(over: [0]).value.scalars.map(\.isNaN) == [true, false])
    #expect(x.softmax().value.scalars.map(\.isNaN) == [true, true, false, false])
    let y = Variable(Tensor([1, .nan, 5], shape: [3])).maximum(over: [0])
    #expect(y.value.scalar.isNaN)
  }

  @Test func softmaxDoesNotOverflow() {
    let x = Tensor([1000, 1000, -1000, -200, 0, 200], shape: [2, 3])
    let (_, gradients) = Variable.differentiate([x]) {
      let y = $0[0].softmax()
      #expect(y.value.scalars == [0.5, 0.5, 0, 0, 0, 1])
      return y.multiplied(by: Tensor([1, 0, 0, 0, 0, 1], shape: [2, 3])).sum()
    }
    #expect(gradients[0]?.scalars == [0.25, -0.25, 0, 0, 0, 0])
    // Along another axis, columns sum to one.
    let sums = Variable(Tensor.random([5, 7], seed: 6)).softmax(axis: 0).sum(over: [0])
    #expect(sums.value.scalars.allSatisfy { abs($0 - 1) < 1e-6 })
  }

  /// A mean squared error, and a step against its gradient, as people write them.
  @Test func aLossAndAStepAreOneLineEach() {
    var w = Tensor([1, -2], shape: [2])
    let (x, target) = (Tensor([1, 2, 3, 4], shape: [2, 2]), Tensor([0, 1], shape: [2]))
    let (value, gradients) = Variable.differentiate([w]) {
      let prediction = (Variable(x) * $0[0]).sum(over: [1])
      return (prediction - Variable(target)).squared().mean()
    }
    // Errors of -3 and -6.
    #expect(value.scalar == 22.5)
    #expect(gradients[0]?.scalars == [-21, -30])
    if let g = gradients[0] { w -= 0.1 * g }
    #expect(zip(w.scalars, [3.1, 1] as [Float]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect((2 - Variable(target)).value.scalars == [2, 1])
    #expect((2 / (Variable(target) + 1) - 1).value.scalars == [1, 0])
    #expect((-Variable(target) / 2).value.scalars == [0, -0.5])
  }

  @Test func bitsDoNotDependOnThreads() {
    let before = Parallel.threads
    defer { Parallel.threads = before }
    let leaves = [
      Tensor.random([40, 50, 60], seed: 1), Tensor.random([50, 1], seed: 2),
      Tensor.random([40, 1, 60], seed: 3),
    ]
    func results() -> [Tensor] {
      let (value, gradients) = Variable.differentiate(leaves) {
        let y = ($0[0] * $0[1] - $0[2].exp()).tanh().softmax(axis: 1)
        let joined = Variable.concatenated(
          [y.sliced(3..<20, axis: 1), y.maximum(over: [1], keepingAxes: true)], axis: 1)
        return joined.mean(over: [0, 2]).squared().sum()
      }
      return [value] + gradients.compactMap { $0 }
    }
    Parallel.threads = 1
    let expected = results()
    #expect(expected.count == 4)
    for threads in [2, 3, 7] {
      Parallel.threads = threads
      for (a, b) in zip(results(), expected) { #expect(a.hasSameBits(as: b), "\(threads)") }
    }
  }

  @Test func aTensorPrintsItsElements() {
    #expect(Tensor([1, 2, 3, 4], shape: [2, 2]).description == "[2, 2]: [[1.0, 2.0], [3.0, 4.0]]")
    #expect(Tensor([7], shape: []).description == "[]: 7.0")
    #expect(Tensor([], shape: [2, 0]).description == "[2, 0]: [[], []]")
    let long = Tensor((0..<300).map(Float.init), shape: [300]).description
    #expect(long.hasSuffix("98.0, 99.0, …]"))
  }
}
