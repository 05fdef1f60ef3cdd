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
        ScaledInput(x), cache == nil ? .fresh(w) : .prepared(prepared { fourier.spectrum(of: w) }),
        bias: bias)
    }
    if let direct = DirectConvolution(plan) {
      return direct.output(x, kernel: prepared { direct.prepared(w) }, bias: bias)
    }
    let product = MatrixConvolution(plan)
    return product.output(
      ConvolutionInput(x), kernel: prepared { product.prepared(w) }, bias: bias)
  }

  /// The gradients that are wanted, of input and kernel, from the output's, `[N, H′, W′, K]`.
  func gradients(
    _ x: Tensor, kernel w: Tensor, outputGradient dy: Tensor, wantsInput: Bool, wantsKernel: Bool
  ) -> (input: Tensor?, kernel: PendingGradient?) {
    if let fourier = FourierConvolution(plan, packing: !wantsInput) {
      let found = fourier.gradients(
        ScaledInput(x), kernel: w, outputGradient: dy, wantsInput: wantsInput,
        wantsKernel: wantsKernel)
      return (found.input, found.kernel)
    }
    let product = MatrixConvolution(plan)
    return (
      wantsInput ? product.inputGradient(dy, kernel: w) : nil,
      wantsKernel ? product.kernelGradient(ConvolutionInput(x), dy) : nil
    )
  }
}
