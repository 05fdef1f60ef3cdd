import CTensorKernels

/// A two-dimensional convolution of one shape, as patches times kernel matrix.
///
/// Patches are written for a few output rows at a time, so the extra memory is bounded by
/// ``patchFloats`` a thread. What a block covers depends on the shape alone, and so do the bits.
struct Convolution {
  /// The most patch elements held a thread, unless a single output row needs more: 1 MiB.
  private static let patchFloats = 1 << 18
  /// The most partial sums of the kernel's gradient; each covers a run of images.
  private static let gradientGroups = 16

  let input: Shape
  let kernel: Shape
  let output: Shape
  private let patches: cxr_patches
  private let rowsPerBlock: Int

  private var images: Int { input[0] }
  private var outHeight: Int { output[1] }
  private var outWidth: Int { output[2] }
  private var outChannels: Int { output[3] }
  private var patchSize: Int { kernel[0] * kernel[1] * kernel[2] }
  private var inputStride: Int { input[1] * input[2] * input[3] }
  private var outputStride: Int { output[1] * output[2] * output[3] }
  private var blocksPerImage: Int { (outHeight + rowsPerBlock - 1) / rowsPerBlock }

  init(input: Shape, kernel: Shape, stride: Int, padding: Padding) {
    precondition(
      input.rank == 4 && kernel.rank == 4 && input[3] == kernel[2],
      "convolved: input \(input) is not [N, H, W, C] for a kernel [R, S, C, K] of \(kernel)")
    precondition(stride > 0, "convolved: stride \(stride) is not positive")
    let rows = padding.output(size: input[1], kernel: kernel[0], stride: stride)
    let columns = padding.output(size: input[2], kernel: kernel[1], stride: stride)
    precondition(
      rows.size > 0 && columns.size > 0,
      "convolved: a kernel of \(kernel) does not fit into input \(input)")
    self.input = input
    self.kernel = kernel
    output = [input[0], rows.size, columns.size, kernel[3]]
    patches = cxr_patches(
      height: input[1], width: input[2], channels: input[3], kernel_height: kernel[0],
      kernel_width: kernel[1], stride: stride, pad_top: rows.before, pad_left: columns.before,
      out_width: columns.size)
    let rowFloats = columns.size * kernel[0] * kernel[1] * kernel[2]
    rowsPerBlock = min(rows.size, max(1, Self.patchFloats / max(1, rowFloats)))
  }

  /// The output rows of a block of an image.
  private func rows(ofBlock block: Int) -> Range<Int> {
    block * rowsPerBlock..<min(outHeight, (block + 1) * rowsPerBlock)
  }

