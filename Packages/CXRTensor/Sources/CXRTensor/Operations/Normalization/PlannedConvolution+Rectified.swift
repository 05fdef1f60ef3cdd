// A convolution of what a normalisation and a ReLU give, which it applies itself as it reads where it can.
extension PlannedConvolution {
  /// The output, as of plain values.
  func output(_ x: RectifiedNormalization, kernel w: Tensor, cache: KernelCache?) -> Tensor {
    guard readsNormalized else { return output(x.output(), kernel: w, cache: cache) }
    let product = MatrixConvolution(plan)
    let prepared = { product.prepared(w) }
    return product.output(
      x.input, kernel: cache?.prepared(w, for: plan, make: prepared) ?? prepared(),
      bias: nil)
  }

  /// Both gradients, the input's being that of the normalised and rectified values.
  func gradients(
    _ x: RectifiedNormalization, kernel w: Tensor, outputGradient dy: Tensor
  ) -> (input: Tensor, kernel: Tensor) {
    if readsNormalized {
      let product = MatrixConvolution(plan)
      return (product.inputGradient(dy, kernel: w), product.kernelGradient(x.input, dy))
    }
    let found = gradients(
      x.output(), kernel: w, outputGradient: dy, wantsInput: true, wantsKernel: true)
    guard let input = found.input, let kernel = found.kernel else {
      preconditionFailure("PlannedConvolution: a gradient that was asked for is missing")
    }
    return (input, kernel)
  }

  /// Whether the values are never written.
  private var readsNormalized: Bool { plan.algorithm == .matrixProduct && !plan.needsPatches }
}

extension RectifiedNormalization {
  fileprivate var input: ConvolutionInput {
    ConvolutionInput(values, factor: statistics.factor, offset: statistics.offset)
  }
}
