import Testing

@testable import CXRTensor

@Suite struct ConvolutionTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let batch: Int, height: Int, width: Int, inputs: Int, outputs: Int
    let kernel: (Int, Int), stride: Int, padding: Padding
    var testDescription: String {
      "\(batch)×\(height)×\(width)×\(inputs) → \(outputs), \(kernel) /\(stride) \(padding)"
    }
  }

  static let cases: [Case] = [1, 3, 17].flatMap { channels in
    [(1, 1), (3, 3), (7, 7), (4, 5), (11, 2)].flatMap { kernel in
      [1, 2, 3].flatMap { stride in
        [Padding.valid, .same].map { padding in
          Case(
            batch: channels == 3 ? 5 : 1, height: 13, width: 12, inputs: channels, outputs: 6,
            kernel: kernel, stride: stride, padding: padding)
        }
      }
    }
  }

  @Test(arguments: cases) func equalsTheNaiveLoop(_ c: Case) {
    let x = Tensor.random([c.batch, c.height, c.width, c.inputs], seed: 1)
    let w = Tensor.random([c.kernel.0, c.kernel.1, c.inputs, c.outputs], seed: 2)
    let b = Tensor.random([c.outputs], seed: 3)
    let expected = Naive.convolved(x, kernel: w, bias: b, stride: c.stride, padding: c.padding)
    let y = Variable(x).convolved(
      kernel: Variable(w), bias: Variable(b), stride: c.stride, padding: c.padding)
    #expect(relativeDistance(y.value.scalars, expected) < 1e-6)

    // The gradients of ⟨y, s⟩ are linear maps: check them by ⟨dy, A·v⟩ = ⟨Aᵀ·dy, v⟩ in Double.
    let s = Tensor.random(y.shape, seed: 4)
    let (_, gradients) = Variable.differentiate([x, w, b]) {
      $0[0].convolved(kernel: $0[1], bias: $0[2], stride: c.stride, padding: c.padding)
        .multiplied(by: s).sum()
    }
    func inner(_ a: [Float], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + Double($1.0) * $1.1 }
    }
    let zero = Tensor(repeating: 0, shape: [c.outputs])
    for (i, direction) in [x.shape, w.shape, b.shape].enumerated() {
      let v = Tensor.random(direction, seed: UInt64(10 + i))
      let image: [Double] =
        switch i {
        case 0: Naive.convolved(v, kernel: w, bias: zero, stride: c.stride, padding: c.padding)
        case 1: Naive.convolved(x, kernel: v, bias: zero, stride: c.stride, padding: c.padding)
        default: (0..<y.shape.count).map { Double(v.scalars[$0 % c.outputs]) }
        }
      let left = inner(s.scalars, image)
      let right = gradients[i].map { inner($0.scalars, v.scalars.map(Double.init)) } ?? .infinity
      let scale = image.reduce(0) { $0 + abs($1) }
      #expect(abs(left - right) < 2e-6 * scale, "gradient \(i)")
    }
  }

  /// More images than partial sums, and images of several blocks: every share must be added.
  @Test(arguments: [[40, 9, 8, 2], [1, 60, 90, 8]] as [Shape])
  func kernelGradientSumsOverImagesAndBlocks(_ shape: Shape) {
    let side = shape[1] > 10 ? 7 : 3
    let x = Tensor.random(shape, seed: 1)
    let w = Tensor.random([side, side, shape[3], 3], seed: 2)
    let zero = Tensor(repeating: 0, shape: [3])
    let output = Variable(x).convolved(kernel: Variable(w)).shape
    let s = Tensor.random(output, seed: 3)
    let (_, gradients) = Variable.differentiate([w]) {
      Variable(x).convolved(kernel: $0[0]).multiplied(by: s).sum()
    }
    let v = Tensor.random(w.shape, seed: 4)
    let image = Naive.convolved(x, kernel: v, bias: zero, stride: 1, padding: .valid)
    let left = zip(s.scalars, image).reduce(0) { $0 + Double($1.0) * $1.1 }
    let right = zip(gradients[0]?.scalars ?? [], v.scalars).reduce(0) {
      $0 + Double($1.0) * Double($1.1)
    }
    #expect(abs(left - right) < 1e-6 * image.reduce(0) { $0 + abs($1) })
  }

  @Test func manyRowBlocksEqualTheNaiveLoop() {
    // Wide enough that an image needs several blocks of patches.
    let x = Tensor.random([2, 60, 90, 8], seed: 1)
    let w = Tensor.random([7, 7, 8, 3], seed: 2)
    let b = Tensor.random([3], seed: 3)
    let y = Variable(x).convolved(kernel: Variable(w), bias: Variable(b))
    let expected = Naive.convolved(x, kernel: w, bias: b, stride: 1, padding: .valid)
    #expect(relativeDistance(y.value.scalars, expected) < 1e-6)
  }
}
