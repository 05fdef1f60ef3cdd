import CXRParallel
import CTensorKernels

/// A convolution as patches times kernel matrix, on BLAS.
///
/// Patches are written for a few output rows at a time, so the extra memory is bounded by
/// ``patchFloats`` a thread. What a block covers depends on the shape alone, and so do the bits. A 1×1
/// kernel at stride 1 needs no patches: the image is the matrix.
struct MatrixConvolution {
  /// The most patch elements held a thread, unless a single output row needs more: 1 MiB.
  private static let patchFloats = 1 << 18
  /// The most partial sums of the kernel's gradient; each covers a run of images.
  private static let gradientGroups = 16

  let plan: ConvolutionPlan
  private let patches: cxr_patches
  private let rowsPerBlock: Int

  private var images: Int { plan.images }
  private var outHeight: Int { plan.output[1] }
  private var outWidth: Int { plan.output[2] }
  private var outChannels: Int { plan.filters }
  private var patchSize: Int { plan.kernel[0] * plan.kernel[1] * plan.kernel[2] }
  private var blocksPerImage: Int { (outHeight + rowsPerBlock - 1) / rowsPerBlock }

  init(_ plan: ConvolutionPlan) {
    self.plan = plan
    patches = cxr_patches(
      height: plan.input[1], width: plan.input[2], channels: plan.channels,
      kernel_height: plan.kernel[0], kernel_width: plan.kernel[1], stride: plan.stride,
      pad_top: plan.padTop, pad_left: plan.padLeft, out_width: plan.output[2])
    let rowFloats = plan.output[2] * plan.kernel[0] * plan.kernel[1] * plan.kernel[2]
    rowsPerBlock = min(plan.output[1], max(1, Self.patchFloats / max(1, rowFloats)))
  }

  /// The output rows of a block of an image.
  private func rows(ofBlock block: Int) -> Range<Int> {
    block * rowsPerBlock..<min(outHeight, (block + 1) * rowsPerBlock)
  }

  /// Room for a block's patches, or for nothing where the image is the matrix.
  private func patchMemory() -> FloatBuffer {
    FloatBuffer(count: plan.needsPatches ? rowsPerBlock * outWidth * patchSize : 0)
  }

  /// The matrix under `rows` of image `n`: written to `memory`, or the image itself.
  private func matrix(
    _ x: UnsafePointer<Float>, image n: Int, rows: Range<Int>, _ memory: FloatBuffer
  ) -> UnsafePointer<Float> {
    let image = x + n * plan.inputStride
    guard plan.needsPatches else { return image + rows.lowerBound * outWidth * patchSize }
    withUnsafePointer(to: patches) {
      cxr_im2col($0, image, rows.lowerBound, rows.upperBound, memory.base)
    }
    return UnsafePointer(memory.base)
  }

  /// Input `[N, H, W, C]`, kernel `[R, S, C, K]`, bias `[K]` → `[N, H′, W′, K]`.
  func output(_ x: Tensor, kernel w: Tensor, bias: Tensor?) -> Tensor {
    Tensor(shape: plan.output) { y in
      Parallel.withWorkers(images * blocksPerImage) { next in
        let memory = patchMemory()
        while let item = next() {
          let (n, rows) = (item / blocksPerImage, rows(ofBlock: item % blocksPerImage))
          let target = y + n * plan.outputStride + rows.lowerBound * outWidth * outChannels
          let count = rows.count * outWidth
          if let bias { cxr_fill_rows(target, bias.buffer.base, count, outChannels) }
          BLAS.multiply(
            m: count, n: outChannels, k: patchSize,
            matrix(x.buffer.base, image: n, rows: rows, memory), w.buffer.base,
            beta: bias == nil ? 0 : 1, into: target)
        }
      }
    }
  }

  /// The gradient of the input: `[N, H′, W′, K]` → `[N, H, W, C]`. An image is one thread's.
  func inputGradient(_ dy: Tensor, kernel w: Tensor) -> Tensor {
    Tensor(shape: plan.input) { dx in
      Parallel.withWorkers(images) { next in
        let memory = patchMemory()
        while let n = next() {
          let target = dx + n * plan.inputStride
          if plan.needsPatches { target.update(repeating: 0, count: plan.inputStride) }
          for block in 0..<blocksPerImage {
            let rows = rows(ofBlock: block)
            let columns =
              plan.needsPatches ? memory.base : target + rows.lowerBound * outWidth * patchSize
            BLAS.multiply(
              m: rows.count * outWidth, n: patchSize, k: outChannels,
              dy.buffer.base + n * plan.outputStride + rows.lowerBound * outWidth * outChannels,
              w.buffer.base, transposeB: true, into: columns)
            guard plan.needsPatches else { continue }
            withUnsafePointer(to: patches) {
              cxr_col2im_add($0, columns, rows.lowerBound, rows.upperBound, target)
            }
          }
        }
      }
    }
  }

  /// The gradient of the kernel: `[R, S, C, K]`, summed over runs of images and then in order.
  func kernelGradient(_ x: Tensor, _ dy: Tensor) -> Tensor {
    let perGroup = max(1, (images + Self.gradientGroups - 1) / Self.gradientGroups)
    let groups = max(1, (images + perGroup - 1) / perGroup)
    let size = patchSize * outChannels
    let partial = FloatBuffer(count: groups * size)
    partial.base.update(repeating: 0, count: groups * size)
    Parallel.withWorkers(groups) { next in
      let memory = patchMemory()
      while let group = next() {
        for n in group * perGroup..<min(images, (group + 1) * perGroup) {
          for block in 0..<blocksPerImage {
            let rows = rows(ofBlock: block)
            BLAS.multiply(
              m: patchSize, n: outChannels, k: rows.count * outWidth,
              matrix(x.buffer.base, image: n, rows: rows, memory), transposeA: true,
              dy.buffer.base + n * plan.outputStride + rows.lowerBound * outWidth * outChannels,
              beta: 1, into: partial.base + group * size)
          }
        }
      }
    }
    return Tensor(shape: plan.kernel) { dw in
      dw.update(from: partial.base, count: size)
      for group in 1..<groups { cxr_add(dw, partial.base + group * size, size) }
    }
  }
}
