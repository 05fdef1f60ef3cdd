/// How a number is spread over patients, such as their ages; undefined of too few.
public struct Quantity: Sendable, Equatable {
  /// Of how many it is known.
  public let count: Int
  /// The mean; undefined of none.
  public let mean: Double?
  /// The standard deviation over n − 1; undefined of fewer than two.
  public let standardDeviation: Double?
  /// A quarter of the values are at most this.
  public let lowerQuartile: Double?
  /// Half of the values are at most this.
  public let median: Double?
  /// Three quarters of the values are at most this.
  public let upperQuartile: Double?
  /// The largest value.
  public let most: Double?

  /// Describes values in any order.
  public init(_ values: [Double]) {
    let (sorted, n) = (values.sorted(), Double(values.count))
    let mean = values.isEmpty ? nil : values.reduce(0, +) / n
    (count, self.mean, most) = (values.count, mean, sorted.last)
    standardDeviation = mean.flatMap { mean in
      values.count < 2
        ? nil
        : (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)).squareRoot()
    }
    lowerQuartile = Self.quantile(0.25, of: sorted)
    median = Self.quantile(0.5, of: sorted)
    upperQuartile = Self.quantile(0.75, of: sorted)
  }

  /// Between order statistics, on the straight line, as NumPy's quantile (Hyndman and Fan's seventh).
  private static func quantile(_ share: Double, of sorted: [Double]) -> Double? {
    guard !sorted.isEmpty else { return nil }
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }
}
