/// A normalisation and a ReLU that have not been applied yet: a convolution that reads them next applies them on the way, and
/// what they give is never written.
final class PendingRectification {
  let operation: RectifiedNormalization
  private var applied: Tensor?

  init(_ operation: RectifiedNormalization) { self.operation = operation }

  /// The normalised and rectified values, formed when first asked for.
  var value: Tensor {
    if let applied { return applied }
    let value = operation.output()
    applied = value
    return value
  }
}
