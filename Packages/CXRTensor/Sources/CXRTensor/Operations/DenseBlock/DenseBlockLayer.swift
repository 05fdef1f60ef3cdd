/// One layer of a dense block: normalisation, ReLU, 1×1 convolution to B channels, normalisation, ReLU, 3×3 convolution with
/// a cell around to G channels; no bias.
public struct DenseBlockLayer {
  /// Of all channels so far, `[C]` each.
  public let scale1, shift1: Variable
  /// `[1, 1, C, B]`.
  public let kernel1: Variable
  /// `[B]` each.
  public let scale2, shift2: Variable
  /// `[3, 3, B, G]`.
  public let kernel2: Variable
  /// What the normalisations take for mean and variance.
  public let statistics1, statistics2: NormalizationStatistics
  /// Keep the prepared kernels for the next batch; `nil` where they change.
  public let cache1, cache2: KernelCache?

  /// Gathers a layer.
  public init(
    scale1: Variable, shift1: Variable, statistics1: NormalizationStatistics, kernel1: Variable,
    scale2: Variable, shift2: Variable, statistics2: NormalizationStatistics, kernel2: Variable,
    cache1: KernelCache? = nil, cache2: KernelCache? = nil
  ) {
    (self.scale1, self.shift1, self.statistics1) = (scale1, shift1, statistics1)
    (self.scale2, self.shift2, self.statistics2) = (scale2, shift2, statistics2)
    (self.kernel1, self.kernel2) = (kernel1, kernel2)
    (self.cache1, self.cache2) = (cache1, cache2)
  }

  var variables: [Variable] { [scale1, shift1, kernel1, scale2, shift2, kernel2] }
  /// Channels in, between and added.
  var sizes: (inputs: Int, middle: Int, added: Int) {
    (kernel1.shape[2], kernel1.shape[3], kernel2.shape[3])
  }

  /// Means and biased variances that a layer's normalisations used, `[C]` and `[B]`.
  public struct Statistics {
    /// Of the first.
    public let mean1, variance1: Tensor
    /// Of the second.
    public let mean2, variance2: Tensor
  }
}
