import CXRParallel

extension Variable {
  /// Whether ``convolutionBlock(kernel:bias:scale:shift:epsilon:padding:)`` exists for a shape:
  /// at stride 1, where tiles or direct sums are the fastest way, and the output has room for a window.
  /// It is asked of the size of a whole batch, where `shares` tells it.
  public static func canFuseConvolution(
    input: Shape, kernel: Shape, padding: Padding = .valid, shares: BatchShares? = nil
  ) -> Bool {
    let rows = padding.output(size: input[1], kernel: kernel[0], stride: 1).size
    let columns = padding.output(size: input[2], kernel: kernel[1], stride: 1).size
    guard rows >= 2, columns >= 2 else { return false }
    return ConvolutionPlan(
      input: input, kernel: kernel, padding: padding, pooled: true,
      shares: shares?.suiting(images: input[0])
    ).algorithm != .matrixProduct
  }

  /// Convolution, bias, ReLU, 2×2 max-pooling and batch normalisation with the batch's own statistics
  /// as one operation: `[N, H, W, C]` → `[N, H′/2, W′/2, K]`.
  ///
  /// It gives what the five operations give one after the other, to rounding, and neither writes the
  /// convolution's full output nor, where such an operation follows, the normalised one. Traps where
  /// ``canFuseConvolution(input:kernel:padding:shares:)`` is false.
  ///
  /// - Parameters:
  ///   - kernel: `[R, S, C, K]`.
  ///   - bias: `[K]`.
  ///   - scale: γ, `[K]`.
  ///   - shift: β, `[K]`.
  ///   - epsilon: added to the variance.
  ///   - padding: what happens at the border.
  /// - Returns: the output, and the batch's mean and biased variance, `[K]`.
  public func convolutionBlock(
    kernel: Variable, bias: Variable, scale: Variable, shift: Variable, epsilon: Float,
    padding: Padding = .valid
  ) -> (output: Variable, mean: Tensor, variance: Tensor) {
    let plan = ConvolutionPlan(
      input: shape, kernel: kernel.shape, padding: padding, pooled: true,
      shares: Variable.shares(of: [self, kernel])?.suiting(images: shape[0]))
    return convolutionBlock(
      plan, kernel: kernel, bias: bias, scale: scale, shift: shift, epsilon: epsilon)
  }

  /// The fused operation by a given plan.
  func convolutionBlock(
    _ plan: ConvolutionPlan, kernel: Variable, bias: Variable, scale: Variable, shift: Variable,
    epsilon: Float
  ) -> (output: Variable, mean: Tensor, variance: Tensor) {
    if let traced = Variable.traced(
      plan.block(
        ["epsilon": Double(epsilon)], keeping: true,
        unpooling: trace?.recorder.isGiven(self) == false), [self, kernel, bias, scale, shift],
      plan.pooledShape)
    {
      let zeros = Tensor(repeating: 0, shape: [plan.pooledShape[3]])
      return (traced, zeros, zeros)
    }
    let block = ConvolutionBlock(self, plan, kernel: kernel.value, bias: bias.value)
    let pooled = block.forward(remembering: true, cache: nil)
    let statistics = BatchStatistics(
      mean: pooled.mean, variance: pooled.variance, epsilon: epsilon, scale: scale.value,
      shift: shift.value,
      count: pooled.values.shape.count / max(1, plan.images * kernel.shape[3])
        * plan.shares.wholeImages)
    let result = PendingNormalization(
      pooled.values, factor: statistics.factor, offset: statistics.offset, mean: pooled.mean,
      order: block.order)

    let (wantsInput, gamma) = (isRecorded, scale.value)
    let gradients = SharedPullback { (dy: Tensor) -> ConvolutionBlock.Gradients in
      let sums =
        result.takeSums(of: dy) ?? pooled.values.gradientSums(dy, around: pooled.mean, plan.shares)
      return block.backward(
        dy, pooled: pooled, statistics: statistics, sums: sums, gamma: gamma, wantsInput: wantsInput
      )
    }
    let shape = self.shape
    let output = Variable.recorded(
      result,
      pending: [
        (self, { PendingGradient(gradients($0).input ?? Tensor(repeating: 0, shape: shape)) }),
        (kernel, { gradients($0).kernel }), (bias, { PendingGradient(gradients($0).bias) }),
        (scale, { PendingGradient(gradients($0).scale) }),
        (shift, { PendingGradient(gradients($0).shift) }),
      ])
    return (output, pooled.mean.tensor, pooled.variance.tensor)
  }

  /// The same with stored statistics, for prediction: y·factor + offset after pooling, `[K]` each.
  ///
  /// Nothing may be on a tape.
  ///
  /// - Parameters:
  ///   - kernel: `[R, S, C, K]`.
  ///   - bias: `[K]`.
  ///   - factor: `[K]`.
  ///   - offset: `[K]`.
  ///   - padding: what happens at the border.
  ///   - cache: keeps the prepared kernel for the next batch.
  public func convolutionBlock(
    kernel: Tensor, bias: Tensor, factor: [Float], offset: [Float], padding: Padding = .valid,
    cache: KernelCache? = nil
  ) -> Variable {
    precondition(!isRecorded, "convolutionBlock: stored statistics have no way back")
    let plan = ConvolutionPlan(
      input: shape, kernel: kernel.shape, padding: padding, pooled: true)
    if let traced = Variable.traced(
      plan.block([:], keeping: false, caching: cache != nil),
      [self, Variable(kernel), Variable(bias)], plan.pooledShape)
    {
      return traced
    }
    let block = ConvolutionBlock(self, plan, kernel: kernel, bias: bias)
    let pooled = block.forward(remembering: false, cache: cache)
    return .recorded(
      PendingNormalization(
        pooled.values, factor: factor, offset: offset, mean: [], order: block.order), pending: [])
  }
}
