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
      input: shape, kernel: kernel.shape, stride: stride, padding: padding)
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
      plan.operation(caching: cache != nil), [self, kernel] + (bias.map { [$0] } ?? []), plan.output
    ) {
      return traced
    }
    let (x, w) = (value, kernel.value)
    func prepared(_ make: () -> FloatBuffer) -> FloatBuffer {
      cache?.prepared(w, for: plan, make: make) ?? make()
    }
    let product = MatrixConvolution(plan)
    let fourier = FourierConvolution(plan)
    let y: Tensor
    if let fourier {
      y = fourier.output(
        x, cache == nil ? .fresh(w) : .prepared(prepared { fourier.spectrum(of: w) }),
        bias: bias?.value)
    } else if let direct = DirectConvolution(plan) {
      y = direct.output(x, kernel: prepared { direct.prepared(w) }, bias: bias?.value)
    } else {
      y = product.output(x, kernel: w, bias: bias?.value)
    }

    var inputs: [(Variable, Pullback)]
    if let fourier {
      let (wantsInput, wantsKernel) = (isRecorded, kernel.isRecorded)
      let both = SharedPullback {
        // The plan is a Fourier one, as it was above.
        (FourierConvolution(plan, packing: !wantsInput) ?? fourier).gradients(
          x, kernel: w, outputGradient: $0, wantsInput: wantsInput, wantsKernel: wantsKernel)
      }
      inputs = [
        (self, { both($0).input ?? Tensor(repeating: 0, shape: x.shape) }),
        (kernel, { both($0).kernel }),
      ]
    } else {
      inputs = [
        (self, { product.inputGradient($0, kernel: w) }),
        (kernel, { product.kernelGradient(x, $0) }),
      ]
    }
    if let bias { inputs.append((bias, { $0.columnSums() })) }
    return .recorded(y, inputs)
  }
}
