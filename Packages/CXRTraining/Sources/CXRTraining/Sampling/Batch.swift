import CXRTensor

/// Films and their findings, ready for a step.
public struct Batch: Sendable {
  /// Standardised pixels, `[N, size, size, 1]`: of the films at ``places``.
  public let films: Tensor
  /// 0 or 1, NaN where unknown, `[N, K]`: of all films.
  public let labels: Tensor
  /// The names of all films, for messages.
  public let names: [String]
  /// The places in the batch whose films are here: all, unless it is divided among ranks.
  public let places: Range<Int>

  /// Gathers a batch.
  ///
  /// - Parameters:
  ///   - films: `[N, size, size, 1]`.
  ///   - labels: `[N, K]`.
  ///   - names: N.
  ///   - places: those of `films` among the N, where they are not all.
  public init(films: Tensor, labels: Tensor, names: [String], places: Range<Int>? = nil) {
    (self.films, self.labels, self.names) = (films, labels, names)
    self.places = places ?? 0..<names.count
    precondition(
      films.shape[0] == self.places.count,
      "Batch: \(films.shape[0]) films for places \(self.places)")
  }

  /// Labels of the films that are here, `[n, K]`.
  var labelsHere: Tensor {
    let count = labels.shape[1]
    return Tensor(
      Array(labels.scalars[places.lowerBound * count..<places.upperBound * count]),
      shape: [places.count, count])
  }
}
