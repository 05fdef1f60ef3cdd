import CXRParallel

/// The convolution part of the fused operation: reads an input, perhaps one not yet normalised.
struct ConvolutionBlock {
  struct Gradients {
    let input: Tensor?
    let kernel: PendingGradient
    let bias: Tensor
    let scale: Tensor
    let shift: Tensor
  }

  private let plan: ConvolutionPlan
  private let input: ScaledInput
  private let normalization: PendingNormalization?
  private let kernel: Tensor
  private let bias: Tensor
  let order: BlockOrder

  init(_ x: Variable, _ plan: ConvolutionPlan, kernel: Tensor, bias: Tensor) {
    precondition(
      bias.shape == [kernel.shape[3]],
      "convolutionBlock: bias \(bias.shape) for kernel \(kernel.shape)")
    precondition(
      plan.algorithm != .matrixProduct && plan.wanted.rows >= 2 && plan.wanted.columns >= 2,
      "convolutionBlock: not for input \(x.shape) and kernel \(kernel.shape)")
    self.plan = plan
    // Direct sums read plain values; they stand first in a network.
    normalization = plan.algorithm == .direct ? nil : x.normalization
    input = normalization?.input ?? ScaledInput(x.value)
    order = x.normalization?.order.reversed ?? .ascending
    (self.kernel, self.bias) = (kernel, bias)
  }

  /// The pooled output; `remembering`: whether a way back will be asked for.
  func forward(remembering: Bool, cache: KernelCache?) -> PooledOutput {
    func prepared(_ make: () -> FloatBuffer) -> FloatBuffer {
      cache?.prepared(kernel, for: plan, make: make) ?? make()
    }
    if let fourier = FourierConvolution(plan) {
      return fourier.pooled(
        input, cache == nil ? .fresh(kernel) : .prepared(prepared { fourier.spectrum(of: kernel) }),
        bias: bias, remembering: remembering, order: order)
    }
    guard let direct = DirectConvolution(plan) else {
      preconditionFailure("ConvolutionBlock: \(plan.algorithm) was refused in init")
    }
    return direct.pooled(
      input.values, kernel: prepared { direct.prepared(kernel) }, bias: bias,
      remembering: remembering, order: order)
  }

  /// All gradients, from the normalised output's, and its sums.
  func backward(
    _ dy: Tensor, pooled: PooledOutput, statistics: BatchStatistics,
    sums: (gradient: [Double], product: [Double]), gamma: Tensor, wantsInput: Bool
  ) -> Gradients {
    let (a, b, c) = statistics.gradientCoefficients(gamma: gamma, sums: sums)
    let gradient = PooledGradient(gradient: dy, output: pooled, a: a, b: b, c: c)
    let scale = zip(sums.product, statistics.inverse).map { $0 * $1 }.tensor
    let shift = sums.gradient.tensor
    if let fourier = FourierConvolution(plan, packing: !wantsInput) {
      let mean = normalization.flatMap { $0.mean.isEmpty ? nil : $0.mean }
      let found = fourier.pooledGradients(
        input, kernel: kernel, outputGradient: gradient, wantsInput: wantsInput,
        order: order.reversed, sumsAround: mean)
      if let dx = found.input, let sums = found.inputSums { normalization?.keep(sums, of: dx) }
      guard let kernel = found.kernel, let bias = found.bias else {
        preconditionFailure("ConvolutionBlock: a gradient that was asked for is missing")
      }
      return Gradients(input: found.input, kernel: kernel, bias: bias, scale: scale, shift: shift)
    }
    guard let direct = DirectConvolution(plan) else {
      preconditionFailure("ConvolutionBlock: \(plan.algorithm) was refused in init")
    }
    let found = direct.pooledGradients(
      input.values, outputGradient: gradient, order: order.reversed)
    let dx =
      wantsInput
      ? MatrixConvolution(plan).inputGradient(gradient.unpooled(plan), kernel: kernel) : nil
    return Gradients(
      input: dx, kernel: PendingGradient(found.kernel), bias: found.bias, scale: scale, shift: shift
    )
  }
}

extension PendingNormalization {
  /// What a convolution reads, which applies the normalisation on the way.
  fileprivate var input: ScaledInput { ScaledInput(values, factor: factor, offset: offset) }
}
