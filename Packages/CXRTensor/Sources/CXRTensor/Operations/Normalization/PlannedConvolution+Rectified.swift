// A convolution of what a normalisation and a ReLU give, which it applies itself as it reads where it can.
extension PlannedConvolution {
  /// The output, as of plain values.
  func output(
    _ x: RectifiedNormalization, kernel w: Tensor, bias: Tensor? = nil, cache: KernelCache?
  ) -> Tensor {
    guard plan.readsNormalized else {
      return output(x.output(), kernel: w, bias: bias, cache: cache)
    }
    func prepared(_ make: () -> FloatBuffer) -> FloatBuffer {
      cache?.prepared(w, for: plan, make: make) ?? make()
    }
    if let fourier = FourierConvolution(plan, packing: false) {
      return fourier.output(
        x.scaled, cache == nil ? .fresh(w) : .prepared(prepared { fourier.spectrum(of: w) }),
        bias: bias)
    }
    let product = MatrixConvolution(plan)
    return product.output(x.rows, kernel: prepared { product.prepared(w) }, bias: bias)
  }

  /// The gradients that are wanted, the input's being that of the normalised and rectified values.
  func gradients(
    _ x: RectifiedNormalization, kernel w: Tensor, outputGradient dy: Tensor,
    wantsInput: Bool = true, wantsKernel: Bool = true
  ) -> (input: Tensor?, kernel: PendingGradient?) {
    guard plan.readsNormalized else {
      return gradients(
        x.output(), kernel: w, outputGradient: dy, wantsInput: wantsInput, wantsKernel: wantsKernel)
    }
    if let fourier = FourierConvolution(plan, packing: false) {
      let found = fourier.gradients(
        x.scaled, kernel: w, outputGradient: dy, wantsInput: wantsInput, wantsKernel: wantsKernel)
      return (found.input, found.kernel)
    }
    let product = MatrixConvolution(plan)
    return (
      wantsInput ? product.inputGradient(dy, kernel: w) : nil,
      wantsKernel ? product.kernelGradient(x.rows, dy) : nil
    )
  }
}

extension ConvolutionPlan {
  /// Whether a normalisation and a ReLU are applied as values are read, so that what they give is never written.
  var readsNormalized: Bool {
    switch algorithm {
    case .fourier: true
    case .direct: false
    case .matrixProduct: !needsPatches
    }
  }
}

extension RectifiedNormalization {
  /// As a matrix product reads it.
  fileprivate var rows: ConvolutionInput {
    ConvolutionInput(values, factor: statistics.factor, offset: statistics.offset)
  }

  /// As tiles read it: of all channels.
  fileprivate var scaled: ScaledInput {
    precondition(
      channels == values.shape[-1], "RectifiedNormalization: \(channels) of \(values.shape)")
    return ScaledInput(
      values, factor: statistics.factor, offset: statistics.offset, isRectified: true)
  }
}
