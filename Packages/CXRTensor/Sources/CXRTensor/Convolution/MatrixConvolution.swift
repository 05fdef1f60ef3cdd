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
  /// Partial sums of the kernel's gradient, each of a run of images, unless there are more shares.
  private static let gradientRuns = 16

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

  /// The gradient of the kernel: `[R, S, C, K]`, summed over runs of a share's images, those in order, and the shares in
  /// their tree.
  func kernelGradient(_ x: Tensor, _ dy: Tensor) -> Tensor {
    let runs = (0..<plan.shares.count).flatMap { share in
      imageRuns(ofShare: share).map { (share: share, images: $0) }
    }
    let size = patchSize * outChannels
    let partial = runs.map { _ in Tensor(shape: plan.kernel) { _ in } }
    Parallel.withWorkers(runs.count) { next in
      let memory = patchMemory()
      while let run = next() {
        for n in runs[run].images {
          for block in 0..<blocksPerImage {
            let rows = rows(ofBlock: block)
            BLAS.multiply(
              m: patchSize, n: outChannels, k: rows.count * outWidth,
              matrix(x.buffer.base, image: n, rows: rows, memory), transposeA: true,
              dy.buffer.base + n * plan.outputStride + rows.lowerBound * outWidth * outChannels,
              beta: n == runs[run].images.lowerBound && block == 0 ? 0 : 1,
              into: partial[run].buffer.base)
          }
        }
      }
    }
    func add(_ first: Tensor, _ second: Tensor) -> Tensor {
      let (sum, other) = (first.buffer.base, second.buffer.base)
      withExtendedLifetime((first, second)) {
        Parallel.forEachBlock(of: size, size: elementwiseBlock) {
          cxr_add(sum + $0.lowerBound, other + $0.lowerBound, $0.count)
        }
      }
      return first
    }
    let sum = plan.shares.sum(
      { share in
        // A share with images has a run.
        let own = runs.indices.filter { runs[$0].share == share }
        return own.dropFirst().reduce(partial[own[0]]) { add($0, partial[$1]) }
      }, add)
    return sum ?? Tensor(repeating: 0, shape: plan.kernel)
  }

  /// The images of a share in runs that are summed by themselves, cut from a whole batch's.
  private func imageRuns(ofShare share: Int) -> [Range<Int>] {
    let (whole, present) = (plan.shares.nominalPlaces(of: share), plan.shares.places(of: share))
    let count = max(1, min(whole.count, Self.gradientRuns / plan.shares.count))
    return (0..<count).map {
      (whole.lowerBound + whole.count * $0 / count..<whole.lowerBound + whole.count * ($0 + 1)
        / count).clamped(to: present)
    }.filter { !$0.isEmpty }
  }
}
