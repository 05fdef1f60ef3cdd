import CXRParallel
import CConvolution
import CXRTestSupport
import Testing

@testable import CXRTensor

/// Which of equal pixels a pooling takes decides where the gradient goes: the first in row-major order, whatever
/// way is taken. All numbers here are small and whole, so that ties are exact.
@Suite struct PoolingTieTests {
  /// Whole numbers from −`most` to `most`.
  private func whole(_ shape: Shape, most: Int, seed: UInt64) -> Tensor {
    var random = RandomStream(seed: seed)
    return Tensor(
      (0..<shape.count).map { _ in
        Float(Int(random.uniform() * Float(2 * most + 1)) - most)
      }, shape: shape)
  }

  /// The windows of `[N, H, W, C]` and the offsets of their pixels in row-major order.
  private func forEachWindow(
    of shape: Shape, window: Int, _ body: (_ output: Int, _ pixels: [Int]) -> Void
  ) {
    let (rows, columns, channels) = (shape[1] / window, shape[2] / window, shape[3])
    for n in 0..<shape[0] {
      for y in 0..<rows {
        for x in 0..<columns {
          for c in 0..<channels {
            let pixels = (0..<window * window).map { i in
              let (row, column) = (y * window + i / window, x * window + i % window)
              return ((n * shape[1] + row) * shape[2] + column) * channels + c
            }
            body(((n * rows + y) * columns + x) * channels + c, pixels)
          }
        }
      }
    }
  }

  /// Values with many ties, windows of nothing but one value, zeros of both signs.
  private func ties(_ shape: Shape, seed: UInt64) -> Tensor {
    var x = whole(shape, most: 2, seed: seed)
    var signs = RandomStream(seed: seed + 1)
    x.withMutableScalars { x in
      for i in 0..<shape.count {
        // The first image of equal pixels, the next of zeros.
        if shape[0] > 2, i < shape.count / shape[0] { x[i] = 3 }
        if shape[0] > 2, i / (shape.count / shape[0]) == 1 { x[i] = 0 }
        if x[i] == 0, signs.uniform() < 0.5 { x[i] = -0.0 }
      }
    }
    return x
  }

  @Test(
    arguments: [[3, 8, 6, 5], [3, 9, 7, 16], [4, 7, 10, 33], [1, 3, 3, 12], [3, 11, 13, 3]]
      as [Shape], [2, 3])
  func thePlainPoolingTakesTheFirst(shape: Shape, window: Int) {
    let x = ties(shape, seed: 1)
    var dy = Tensor(repeating: 0, shape: [])
    var y = dy
    let (_, gradients) = Variable.differentiate([x]) {
      let pooled = $0[0].maxPooled(window: window)
      y = pooled.value
      dy = whole(pooled.shape, most: 4, seed: 3)
      return pooled.multiplied(by: dy).sum()
    }
    var value = [UInt32](repeating: 0, count: y.shape.count)
    var gradient = [Float](repeating: 0, count: shape.count)
    var tied = 0
    forEachWindow(of: shape, window: window) { output, pixels in
      var best = pixels[0]
      for i in pixels.dropFirst() where x.scalars[i] > x.scalars[best] { best = i }
      tied += pixels.count { x.scalars[$0] == x.scalars[best] } > 1 ? 1 : 0
      value[output] = x.scalars[best].bitPattern
      gradient[best] += dy.scalars[output]
    }
    #expect(tied > 0)
    // Bits: of zeros of both signs it is the first one's.
    #expect(y.scalars.map(\.bitPattern) == value)
    #expect(gradients[0]?.scalars.elementsEqual(gradient) == true)
  }

