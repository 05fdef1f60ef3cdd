import CXRTensor

/// Convolution with bias, ReLU, 2×2 max-pooling and batch normalisation, where they follow one another in a
/// ``Sequential``: one operation that never writes the convolution's full output.
struct FusedBlock {
  /// How many layers a block replaces.
  static let length = 4

  private let conv: Conv2D
  private let bias: Parameter
  private let norm: BatchNorm

  /// The block that `layers` begin with; `nil` where they begin otherwise, where single operations are
  /// faster, or where a gradient is asked of stored statistics.
  init?(_ layers: [any Layer], input: Variable, in pass: borrowing Pass) {
    guard layers.count >= Self.length, let conv = layers[0] as? Conv2D, let bias = conv.bias,
      layers[1] as? Activation == .relu, let pool = layers[2] as? MaxPool, pool.window == 2,
      pool.stride == 2, pool.padding == .valid, let norm = layers[3] as? BatchNorm
    else { return nil }
    guard conv.stride == 1, norm.gamma.value.shape[0] == conv.kernel.value.shape[3],
      pass.mode == .training ? !pass.isFrozen(norm.movingMean) : !input.isRecorded,
      Variable.canFuseConvolution(
        input: input.shape, kernel: conv.kernel.value.shape, padding: conv.padding,
        shares: pass.shares)
    else { return nil }
    (self.conv, self.bias, self.norm) = (conv, bias, norm)
  }

  func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    switch pass.mode {
    case .training:
      conv.cache.clear()
      let (output, mean, variance) = input.convolutionBlock(
        kernel: pass[conv.kernel], bias: pass[bias], scale: pass[norm.gamma],
        shift: pass[norm.beta], epsilon: norm.epsilon, padding: conv.padding)
      norm.record(
        mean: mean, variance: variance, count: output.countPerChannel,
        in: &pass)
      return output
    case .inference:
      let (factor, offset) = norm.storedScale
      return input.convolutionBlock(
        kernel: conv.kernel.value, bias: bias.value, factor: factor, offset: offset,
        padding: conv.padding, cache: conv.cache)
    }
  }
}
