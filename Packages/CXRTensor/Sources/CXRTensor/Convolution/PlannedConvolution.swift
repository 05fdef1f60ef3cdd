import CXRParallel

/// A convolution by its plan: output, and gradients from the output's.
struct PlannedConvolution {
  let plan: ConvolutionPlan

  /// Input `[N, H, W, C]`, kernel `[R, S, C, K]`, bias `[K]` → `[N, H′, W′, K]`; `cache` keeps the prepared kernel.
  func output(_ x: Tensor, kernel w: Tensor, bias: Tensor? = nil, cache: KernelCache?) -> Tensor {
    func prepared(_ make: () -> FloatBuffer) -> FloatBuffer {
      cache?.prepared(w, for: plan, make: make) ?? make()
    }
    if let fourier = FourierConvolution(plan) {
      return fourier.output(
        x, cache == nil ? .fresh(w) : .prepared(prepared { fourier.spectrum(of: w) }), bias: bias)
    }
    if let direct = DirectConvolution(plan) {
      return direct.output(x, kernel: prepared { direct.prepared(w) }, bias: bias)
    }
    let product = MatrixConvolution(plan)
    return product.output(
      ConvolutionInput(x), kernel: prepared { product.prepared(w) }, bias: bias)
  }

  /// The same of values that a normalisation and a ReLU are applied to, as they are read where that can be.
  func output(_ x: RectifiedNormalization, kernel w: Tensor, cache: KernelCache?) -> Tensor {
    guard readsNormalized else { return output(x.output(), kernel: w, cache: cache) }
    let product = MatrixConvolution(plan)
    let prepared = { product.prepared(w) }
    return product.output(
      ConvolutionInput(x), kernel: cache?.prepared(w, for: plan, make: prepared) ?? prepared(),
      bias: nil)
  }

  private var readsNormalized: Bool { plan.algorithm == .matrixProduct && !plan.needsPatches }

  /// The gradients that are wanted, of input and kernel, from the output's, `[N, H′, W′, K]`.
  func gradients(
    _ x: Tensor, kernel w: Tensor, outputGradient dy: Tensor, wantsInput: Bool, wantsKernel: Bool
  ) -> (input: Tensor?, kernel: Tensor?) {
    if let fourier = FourierConvolution(plan, packing: !wantsInput) {
      let found = fourier.gradients(
        x, kernel: w, outputGradient: dy, wantsInput: wantsInput, wantsKernel: wantsKernel)
      return (found.input, wantsKernel ? found.kernel : nil)
    }
    let product = MatrixConvolution(plan)
    return (
      wantsInput ? product.inputGradient(dy, kernel: w) : nil,
      wantsKernel ? product.kernelGradient(ConvolutionInput(x), dy) : nil
    )
  }

  /// Both gradients, the input's being that of the normalised and rectified values.
  func gradients(
    _ x: RectifiedNormalization, kernel w: Tensor, outputGradient dy: Tensor
  ) -> (input: Tensor, kernel: Tensor) {
    if readsNormalized {
      let product = MatrixConvolution(plan)
      return (product.inputGradient(dy, kernel: w), product.kernelGradient(ConvolutionInput(x), dy))
    }
    let found = gradients(
      x.output(), kernel: w, outputGradient: dy, wantsInput: true, wantsKernel: true)
    guard let input = found.input, let kernel = found.kernel else {
      preconditionFailure("PlannedConvolution: a gradient that was asked for is missing")
    }
    return (input, kernel)
  }
}
