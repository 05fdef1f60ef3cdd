import CXRTensor

/// Films and their findings, ready for a step.
public struct Batch: Sendable {
  /// Standardised pixels, `[N, size, size, 1]`.
  public let films: Tensor
  /// 0 or 1, NaN where unknown, `[N, K]`.
  public let labels: Tensor
  /// The films' names, for messages.
  public let names: [String]

  /// Gathers a batch.
  public init(films: Tensor, labels: Tensor, names: [String]) {
    (self.films, self.labels, self.names) = (films, labels, names)
  }
}
