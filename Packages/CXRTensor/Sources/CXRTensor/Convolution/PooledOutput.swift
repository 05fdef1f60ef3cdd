import CXRParallel
import CConvolution

/// A convolution's output after bias, ReLU and 2×2 pooling, with what the way back needs.
struct PooledOutput {
  /// `[N, P, Q, K]`.
  let values: Tensor
  /// Which pixel of each window won; `nil` in inference.
  let choices: FloatBuffer?
  /// Of the values, over all axes but the last, `[K]`; empty in inference.
  let mean: [Double]
  /// Biased.
  let variance: [Double]
}

/// The gradients of a pooled convolution, from its pooled output's.
struct PooledGradients {
  /// `[N, H, W, C]`, unless it was not wanted.
  let input: Tensor?
  /// Sums over pixels of the input's gradient g and of g·(x − mean), `[C]` each, unless not wanted.
  let inputSums: (gradient: [Double], product: [Double])?
  /// `[R, S, C, K]`.
  let kernel: Tensor
  /// `[K]`.
  let bias: Tensor
}

/// What a pooled convolution reads: values `[N, H, W, C]`, and a factor and an offset a channel that are
/// applied as they are read, which saves writing a normalised copy.
struct ScaledInput {
  let values: Tensor
  let factor: [Float]?
  let offset: [Float]?

  init(_ values: Tensor, factor: [Float]? = nil, offset: [Float]? = nil) {
    (self.values, self.factor, self.offset) = (values, factor, offset)
  }

  /// `body` with addresses of factor and offset, or null ones.
  func withScale<Result>(
    _ body: (UnsafePointer<Float>?, UnsafePointer<Float>?) -> Result
  ) -> Result {
    guard let factor, let offset else { return body(nil, nil) }
    return factor.withUnsafeBufferPointer { f in
      offset.withUnsafeBufferPointer { body(f.baseAddress, $0.baseAddress) }
    }
  }
}

/// The gradient of a pooled output, and the coefficients that take it through normalisation:
/// d = a·g + b·p + c.
struct PooledGradient {
  let gradient: Tensor
  let output: PooledOutput
  let a: [Float]
  let b: [Float]
  let c: [Float]
}

extension PooledGradient {
  /// The gradient of the convolution's full output, `[N, H′, W′, K]`.
  func unpooled(_ plan: ConvolutionPlan) -> Tensor {
    let source = PooledGradientSource(plan, self)
    let stages = plan.engine.stages
    return Tensor(shape: plan.output) { target in
      source.withCoefficients { coefficients in
        Parallel.run(blocks: plan.images) { image in
          var pooled = source.at(image: image, coefficients)
          stages.unpool(
            plan.output[1], plan.output[2], plan.filters, &pooled,
            target + image * plan.outputStride)
        }
      }
    }
  }
}

extension Tensor {
  /// Sums over all axes but the last of a gradient g and of g·(x − mean), image by image.
  func gradientSums(
    _ gradient: Tensor, around mean: [Double]
  ) -> (gradient: [Double], product: [Double]) {
    let (images, channels) = (shape[0], shape[-1])
    let stages = ConvolutionEngine.standard.stages
    let pixels = shape.count / Swift.max(1, images * channels)
    var sums = [Double](repeating: 0, count: images * channels * 2)
    sums.withUnsafeMutableBufferPointer { sums in
      guard let sums = sums.baseAddress else { return }
      Parallel.run(blocks: images) { n in
        stages.gradient_sums(
          buffer.base + n * pixels * channels, gradient.buffer.base + n * pixels * channels, mean,
          pixels, channels, sums + n * channels * 2)
      }
    }
    return sums.summedPairs(channels: channels)
  }
}
