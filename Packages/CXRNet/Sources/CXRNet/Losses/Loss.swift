import CXRTensor

/// What a multi-label classifier minimises, from logits.
public enum Loss: Sendable {
  /// Mean over images and classes of the binary cross-entropy.
  case binaryCrossEntropy
  /// Sum over classes, mean over images, of the binary cross-entropy, each term times its class's
  /// weight for negatives or positives, `[K]` each.
  case weightedBinaryCrossEntropy(negative: Tensor, positive: Tensor)

  /// The loss of a batch: logits and labels `[N, K]` → a scalar, in nats. A label of NaN is unknown and
  /// left out.
  public func callAsFunction(logits: Variable, labels: Tensor) -> Variable {
    switch self {
    case .binaryCrossEntropy: logits.binaryCrossEntropy(labels: labels)
    case .weightedBinaryCrossEntropy(let negative, let positive):
      logits.weightedBinaryCrossEntropy(
        labels: labels, negativeWeights: negative, positiveWeights: positive)
    }
  }
}