  /// A block's input, kernel and bias, with padding.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let input: Shape
    let kernel: Shape
    var padding = Padding.valid
    var x: Float? = nil
    var w: Float? = nil
    var testDescription: String { "\(name): \(input) · \(kernel)" }
  }

  static let cases = [
    // Kernels of one row are computed directly without rounding: windows of which some pixels are equal.
    Case(name: "some equal", input: [2, 9, 11, 1], kernel: [1, 1, 1, 5]),
    Case(name: "some equal", input: [2, 10, 12, 1], kernel: [1, 3, 1, 17]),
    Case(name: "some equal", input: [1, 8, 37, 1], kernel: [1, 5, 1, 16], padding: .same),
    Case(name: "some equal", input: [2, 7, 9, 1], kernel: [1, 7, 1, 33], padding: .same),
    Case(name: "some equal", input: [3, 6, 8, 3], kernel: [1, 2, 3, 4]),
    // A kernel of zeros: all pixels of all windows are the bias, and the kernel's gradient tells who won.
    Case(name: "kernel of zeros", input: [2, 21, 24, 1], kernel: [7, 7, 1, 16], w: 0),
    Case(name: "kernel of zeros", input: [2, 18, 19, 1], kernel: [5, 5, 1, 33], w: 0),
    Case(name: "kernel of zeros", input: [1, 20, 23, 16], kernel: [7, 7, 16, 24], w: 0),
    Case(
      name: "kernel of zeros", input: [3, 13, 12, 3], kernel: [4, 6, 3, 5], padding: .same, w: 0),
    // An input of zeros: the input's gradient does.
    Case(name: "input of zeros", input: [2, 21, 24, 1], kernel: [7, 7, 1, 16], x: 0),
    Case(name: "input of zeros", input: [1, 20, 23, 16], kernel: [7, 7, 16, 24], x: 0),
    Case(
      name: "input of zeros", input: [2, 11, 13, 8], kernel: [3, 3, 8, 40], padding: .same, x: 0),
    Case(name: "input of zeros", input: [2, 12, 15, 3], kernel: [2, 3, 3, 5], x: -0.0),
  ]

  @Test(arguments: cases) func everyFusedBlockTakesTheFirst(_ c: Case) {
    let k = c.kernel[3]
    let x = c.x.map { Tensor(repeating: $0, shape: c.input) } ?? whole(c.input, most: 1, seed: 1)
    let w = c.w.map { Tensor(repeating: $0, shape: c.kernel) } ?? whole(c.kernel, most: 1, seed: 2)
    // Positive, so that zeros before it have a gradient; above some windows' least, so that ReLU cuts others.
    let b = Tensor((0..<k).map { Float($0 % 3 + 1) }, shape: [k])
    let gamma = Tensor((0..<k).map { Float($0 % 2 + 1) }, shape: [k])
    let beta = Tensor((0..<k).map { Float($0 % 3 + 2) }, shape: [k])
    let naive = Naive.Convolution(c.input, c.kernel, stride: 1, padding: c.padding)
    let dense = naive.output(x.doubles, kernel: w.doubles, bias: b.doubles)
    let expected = Naive.PooledNormalization(
      dense, naive.output, gamma: gamma.doubles, beta: beta.doubles, epsilon: 1e-3)
    let s = Tensor.random(expected.shape, seed: 6)
    let upper = expected.gradients(s.doubles)
    let lower = naive.gradients(x.doubles, kernel: w.doubles, upper.y)
    let judges = [("input", lower.x), ("kernel", lower.w), ("bias", lower.bias)]
    var tied = 0
    forEachWindow(of: naive.output, window: 2) { _, pixels in
      let most = pixels.reduce(-Double.infinity) { max($0, dense[$1]) }
      tied += most > 0 && pixels.count { dense[$0] == most } > 1 ? 1 : 0
    }
    #expect(tied * 4 > expected.shape.count)

    func check(_ name: String, _ block: ([Variable]) -> Variable) {
      var output: [Float] = []
      let (_, found) = Variable.differentiate([x, w, b, gamma, beta]) {
        let y = block($0)
        output = y.value.scalars.map { $0 }
        return y.multiplied(by: s).sum()
      }
      #expect(distance(output, expected.output) <= 1e-5 * norm(expected.output), "\(name)")
      for (found, (part, expected)) in zip(found, judges) {
        // What normalisation takes out all but vanishes, and is judged by what it is made of.
        let size = max(norm(expected), norm(upper.y))
        #expect(distance(found?.scalars ?? [], expected) < 1e-5 * size, "\(part), \(name)")
      }
    }
    check("unfused") {
      $0[0].convolved(kernel: $0[1], bias: $0[2], padding: c.padding).relu().maxPooled(window: 2)
        .batchNormalized(scale: $0[3], shift: $0[4], epsilon: 1e-3).output
    }
    let isWhole = c.x == nil && c.w == nil
    let candidates = ConvolutionPlan(
      input: c.input, kernel: c.kernel, padding: c.padding, pooled: true
    ).candidates.map(\.algorithm).filter { $0 != .matrixProduct && (!isWhole || $0 == .direct) }
    #expect(!candidates.isEmpty)
    for algorithm in candidates {
      let plan = ConvolutionPlan(
        input: c.input, kernel: c.kernel, padding: c.padding, pooled: true, algorithm: algorithm)
      check("\(algorithm)") {
        $0[0].convolutionBlock(
          plan, kernel: $0[1], bias: $0[2], scale: $0[3], shift: $0[4], epsilon: 1e-3
        ).output
      }
    }
  }
}
