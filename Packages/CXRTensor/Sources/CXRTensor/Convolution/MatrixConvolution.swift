import CXRParallel
import CConvolution
import CTensorKernels

/// A convolution as patches times kernel matrix.
///
/// Patches are written for a few output rows at a time, so the extra memory is bounded by
/// ``patchFloats`` a thread. A 1×1 kernel at stride 1 needs no patches: the pixels are the rows. A sum's order depends on
/// the shape alone, and so do the bits.
struct MatrixConvolution {
  /// The most patch elements held a thread, unless a single output row needs more: 1 MiB.
  private static let patchFloats = 1 << 18

  let plan: ConvolutionPlan
  private let patches: cxr_patches
  let rowsPerBlock: Int

  private var images: Int { plan.images }
  private var outHeight: Int { plan.output[1] }
  private var outWidth: Int { plan.output[2] }
  private var outChannels: Int { plan.filters }
  var pixels: Int { outHeight * outWidth }
  private var patchSize: Int { plan.kernel[0] * plan.kernel[1] * plan.kernel[2] }
  var blocksPerImage: Int { (outHeight + rowsPerBlock - 1) / rowsPerBlock }

  init(_ plan: ConvolutionPlan) {
    self.plan = plan
    patches = cxr_patches(
      height: plan.input[1], width: plan.input[2], channels: plan.channels,
      kernel_height: plan.kernel[0], kernel_width: plan.kernel[1], stride: plan.stride,
      pad_top: plan.padTop, pad_left: plan.padLeft, out_width: plan.output[2])
    let rowFloats = plan.output[2] * plan.kernel[0] * plan.kernel[1] * plan.kernel[2]
    rowsPerBlock = min(plan.output[1], max(1, Self.patchFloats / max(1, rowFloats)))
  }

  /// The most floats of a block's patches, whatever the sizes: a larger film takes no less.
  var mostPatchFloats: Int { max(Self.patchFloats, outWidth * patchSize) }

  /// The output rows of a block of an image.
  func rows(ofBlock block: Int) -> Range<Int> {
    block * rowsPerBlock..<min(outHeight, (block + 1) * rowsPerBlock)
  }

  /// Room for a block's patches.
  func patchMemory() -> FloatBuffer {
    FloatBuffer(count: rowsPerBlock * outWidth * patchSize)
  }

  /// The patches under `rows` of image `n`, written to `memory`, as rows of a matrix.
  func matrix(_ x: Tensor, image n: Int, rows: Range<Int>, _ memory: FloatBuffer)
    -> cxr_rows
  {
    withUnsafePointer(to: patches) {
      cxr_im2col(
        $0, x.buffer.base + n * plan.inputStride, rows.lowerBound, rows.upperBound, memory.base)
    }
    return cxr_rows(values: memory.base, stride: patchSize, factor: nil, offset: nil)
  }

  /// The kernel `[R, S, C, K]` as ``output(_:kernel:bias:)`` reads it.
  func prepared(_ w: Tensor) -> FloatBuffer {
    withExtendedLifetime(w) {
      PackedMatrix(
        w.buffer.base, row: outChannels, column: 1, depth: patchSize, columns: outChannels
      ).packed
    }
  }

  /// Input `[N, H, W, C]`, prepared kernel, bias `[K]` → `[N, H′, W′, K]`. Only without patches may the input be one that is
  /// normalised as it is read.
  func output(_ x: ConvolutionInput, kernel: FloatBuffer, bias: Tensor?) -> Tensor {
    let matrix = PackedMatrix(kernel, depth: patchSize, columns: outChannels)
    return Tensor(shape: plan.output) { y in
      func addBias(_ rows: Range<Int>) {
        guard let bias else { return }
        for row in rows { cxr_add(y + row * outChannels, bias.buffer.base, outChannels) }
      }
      guard plan.needsPatches else {
        x.withRows {
          matrix.multiplyAll(
            $0, count: images * pixels, into: y, finish: bias == nil ? nil : addBias)
        }
        return
      }
      Parallel.withWorkers(images * blocksPerImage) { next in
        let (memory, scratch) = (patchMemory(), matrix.scratch())
        while let item = next() {
          let (n, rows) = (item / blocksPerImage, rows(ofBlock: item % blocksPerImage))
          let first = n * pixels + rows.lowerBound * outWidth
          let count = rows.count * outWidth
          matrix.multiply(
            self.matrix(x.values, image: n, rows: rows, memory), rows: 0..<count,
            into: y + first * outChannels, stride: outChannels, scratch)
          addBias(first..<first + count)
        }
      }
    }
  }

  /// The gradient of the input: `[N, H′, W′, K]` → `[N, H, W, C]`. With patches an image is one thread's.
  func inputGradient(_ dy: Tensor, kernel w: Tensor) -> Tensor {
    let matrix = withExtendedLifetime(w) {
      PackedMatrix(
        w.buffer.base, row: 1, column: outChannels, depth: outChannels, columns: patchSize)
    }
    return Tensor(shape: plan.input) { dx in
      let given = cxr_rows(
        values: dy.buffer.base, stride: outChannels, factor: nil, offset: nil)
      guard plan.needsPatches else {
        matrix.multiplyAll(given, count: images * pixels, into: dx)
        return
      }
      Parallel.withWorkers(images) { next in
        let (memory, scratch) = (patchMemory(), matrix.scratch())
        while let n = next() {
          let target = dx + n * plan.inputStride
          target.update(repeating: 0, count: plan.inputStride)
          for block in 0..<blocksPerImage {
            let rows = rows(ofBlock: block)
            let first = n * pixels + rows.lowerBound * outWidth
            // Rows are counted from the first of dy; the block's lie at the beginning of the memory.
            matrix.multiply(
              cxr_rows(
                values: given.values + first * outChannels, stride: outChannels, factor: nil,
                offset: nil), rows: 0..<rows.count * outWidth, into: memory.base, stride: patchSize,
              scratch)
            withUnsafePointer(to: patches) {
              cxr_col2im_add($0, memory.base, rows.lowerBound, rows.upperBound, target)
            }
          }
        }
      }
    }
  }
}
