import CXRParallel
import CConvolution

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

/// The pooled gradient as the stages read it.
struct PooledGradientSource {
  private let plan: ConvolutionPlan
  private let gradient: PooledGradient

  init(_ plan: ConvolutionPlan, _ gradient: PooledGradient) {
    (self.plan, self.gradient) = (plan, gradient)
    precondition(gradient.output.choices != nil, "a convolution without memory has no way back")
  }

  typealias Coefficients = (
    a: UnsafePointer<Float>?, b: UnsafePointer<Float>?, c: UnsafePointer<Float>?
  )

  func withCoefficients<Result>(_ body: (Coefficients) -> Result) -> Result {
    gradient.a.withUnsafeBufferPointer { a in
      gradient.b.withUnsafeBufferPointer { b in
        gradient.c.withUnsafeBufferPointer { body((a.baseAddress, b.baseAddress, $0.baseAddress)) }
      }
    }
  }

  func at(image: Int, _ coefficients: Coefficients) -> cxr_pooled_gradient {
    let shape = gradient.output.values.shape
    let offset = image * shape[1] * shape[2] * shape[3]
    return cxr_pooled_gradient(
      rows: shape[1], columns: shape[2], gradient: gradient.gradient.buffer.base + offset,
      values: gradient.output.values.buffer.base + offset,
      choices: gradient.output.choices.map {
        UnsafePointer(UnsafeMutableRawPointer($0.base).assumingMemoryBound(to: UInt8.self))
          + image * plan.choiceBytes
      }, a: coefficients.a, b: coefficients.b, c: coefficients.c)
  }
}