  private func withPatchMemory(_ body: (UnsafeMutablePointer<Float>) -> Void) {
    let count = rowsPerBlock * outWidth * patchSize
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: max(1, count))
    defer { memory.deallocate() }
    body(memory)
  }

  /// Input `[N, H, W, C]`, kernel `[R, S, C, K]`, bias `[K]` → `[N, H′, W′, K]`.
  func callAsFunction(_ x: Tensor, kernel w: Tensor, bias: Tensor?) -> Tensor {
    x.scalars.withUnsafeBufferPointer { x in
      w.scalars.withUnsafeBufferPointer { w in
        (bias?.scalars ?? []).withUnsafeBufferPointer { bias in
          Tensor(shape: output) { y in
            guard let x = x.baseAddress, let w = w.baseAddress else { return }
            Parallel.withWorkers(images * blocksPerImage) { next in
              withPatchMemory { columns in
                while let item = next() {
                  let (n, rows) = (item / blocksPerImage, rows(ofBlock: item % blocksPerImage))
                  let target = y + n * outputStride + rows.lowerBound * outWidth * outChannels
                  var geometry = patches
                  cxr_im2col(
                    &geometry, x + n * inputStride, rows.lowerBound, rows.upperBound, columns)
                  let count = rows.count * outWidth
                  if let bias = bias.baseAddress {
                    cxr_fill_rows(target, bias, count, outChannels)
                  }
                  BLAS.multiply(
                    m: count, n: outChannels, k: patchSize, columns, w,
                    beta: bias.baseAddress == nil ? 0 : 1, into: target)
                }
              }
            }
          }
        }
      }
    }
  }

  /// The gradient of the input: `[N, H′, W′, K]` → `[N, H, W, C]`. An image is one thread's.
  func inputGradient(_ dy: Tensor, kernel w: Tensor) -> Tensor {
    var dx = Tensor(repeating: 0, shape: input)
    dx.withMutableScalars { dx in
      dy.scalars.withUnsafeBufferPointer { dy in
        w.scalars.withUnsafeBufferPointer { w in
          guard let dx = dx.baseAddress, let dy = dy.baseAddress, let w = w.baseAddress else {
            return
          }
          Parallel.withWorkers(images) { next in
            withPatchMemory { columns in
              while let n = next() {
                for block in 0..<blocksPerImage {
                  let rows = rows(ofBlock: block)
                  BLAS.multiply(
                    m: rows.count * outWidth, n: patchSize, k: outChannels,
                    dy + n * outputStride + rows.lowerBound * outWidth * outChannels, w,
                    transposeB: true, into: columns)
                  var geometry = patches
                  cxr_col2im_add(
                    &geometry, columns, rows.lowerBound, rows.upperBound, dx + n * inputStride)
                }
              }
            }
          }
        }
      }
    }
    return dx
  }

  /// The gradient of the kernel: `[R, S, C, K]`, summed over runs of images and then in order.
  func kernelGradient(_ x: Tensor, _ dy: Tensor) -> Tensor {
    let perGroup = max(1, (images + Self.gradientGroups - 1) / Self.gradientGroups)
    let groups = (images + perGroup - 1) / perGroup
    let size = patchSize * outChannels
    var partial = [Float](repeating: 0, count: max(1, groups) * size)
    partial.withUnsafeMutableBufferPointer { partial in
      x.scalars.withUnsafeBufferPointer { x in
        dy.scalars.withUnsafeBufferPointer { dy in
          guard let partial = partial.baseAddress, let x = x.baseAddress, let dy = dy.baseAddress
          else { return }
          Parallel.withWorkers(groups) { next in
            withPatchMemory { columns in
              while let group = next() {
                for n in group * perGroup..<min(images, (group + 1) * perGroup) {
                  for block in 0..<blocksPerImage {
                    let rows = rows(ofBlock: block)
                    var geometry = patches
                    cxr_im2col(
                      &geometry, x + n * inputStride, rows.lowerBound, rows.upperBound, columns)
                    BLAS.multiply(
                      m: patchSize, n: outChannels, k: rows.count * outWidth, columns,
                      transposeA: true,
                      dy + n * outputStride + rows.lowerBound * outWidth * outChannels, beta: 1,
                      into: partial + group * size)
                  }
                }
              }
            }
          }
          for group in 1..<max(1, groups) { cxr_add(partial, partial + group * size, size) }
        }
      }
    }
    return Tensor(Array(partial[..<size]), shape: kernel)
  }
}

extension Variable {
  /// The two-dimensional convolution (cross-correlation, as in every deep-learning library).
  ///
  /// Input `[N, H, W, C]`, kernel `[R, S, C, K]`, bias `[K]` → `[N, H′, W′, K]`, with H′ and W′ by
  /// ``Padding/output(size:kernel:stride:)``. Traps where the kernel does not fit.
  public func convolved(
    kernel: Variable, bias: Variable? = nil, stride: Int = 1, padding: Padding = .valid
  ) -> Variable {
    let convolution = Convolution(
      input: shape, kernel: kernel.shape, stride: stride, padding: padding)
    if let bias {
      precondition(
        bias.shape == [kernel.shape[3]], "convolved: bias \(bias.shape) for kernel \(kernel.shape)")
    }
    let (x, w) = (value, kernel.value)
    var inputs: [(Variable, Pullback)] = [
      (self, { convolution.inputGradient($0, kernel: w) }),
      (kernel, { convolution.kernelGradient(x, $0) }),
    ]
    if let bias { inputs.append((bias, { $0.columnSums() })) }
    return .recorded(convolution(x, kernel: w, bias: bias?.value), inputs)
  }
}
