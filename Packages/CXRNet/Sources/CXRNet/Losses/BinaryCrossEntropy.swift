import CXRTensor

extension Loss {
  /// Mean over images and classes of the binary cross-entropy.
  public static let binaryCrossEntropy = Loss(reducing: "bce", over: Loss.known) {
    $0.binaryCrossEntropy(labels: $1)
  }

  /// Sum over classes, mean over images, of the binary cross-entropy, each term times its class's
  /// weight for negatives or positives, `[K]` each.
  public static func weightedBinaryCrossEntropy(negative: Tensor, positive: Tensor) -> Loss {
    Loss(reducing: "weighted-bce", over: { Double($0.shape[0]) }) {
      $0.weightedBinaryCrossEntropy(
        labels: $1, negativeWeights: negative, positiveWeights: positive)
    }
  }
}
