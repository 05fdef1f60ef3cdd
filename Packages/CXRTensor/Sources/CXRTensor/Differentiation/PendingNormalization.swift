import CXRParallel

/// Values whose normalisation x·factor + offset has not been applied yet: whoever reads them next
/// applies it on the way, and the normalised copy is never written.
final class PendingNormalization {
  /// `[N, P, Q, K]`, before normalisation.
  let values: Tensor
  /// `[K]` each.
  let factor: [Float]
  let offset: [Float]
  /// The batch's mean, `[K]`; empty with stored statistics.
  let mean: [Double]
  /// The order in which the images were written.
  let order: BlockOrder
  private var applied: Tensor?
  /// A gradient of the normalised values with its sums, formed while it was written.
  private var sums: (of: FloatBuffer, gradient: [Double], product: [Double])?

  init(
    _ values: Tensor, factor: [Float], offset: [Float], mean: [Double], order: BlockOrder
  ) {
    (self.values, self.factor, self.offset) = (values, factor, offset)
    (self.mean, self.order) = (mean, order)
  }

  /// The normalised values, formed when first asked for.
  var value: Tensor {
    if let applied { return applied }
    let value = values.scaledAndShifted(by: factor, offset)
    applied = value
    return value
  }

  /// Keeps the sums of a gradient until it arrives. Holding its memory makes every later change of it
  /// a copy, so that sums never meet another gradient.
  func keep(_ sums: (gradient: [Double], product: [Double]), of gradient: Tensor) {
    self.sums = (gradient.buffer, sums.gradient, sums.product)
  }

  /// The sums of `gradient`, when it is the one they were kept for.
  func takeSums(of gradient: Tensor) -> (gradient: [Double], product: [Double])? {
    defer { sums = nil }
    guard let sums, sums.of === gradient.buffer else { return nil }
    return (sums.gradient, sums.product)
  }
}
