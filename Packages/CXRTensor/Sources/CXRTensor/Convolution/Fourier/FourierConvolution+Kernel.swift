import CXRParallel
import CConvolution

// The kernel in the frequency domain.
extension FourierConvolution {
  /// A kernel's spectra: all of them, or, where they are used once, each as it is needed.
  enum Spectra {
    case whole(FloatBuffer)
    case rows(KernelRows)
  }

  /// Row spectra of a kernel, `[kx][outer block][inner][rows][2L]`.
  struct KernelRows {
    let buffer: FloatBuffer
    let stride: Int
    let inner: Int
    let outer: Int
    let isConjugate: Bool

    func at(_ kx: Int) -> UnsafeMutablePointer<Float> { buffer.base + kx * stride }
  }

  func emptyKernelRows(inner: Int, outer: Int, isConjugate: Bool) -> KernelRows {
    let height = withUnsafePointer(to: tiling) { stages.kernel_rows($0) }
    let stride = plan.engine.blocks(outer) * inner * height * 2 * lanes + Self.gap
    return KernelRows(
      buffer: FloatBuffer(count: horizontal * stride), stride: stride, inner: inner, outer: outer,
      isConjugate: isConjugate)
  }

  /// The rows of a kernel `[R, S, C, K]`: conjugated for the forward pass, or with its channel axes
  /// swapped for the input's gradient.
  func rows(of kernel: Tensor, forInputGradient: Bool) -> KernelRows {
    let (inner, outer) =
      forInputGradient ? (plan.filters, plan.channels) : (plan.channels, plan.filters)
    var source = kernel.buffer
    if forInputGradient {
      let swapped = FloatBuffer(count: kernel.shape.count)
      let size = inner * outer
      Parallel.run(blocks: plan.kernel[0] * plan.kernel[1]) {
        cxr_swap_channels(source.base + $0 * size, 1, outer, inner, swapped.base + $0 * size)
      }
      source = swapped
    }
    let rows = emptyKernelRows(inner: inner, outer: outer, isConjugate: !forInputGradient)
    withUnsafePointer(to: tiling) { t in
      Parallel.forEachBlock(of: inner * plan.engine.blocks(outer), size: 8) { items in
        for item in items {
          stages.transform_kernel_rows(
            t, source.base, inner, outer, item % inner, item / inner, rows.buffer.base, rows.stride)
        }
      }
    }
    return rows
  }

  /// Floats from one ky to the next in a kernel's spectrum.
  func spectrumStride(inner: Int, outer: Int) -> Int {
    stages.spectrum_stride(inner, plan.engine.blocks(outer))
  }

  func column(
    _ rows: KernelRows, _ kx: Int, into spectrum: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: tiling) {
      stages.transform_kernel_column(
        $0, kx, rows.inner, rows.outer, rows.isConjugate ? 1 : 0, rows.at(kx), spectrum)
    }
  }

  /// The spectrum at kx: where it is kept, or formed in `scratch`.
  func spectrum(
    _ spectra: Spectra, _ kx: Int, stride: Int, scratch: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    switch spectra {
    case .whole(let buffer):
      return UnsafePointer(buffer.base + cxr_first_frequency(tiling.tile, kx) * stride)
    case .rows(let rows):
      column(rows, kx, into: scratch)
      return UnsafePointer(scratch)
    }
  }

  func wholeSpectrum(_ rows: KernelRows) -> FloatBuffer {
    let stride = spectrumStride(inner: rows.inner, outer: rows.outer)
    let spectrum = FloatBuffer(count: cxr_frequencies(tiling.tile) * stride)
    Parallel.run(blocks: horizontal) { place in
      let kx = frequency(place)
      column(rows, kx, into: spectrum.base + cxr_first_frequency(tiling.tile, kx) * stride)
    }
    return spectrum
  }

  /// The whole spectrum of a kernel `[R, S, C, K]` for the forward pass.
  func spectrum(of kernel: Tensor) -> FloatBuffer {
    wholeSpectrum(rows(of: kernel, forInputGradient: false))
  }

  /// A kernel's spectra for one pass. A single group uses each once, and forms it when it does.
  func spectra(of kernel: Tensor, forInputGradient: Bool = false) -> Spectra {
    let rows = rows(of: kernel, forInputGradient: forInputGradient)
    return groups == 1 ? .rows(rows) : .whole(wholeSpectrum(rows))
  }

  /// What the forward pass multiplies with: a kernel, or its spectrum from an earlier batch.
  enum Kernel {
    case fresh(Tensor)
    case prepared(FloatBuffer)
  }
}
