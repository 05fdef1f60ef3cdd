import CXRParallel
import CXRTestSupport
import Testing

@testable import CXRTensor

/// Pooling with any window, stride and border against plain loops in Double.
@Suite(.serialized) struct PoolingTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let input: Shape
    let window: Int
    let stride: Int
    let padding: Padding
    var testDescription: String { "\(input) · \(window) /\(stride) \(padding)" }
  }

  /// Windows of 1 to 4, strides of 1 to 3, borders of 0 to 2 cells on either side, odd and even sizes, 1 to 130
  /// channels, which is more than are taken at once.
  static let cases: [Case] = {
    let shapes: [Shape] = [[2, 7, 5, 3], [3, 6, 9, 1], [1, 5, 8, 17], [2, 4, 4, 130]]
    var cases: [Case] = []
    for window in 1...4 {
      for stride in 1...3 {
        let borders = [(0, 0), (1, 1), (2, 2), (1, 0), (0, 1), (2, 1), (0, 2)].map {
          Padding.explicit(before: $0, after: $1)
        }
        for padding in [.valid, .same] + borders where padding.suits(window: window) {
          for input in shapes {
            cases.append(Case(input: input, window: window, stride: stride, padding: padding))
          }
        }
      }
    }
    cases.append(
      Case(
        input: [1, 19, 23, 2], window: 16, stride: 5, padding: .explicit(before: 8, after: 7)))
    cases.append(
      Case(input: [1, 1, 3, 2], window: 3, stride: 2, padding: .explicit(before: 1, after: 1)))
    cases.append(Case(input: [2, 1, 2, 2], window: 4, stride: 3, padding: .same))
    cases.append(
      Case(input: [0, 4, 4, 2], window: 3, stride: 1, padding: .explicit(before: 1, after: 1)))
    return cases
  }()

  /// Calls `body` with each output's place, those of its window's elements in row-major order, and how many cells
  /// the window has.
  private func forEachWindow(_ c: Case, _ body: (_ output: Int, _ elements: [Int]) -> Void)
    -> Shape
  {
    func starts(_ size: Int) -> [Int] {
      let before: Int
      let after: Int
      switch c.padding {
      case .valid: (before, after) = (0, 0)
      case .explicit(let b, let a): (before, after) = (b, a)
      case .same:
        let outputs = Int((Double(size) / Double(c.stride)).rounded(.up))
        let total = max(0, (outputs - 1) * c.stride + c.window - size)
        (before, after) = (total / 2, total - total / 2)
      }
      return Array(stride(from: -before, through: size + after - c.window, by: c.stride))
    }
    let s = c.input
    let (rows, columns) = (starts(s[1]), starts(s[2]))
    var output = 0
    for n in 0..<s[0] {
      for top in rows {
        for left in columns {
          for channel in 0..<s[3] {
            var elements: [Int] = []
            for y in top..<top + c.window where (0..<s[1]).contains(y) {
              for x in left..<left + c.window where (0..<s[2]).contains(x) {
                elements.append(((n * s[1] + y) * s[2] + x) * s[3] + channel)
              }
            }
            body(output, elements)
            output += 1
          }
        }
      }
    }
    return [s[0], rows.count, columns.count, s[3]]
  }

  /// Small whole numbers, below 0 alone, so that ties are many, sums exact, and a zero of the border would win.
  private func negatives(_ shape: Shape, seed: UInt64) -> Tensor {
    var random = RandomStream(seed: seed)
    return Tensor(
      (0..<shape.count).map { _ in -1 - Float(Int(random.uniform() * 4)) }, shape: shape)
  }

  @Test(arguments: cases) func theFirstLargestElementWins(_ c: Case) {
    let x = negatives(c.input, seed: 1)
    var (y, dy) = (Tensor(repeating: 0, shape: []), Tensor(repeating: 0, shape: []))
    let (_, gradients) = Variable.differentiate([x]) {
      let pooled = $0[0].maxPooled(window: c.window, stride: c.stride, padding: c.padding)
      y = pooled.value
      dy = negatives(pooled.shape, seed: 2)
      return pooled.multiplied(by: dy).sum()
    }
    var values: [Float] = []
    var slopes = [Float](repeating: 0, count: c.input.count)
    let shape = forEachWindow(c) { output, elements in
      var best = elements[0]
      for i in elements.dropFirst() where x.scalars[i] > x.scalars[best] { best = i }
      values.append(x.scalars[best])
      if output < dy.shape.count { slopes[best] += dy.scalars[output] }
    }
    #expect(y.shape == shape)
    #expect(y.scalars.elementsEqual(values))
    #expect(gradients[0]?.scalars.elementsEqual(slopes) == true)
  }

  @Test(arguments: cases, [false, true])
  func theMeanIsOfElementsOrOfCells(_ c: Case, countsPadding: Bool) {
    let x = Tensor.random(c.input, seed: 3)
    var (y, dy) = (Tensor(repeating: 0, shape: []), Tensor(repeating: 0, shape: []))
    let (_, gradients) = Variable.differentiate([x]) {
      let pooled = $0[0].averagePooled(
        window: c.window, stride: c.stride, padding: c.padding, countsPadding: countsPadding)
      y = pooled.value
      dy = Tensor.random(pooled.shape, seed: 4)
      return pooled.multiplied(by: dy).sum()
    }
    var values: [Double] = []
    var slopes = [Double](repeating: 0, count: c.input.count)
    let shape = forEachWindow(c) { output, elements in
      let divisor = Double(countsPadding ? c.window * c.window : elements.count)
      values.append(elements.reduce(0) { $0 + Double(x.scalars[$1]) } / divisor)
      guard output < dy.shape.count else { return }
      for i in elements { slopes[i] += Double(dy.scalars[output]) / divisor }
    }
    #expect(y.shape == shape)
    #expect(relativeDistance(y.scalars, values) < 1e-6)
    #expect(relativeDistance(gradients[0]?.scalars ?? [], slopes) < 1e-6)
  }

  /// Where nothing is larger than −∞, the first element still wins, not a cell of the border.
  @Test func minusInfinityBeatsTheBorder() {
    let x = Tensor(repeating: -.infinity, shape: [1, 4, 4, 1])
    let (value, gradients) = Variable.differentiate([x]) {
      $0[0].maxPooled(window: 3, stride: 2, padding: .explicit(before: 1, after: 1)).sum()
    }
    #expect(value.scalar == -.infinity)
    // Rows and columns −1…1 and 1…3: their first elements are 0 and 1.
    #expect(gradients[0]?.scalars == [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  }

  /// A NaN wins over everything, and a later one over it, whether windows overlap or not.
  @Test func notANumberWins() throws {
    let x = Tensor([9, .nan, 1, .nan, 9, 1, 1, 1, 1], shape: [1, 3, 3, 1])
    for (window, stride, padding, winner) in [
      (2, 2, Padding.valid, 3), (3, 1, .valid, 3), (3, 3, .explicit(before: 1, after: 1), 3),
    ] {
      var y = Tensor(repeating: 0, shape: [])
      let (_, gradients) = Variable.differentiate([x]) {
        let pooled = $0[0].maxPooled(window: window, stride: stride, padding: padding)
        y = pooled.value
        return pooled.sum()
      }
      try #require(y.shape.count == 1)
      #expect(y.scalars[0].isNaN)
      #expect(
        gradients[0]?.scalars.enumerated().allSatisfy { $1 == ($0 == winner ? 1 : 0) } == true)
    }
  }

  @Test func bitsDoNotDependOnThreads() {
    let before = Parallel.threads
    defer { Parallel.threads = before }
    let x = Tensor.random([9, 23, 21, 19], seed: 5)
    let w = Tensor.random([3, 3, 19, 8], seed: 6)
    let border = Padding.explicit(before: 1, after: 1)
    func results() -> [Tensor] {
      var values: [Tensor] = []
      let (_, gradients) = Variable.differentiate([x, w]) {
        let largest = $0[0].maxPooled(window: 3, stride: 2, padding: border)
        let mean = largest.averagePooled(window: 3, stride: 1, padding: border)
        let other = mean.averagePooled(window: 2, stride: 1, padding: .same, countsPadding: true)
        let y = other.convolved(kernel: $0[1], stride: 2, padding: border)
        values = [largest, mean, other, y].map(\.value)
        return y.multiplied(by: Tensor.random(y.shape, seed: 7)).sum()
      }
      return values + gradients.compactMap { $0 }
    }
    Parallel.threads = 1
    let expected = results()
    #expect(expected.count == 6)
    for threads in [2, 3, 7] {
      Parallel.threads = threads
      for (a, b) in zip(results(), expected) { #expect(a.hasSameBits(as: b), "\(threads)") }
    }
  }

  @Test func aWindowOfNothingButBorderTraps() async {
    await #expect(processExitsWith: .failure) {
      _ = Variable(Tensor(repeating: 0, shape: [1, 4, 4, 1]))
        .maxPooled(window: 3, stride: 1, padding: .explicit(before: 2, after: 1))
    }
    await #expect(processExitsWith: .failure) {
      _ = Variable(Tensor(repeating: 0, shape: [1, 4, 4, 1]))
        .averagePooled(window: 2, padding: .explicit(before: 0, after: 2))
    }
    await #expect(processExitsWith: .failure) {
      _ = Variable(Tensor(repeating: 0, shape: [1, 4, 4, 1])).maxPooled(window: 5)
    }
  }
}
