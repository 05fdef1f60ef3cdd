import CConvolution

/// What a convolution by matrix products reads: values, or of them the positive part of x·factor + offset, applied as they are
/// read, which saves writing a normalised copy.
struct ConvolutionInput {
  /// `[N, H, W, S]`, of which the first C channels are meant.
  let values: Tensor
  /// `[C]` each, or none.
  let factor: [Float]
  let offset: [Float]

  /// Values as they are.
  init(_ values: Tensor) { (self.values, factor, offset) = (values, [], []) }

  /// Values that factors and offsets, and a ReLU, are applied to.
  init(_ values: Tensor, factor: [Float], offset: [Float]) {
    (self.values, self.factor, self.offset) = (values, factor, offset)
  }

  /// `body` with the pixels as rows.
  func withRows<Result>(_ body: (cxr_rows) -> Result) -> Result {
    factor.withUnsafeBufferPointer { factor in
      offset.withUnsafeBufferPointer { offset in
        body(
          cxr_rows(
            values: values.buffer.base, stride: values.shape[-1],
            factor: factor.isEmpty ? nil : factor.baseAddress,
            offset: offset.isEmpty ? nil : offset.baseAddress))
      }
    }
  }
}
