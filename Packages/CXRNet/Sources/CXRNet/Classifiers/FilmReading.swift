import CXRTensor

/// What a network sees on films on its way to the logits.
public struct FilmReading: Sendable {
  /// After the last block, `[N, H, W, C]`.
  public let featureMaps: Tensor
  /// Their means over rows and columns, `[N, C]`.
  public let features: Tensor
  /// `[N, K]`.
  public let logits: Tensor

  /// What was seen elsewhere.
  public init(featureMaps: Tensor, features: Tensor, logits: Tensor) {
    (self.featureMaps, self.features, self.logits) = (featureMaps, features, logits)
  }

  /// `[N, K]`, each in 0…1.
  public var probabilities: Tensor { Variable(logits).sigmoid().value }
}
