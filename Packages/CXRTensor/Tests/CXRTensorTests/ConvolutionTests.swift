import CXRTestSupport
import Testing

@testable import CXRTensor

/// Every algorithm against plain loops in Double, over a grid of shapes.
@Suite struct ConvolutionTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let input: Shape
    let kernel: Shape
    var stride = 1
    var padding = Padding.valid
    var testDescription: String { "\(input) · \(kernel) /\(stride) \(padding)" }
  }

  /// Odd and even sizes, 1, 3, 17 and 64 channels, kernels of 1 to 11, strides of 1 to 3, 1 and 5 films.
  static let cases: [Case] = {
    var cases: [Case] = []
    for (i, channels) in [1, 3, 17, 64].enumerated() {
      for kernel in 1...11 {
        for stride in 1...3 {
          let (r, s) = (kernel, kernel == 4 ? 5 : (kernel == 9 ? 2 : kernel))
          let small = channels == 64
          cases.append(
            Case(
              input: [(kernel + i) % 2 == 0 ? 5 : 1, small ? 12 : 15, small ? 13 : 18, channels],
              kernel: [r, s, channels, [3, 17, 6, 8][i]], stride: stride,
              padding: (kernel + stride) % 2 == 0 ? .valid : .same))
        }
      }
    }
    // Several tiles on both axes, tiles that hang over, both paddings, many channels.
    cases += [
      Case(input: [2, 47, 61, 17], kernel: [7, 7, 17, 9]),
      Case(input: [1, 61, 47, 5], kernel: [11, 5, 5, 20], padding: .same),
      Case(input: [1, 44, 90, 3], kernel: [3, 3, 3, 5], padding: .same),
      Case(input: [3, 24, 25, 64], kernel: [7, 7, 64, 40]),
      Case(input: [1, 41, 40, 1], kernel: [8, 9, 1, 40], padding: .same),
      Case(input: [9, 33, 35, 4], kernel: [6, 4, 4, 3]),
      // One channel and many filters, whose kernel's gradient has ways of its own.
      Case(input: [2, 40, 37, 1], kernel: [7, 7, 1, 16]),
      Case(input: [2, 23, 40, 1], kernel: [7, 7, 1, 20], padding: .same),
      Case(input: [1, 51, 30, 1], kernel: [5, 5, 1, 33]),
      Case(input: [2, 26, 21, 1], kernel: [4, 5, 1, 16], padding: .same),
      Case(input: [1, 21, 22, 1], kernel: [2, 3, 1, 16]),
      Case(input: [3, 24, 19, 1], kernel: [1, 7, 1, 17]),
    ]
    // Pixels that are rows of a matrix: depths beyond one part of a sum, columns that fill no panel, kernels that are cut
    // into parts, and every other pixel.
    cases += [
      Case(input: [2, 9, 11, 300], kernel: [1, 1, 300, 75]),
      Case(input: [3, 7, 7, 513], kernel: [1, 1, 513, 33]),
      Case(input: [5, 3, 5, 610], kernel: [1, 1, 610, 530]),
      Case(input: [40, 7, 5, 16], kernel: [1, 1, 16, 12]),
      Case(input: [1, 20, 20, 32], kernel: [1, 1, 32, 128]),
      Case(input: [3, 15, 13, 96], kernel: [1, 1, 96, 64], stride: 2),
      Case(input: [2, 9, 8, 290], kernel: [3, 3, 290, 20], stride: 2, padding: .same),
    ]
    // Given borders: as .same has them, less, all on one side, and wider than the kernel; a kernel larger than the
    // film; and cells around a kernel of one tap.
    for (i, channels) in [1, 3, 17].enumerated() {
      for (kernel, before, after) in [
        (1, 0, 0), (1, 1, 1), (2, 0, 1), (2, 3, 4), (3, 1, 1), (3, 2, 0), (3, 0, 2), (3, 2, 2),
        (5, 1, 2), (5, 0, 3), (7, 3, 3), (7, 6, 0), (7, 0, 6), (4, 1, 0),
      ] {
        for stride in 1...3 {
          cases.append(
            Case(
              input: [2, 11 + i, 14 - i, channels],
              kernel: [kernel, kernel, channels, [17, 6, 5][i]],
              stride: stride, padding: .explicit(before: before, after: after)))
        }
      }
    }
    cases += [
      Case(input: [1, 3, 4, 2], kernel: [5, 5, 2, 3], padding: .explicit(before: 1, after: 1)),
      Case(input: [1, 2, 1, 1], kernel: [3, 3, 1, 3], padding: .explicit(before: 4, after: 5)),
      Case(
        input: [2, 47, 61, 17], kernel: [7, 7, 17, 9], padding: .explicit(before: 6, after: 0)),
      Case(
        input: [2, 47, 61, 17], kernel: [7, 7, 17, 9], padding: .explicit(before: 0, after: 6)),
      Case(input: [1, 40, 61, 1], kernel: [7, 7, 1, 20], padding: .explicit(before: 5, after: 1)),
      Case(input: [1, 40, 61, 1], kernel: [5, 5, 1, 20], padding: .explicit(before: 0, after: 4)),
      Case(
        input: [3, 32, 33, 64], kernel: [3, 3, 64, 64], padding: .explicit(before: 1, after: 1)),
    ]
    return cases
  }()

  /// A border as .same has it is the same plan, at the same cost, with the same bits.
  @Test(arguments: [1, 3, 32]) func theSameBorderIsTheSamePlan(channels: Int) {
    let (input, kernel) = ([2, 28, 31, channels] as Shape, [3, 3, channels, 24] as Shape)
    let border = Padding.explicit(before: 1, after: 1)
    for pooled in [false, true] {
      let given = ConvolutionPlan(input: input, kernel: kernel, padding: border, pooled: pooled)
      let same = ConvolutionPlan(input: input, kernel: kernel, padding: .same, pooled: pooled)
      #expect(given.description == same.description)
    }
    let (x, w) = (Tensor.random(input, seed: 1), Tensor.random(kernel, seed: 2))
    func results(_ padding: Padding) -> [Tensor] {
      var value = Tensor(repeating: 0, shape: [])
      let (_, gradients) = Variable.differentiate([x, w]) {
        let y = $0[0].convolved(kernel: $0[1], padding: padding)
        value = y.value
        return (y * y).sum()
      }
      return [value] + gradients.compactMap { $0 }
    }
    let (given, same) = (results(border), results(.same))
    #expect(given.count == 3 && zip(given, same).allSatisfy { $0.hasSameBits(as: $1) })
  }

  /// Tiles and direct sums size their memory by borders that add no outputs.
  @Test(arguments: [1, 16]) func widerBordersAreAMatrixProducts(channels: Int) {
    func algorithms(_ before: Int, _ after: Int) -> [ConvolutionPlan.Algorithm] {
      ConvolutionPlan(
        input: [1, 30, 30, channels], kernel: [3, 3, channels, 16],
        padding: .explicit(before: before, after: after)
      ).candidates.map(\.algorithm)
    }
    #expect(algorithms(1, 1).count > 1 && algorithms(2, 0).count > 1 && algorithms(0, 0).count > 1)
    #expect(algorithms(2, 1) == [.matrixProduct] && algorithms(0, 30) == [.matrixProduct])
  }

  @Test func sizesOfOutputs() {
    let border = Padding.explicit(before: 3, after: 3)
    #expect(border.output(size: 224, kernel: 7, stride: 2) == (112, 3))
    #expect(
      Padding.explicit(before: 1, after: 1).output(size: 112, kernel: 3, stride: 2) == (56, 1))
    #expect(Padding.explicit(before: 2, after: 0).output(size: 5, kernel: 8, stride: 1) == (0, 2))
    #expect(Padding.explicit(before: 2, after: 1).output(size: 5, kernel: 8, stride: 3) == (1, 2))
    #expect(Padding.same.output(size: 5, kernel: 4, stride: 1) == (5, 1))
    #expect(Padding.valid.output(size: 5, kernel: 6, stride: 1) == (0, 0))
  }

  @Test(arguments: cases) func everyAlgorithmEqualsTheNaiveLoop(_ c: Case) {
    let x = Tensor.random(c.input, seed: 1)
    let w = Tensor.random(c.kernel, seed: 2)
    let b = Tensor.random([c.kernel[3]], seed: 3)
    let naive = Naive.Convolution(c.input, c.kernel, stride: c.stride, padding: c.padding)
    let expected = naive.output(x.doubles, kernel: w.doubles, bias: b.doubles)
    let s = Tensor.random(naive.output, seed: 4)
    let gradients = naive.gradients(x.doubles, kernel: w.doubles, s.doubles)

    let plan = ConvolutionPlan(
      input: c.input, kernel: c.kernel, stride: c.stride, padding: c.padding)
    #expect(plan.candidates.first?.algorithm == plan.algorithm)
    for candidate in plan.candidates {
      let plan = ConvolutionPlan(
        input: c.input, kernel: c.kernel, stride: c.stride, padding: c.padding,
        algorithm: candidate.algorithm)
      let y = Variable(x).convolved(plan, kernel: Variable(w), bias: Variable(b))
      #expect(relativeDistance(y.value.scalars, expected) < 1e-6, "\(candidate.algorithm)")
      let (_, found) = Variable.differentiate([x, w, b]) {
        $0[0].convolved(plan, kernel: $0[1], bias: $0[2]).multiplied(by: s).sum()
      }
      for (found, (name, expected)) in zip(
        found, [("input", gradients.x), ("kernel", gradients.w), ("bias", gradients.bias)])
      {
        #expect(
          relativeDistance(found?.scalars ?? [], expected) < 1e-5,
          "\(name), \(candidate.algorithm)")
      }
    }
  }

  /// Convolution, ReLU, pooling and normalisation as one operation, and as four.
  @Test(arguments: cases.filter { $0.stride == 1 })
  func theFusedBlockEqualsTheNaiveLoops(_ c: Case) {
    let naive = Naive.Convolution(c.input, c.kernel, stride: 1, padding: c.padding)
    guard naive.rows.size > 1, naive.columns.size > 1 else { return }
    let x = Tensor.random(c.input, seed: 1)
    let w = Tensor.random(c.kernel, seed: 2)
    let k = c.kernel[3]
    let b = Tensor.random([k], seed: 3)
    let gamma = Tensor.random([k], seed: 4)
    let beta = Tensor.random([k], seed: 5)
    let expected = Naive.PooledNormalization(
      naive.output(x.doubles, kernel: w.doubles, bias: b.doubles), naive.output,
      gamma: gamma.doubles, beta: beta.doubles, epsilon: 1e-3)
    let s = Tensor.random(expected.shape, seed: 6)
    let upper = expected.gradients(s.doubles)
    let lower = naive.gradients(x.doubles, kernel: w.doubles, upper.y)
    // Normalisation takes out what a bias, or a kernel of one tap, adds: their gradients all but vanish,
    // and are judged by the size of the terms that cancel in them.
    let terms = naive.gradients(
      x.doubles.map(abs), kernel: w.doubles.map(abs), upper.y.map(abs), wantsInput: false)

    let plan = ConvolutionPlan(
      input: c.input, kernel: c.kernel, padding: c.padding, pooled: true)
    for candidate in plan.candidates where candidate.algorithm != .matrixProduct {
      let plan = ConvolutionPlan(
        input: c.input, kernel: c.kernel, padding: c.padding, pooled: true,
        algorithm: candidate.algorithm)
      var output = Variable(x)
      var statistics: (mean: Tensor, variance: Tensor)?
      let (_, found) = Variable.differentiate([x, w, b, gamma, beta]) {
        let block = $0[0].convolutionBlock(
          plan, kernel: $0[1], bias: $0[2], scale: $0[3], shift: $0[4], epsilon: 1e-3)
        output = Variable(block.output.value)
        statistics = (block.mean, block.variance)
        return block.output.multiplied(by: s).sum()
      }
      let name = "\(candidate.algorithm)"
      #expect(relativeDistance(output.value.scalars, expected.output) < 2e-6, "\(name)")
      #expect(
        relativeDistance(statistics?.mean.scalars ?? [], expected.mean) < 1e-6, "\(name)")
      #expect(
        relativeDistance(statistics?.variance.scalars ?? [], expected.variance) < 1e-6,
        "\(name)")
      for (found, (part, expected, terms)) in zip(
        found,
        [
          ("input", lower.x, []), ("kernel", lower.w, terms.w), ("bias", lower.bias, terms.bias),
          ("scale", upper.gamma, []), ("shift", upper.beta, []),
        ])
      {
        let size = max(norm(expected), 0.02 * norm(terms))
        #expect(
          distance(found?.scalars ?? [], expected) < 1e-5 * size, "\(part), \(name)")
      }
    }
  }
}
