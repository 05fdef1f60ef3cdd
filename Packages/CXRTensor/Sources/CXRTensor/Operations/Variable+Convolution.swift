extension Variable {
  /// The two-dimensional convolution (cross-correlation, as in every deep-learning library).
  ///
  /// Input `[N, H, W, C]`, kernel `[R, S, C, K]`, bias `[K]` → `[N, H′, W′, K]`, with H′ and W′ by
  /// ``Padding/output(size:kernel:stride:)``. Traps where the kernel does not fit. How it is computed,
  /// ``ConvolutionPlan`` says.
  ///
  /// - Parameters:
  ///   - kernel: `[R, S, C, K]`.
  ///   - bias: `[K]`.
  ///   - stride: pixels between windows.
  ///   - padding: what happens at the border.
  ///   - cache: keeps the prepared kernel for the next call with the same one.
  public func convolved(
    kernel: Variable, bias: Variable? = nil, stride: Int = 1, padding: Padding = .valid,
    cache: KernelCache? = nil
  ) -> Variable {
    let plan = ConvolutionPlan(
      input: shape, kernel: kernel.shape, stride: stride, padding: padding,
      shares: Variable.shares(of: [self, kernel])?.suiting(images: shape[0]))
    return convolved(plan, kernel: kernel, bias: bias, cache: cache)
  }

  /// The convolution by a given plan.
  func convolved(
    _ plan: ConvolutionPlan, kernel: Variable, bias: Variable?, cache: KernelCache? = nil
  ) -> Variable {
    if let bias {
      precondition(
        bias.shape == [kernel.shape[3]], "convolved: bias \(bias.shape) for kernel \(kernel.shape)")
    }
    if let traced = Variable.traced(
      plan.operation(
        caching: cache != nil, rectifying: trace?.recorder.isLeftToReaders(self) == true),
      [self, kernel] + (bias.map { [$0] } ?? []), plan.output
    ) {
      return traced
    }
    let w = kernel.value
    let convolution = PlannedConvolution(plan: plan)
    let (wantsInput, wantsKernel) = (isRecorded, kernel.isRecorded)
    let output: Tensor
    let both: SharedPullback<(input: Tensor?, kernel: PendingGradient?)>
    if let x = rectification {
      output = convolution.output(x, kernel: w, bias: bias?.value, cache: cache)
      both = SharedPullback {
        convolution.gradients(
          x, kernel: w, outputGradient: $0, wantsInput: wantsInput, wantsKernel: wantsKernel)
      }
    } else {
      let x = value
      output = convolution.output(x, kernel: w, bias: bias?.value, cache: cache)
      both = SharedPullback {
        convolution.gradients(
          x, kernel: w, outputGradient: $0, wantsInput: wantsInput, wantsKernel: wantsKernel)
      }
    }
    let shape = self.shape
    // What is not wanted is not asked for.
    var inputs: [(Variable, PendingPullback)] = [
      (self, { PendingGradient(both($0).input ?? Tensor(repeating: 0, shape: shape)) }),
      (kernel, { both($0).kernel ?? PendingGradient(Tensor(repeating: 0, shape: w.shape)) }),
    ]
    if let bias { inputs.append((bias, { PendingGradient($0.columnSums(plan.shares)) })) }
    return .recorded(output, pending: inputs)
  }
}
