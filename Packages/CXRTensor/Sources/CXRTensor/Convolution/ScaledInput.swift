/// What a convolution by tiles reads: values `[N, H, W, C]`, and a factor and an offset a channel that are
/// applied as they are read, perhaps with a ReLU, which saves writing a normalised copy.
struct ScaledInput {
  let values: Tensor
  let factor: [Float]?
  let offset: [Float]?
  /// Whether a ReLU follows factor and offset, which are there then.
  let isRectified: Bool

  init(
    _ values: Tensor, factor: [Float]? = nil, offset: [Float]? = nil, isRectified: Bool = false
  ) {
    (self.values, self.factor, self.offset) = (values, factor, offset)
    self.isRectified = isRectified
  }

  /// `body` with addresses of factor and offset, or null ones.
  func withScale<Result>(
    _ body: (UnsafePointer<Float>?, UnsafePointer<Float>?) -> Result
  ) -> Result {
    guard let factor, let offset else { return body(nil, nil) }
    return factor.withUnsafeBufferPointer { f in
      offset.withUnsafeBufferPointer { body(f.baseAddress, $0.baseAddress) }
    }
  }
}
