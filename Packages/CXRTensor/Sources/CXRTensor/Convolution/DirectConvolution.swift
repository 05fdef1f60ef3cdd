import CXRParallel
import CConvolution

/// A convolution of few input channels by direct sums, a band of output rows at a time.
struct DirectConvolution {
  let plan: ConvolutionPlan
  private let shape: cxr_direct
  private let stages: cxr_engine

  init?(_ plan: ConvolutionPlan) {
    guard plan.algorithm == .direct else { return nil }
    self.plan = plan
    stages = plan.engine.stages
    shape = cxr_direct(
      height: plan.input[1], width: plan.input[2], channels: plan.channels,
      kernel_height: plan.kernel[0], kernel_width: plan.kernel[1], filters: plan.filters,
      pad_top: plan.padTop, pad_left: plan.padLeft, out_height: plan.wanted.rows,
      out_width: plan.wanted.columns)
  }

  static let bandRows = Int(CXR_DIRECT_ROWS)

  /// Bands of rows that a thread takes at a time.
  private static let bandsAtOnce = 4

  private var bands: Int { (plan.wanted.rows + Self.bandRows - 1) / Self.bandRows }

  private func forEachBand(
    _ order: BlockOrder,
    _ body: (_ image: Int, _ band: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void
  ) {
    let runs = (bands + Self.bandsAtOnce - 1) / Self.bandsAtOnce
    Parallel.withWorkers(plan.images * runs, order: order) { next in
      let scratch = FloatBuffer(count: withUnsafePointer(to: shape) { stages.direct_scratch($0) })
      while let item = next() {
        let image = item / runs
        let first = item % runs * Self.bandsAtOnce
        for band in first..<min(bands, first + Self.bandsAtOnce) { body(image, band, scratch.base) }
      }
    }
  }

  /// The kernel `[R, S, C, K]` as the sums read it.
  func prepared(_ kernel: Tensor) -> FloatBuffer {
    withUnsafePointer(to: shape) { t in
      let prepared = FloatBuffer(count: stages.direct_kernel_size(t))
      stages.direct_prepare(t, kernel.buffer.base, prepared.base)
      return prepared
    }
  }

  /// `[N, H, W, C]` → `[N, H′, W′, K]`, bias added.
  func output(_ x: Tensor, kernel: FloatBuffer, bias: Tensor?) -> Tensor {
    Tensor(shape: plan.output) { y in
      withUnsafePointer(to: shape) { t in
        forEachBand(.ascending) { image, band, scratch in
          stages.direct_store(
            t, x.buffer.base + image * plan.inputStride, kernel.base, band, bias?.buffer.base,
            y + image * plan.outputStride, scratch)
        }
      }
    }
  }

  /// `[N, H, W, C]` → bias, ReLU, 2×2 maximum.
  func pooled(
    _ x: Tensor, kernel: FloatBuffer, bias: Tensor, remembering: Bool, order: BlockOrder
  ) -> PooledOutput {
    let pool = PoolingMemory(plan, parts: bands, remembering: remembering)
    withUnsafePointer(to: shape) { t in
      forEachBand(order) { image, band, scratch in
        var target = pool.target(image: image, bias: bias)
        stages.direct_pool(
          t, x.buffer.base + image * plan.inputStride, kernel.base, band, &target,
          image * bands + band, scratch)
      }
    }
    return pool.output()
  }

  /// Pooled rows whose shares of the kernel's gradient are summed in `Float` before they go to Double.
  private static let rowsAtOnce = Int(CXR_GRADIENT_ROWS)

  /// The gradients of kernel and bias from the pooled output's gradient.
  func pooledGradients(
    _ x: Tensor, outputGradient: PooledGradient, order: BlockOrder
  ) -> (kernel: Tensor, bias: Tensor) {
    let source = PooledGradientSource(plan, outputGradient)
    let rows = plan.wanted.rows / 2
    let runs = (rows + Self.rowsAtOnce - 1) / Self.rowsAtOnce
    let width = plan.engine.blocks(plan.filters) * plan.engine.lanes
    let parts = plan.images * runs
    return withUnsafePointer(to: shape) { t in
      let size = stages.direct_gradient_size(t)
      // Each thread's floats are added to Double before the next part, a part's place by its number.
      var kernels = [Double](repeating: 0, count: plan.images * size)
      var biases = [Double](repeating: 0, count: parts * width)
      kernels.withUnsafeMutableBufferPointer { kernels in
        biases.withUnsafeMutableBufferPointer { biases in
          guard let kernels = kernels.baseAddress, let biases = biases.baseAddress else { return }
          source.withCoefficients { coefficients in
            Parallel.withWorkers(plan.images, order: order) { next in
              let scratch = FloatBuffer(count: stages.direct_scratch(t))
              let share = FloatBuffer(count: size)
              while let image = next() {
                var gradient = source.at(image: image, coefficients)
                for run in 0..<runs {
                  share.base.update(repeating: 0, count: size)
                  stages.direct_gradient(
                    t, x.buffer.base + image * plan.inputStride, &gradient, run * Self.rowsAtOnce,
                    min(rows, (run + 1) * Self.rowsAtOnce), share.base,
                    biases + (image * runs + run) * width, scratch.base)
                  let target = kernels + image * size
                  for i in 0..<size { target[i] += Double(share.base[i]) }
                }
              }
            }
          }
        }
      }
      let kernel = kernels.summed(width: size, plan.shares)
      var bias = biases.summed(width: runs * width, plan.shares)
      for run in 1..<max(1, runs) { for i in 0..<width { bias[i] += bias[run * width + i] } }
      let (height, filters) = (plan.kernel[0], plan.filters)
      let columns = plan.kernel[1] * plan.channels
      let dw = Tensor(shape: plan.kernel) { dw in
        for r in 0..<height {
          for s in 0..<columns {
            for k in 0..<filters {
              dw[(r * columns + s) * filters + k] = Float(
                kernel[stages.direct_gradient_place(t, r, s, k)])
            }
          }
        }
      }
      return (dw, Tensor(bias[..<filters].map { Float($0) }, shape: [filters]))
    }
  }
}
