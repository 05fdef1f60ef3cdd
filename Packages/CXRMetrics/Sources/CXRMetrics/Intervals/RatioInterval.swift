extension Interval {
  /// The interval of one share divided by another, from the intervals of both: the method of variance estimates recovery for
  /// ratios (Donner and Zou, Statistical Methods in Medical Research 21, 2012), which needs no logarithm where a share is 0.
  /// The upper end is infinite where the second share may be 0.
  ///
  /// - Parameters:
  ///   - above: the share that is divided, with its interval.
  ///   - below: the other.
  ///   - correlation: of both estimates, −1…1.
  static func ofRatio(
    _ above: (value: Double, interval: Interval), to below: (value: Double, interval: Interval),
    correlation: Double
  ) -> Interval {
    let (p, l, u) = (above.value, above.interval.low, above.interval.high)
    let (q, k, v) = (below.value, below.interval.low, below.interval.high)
    /// A root of d·θ² − 2a·θ + c = 0, which both ends are.
    func root(_ a: Double, _ c: Double, _ d: Double, _ sign: Double) -> Double {
      let under = max(0, a * a - c * d).squareRoot()
      // Where d is nearly 0 the equation is a straight line.
      return abs(d) > 1e-12 ? (a + sign * under) / d : c / (2 * a)
    }
    let low = root(
      p * q - correlation * (p - l) * (v - q), l * (2 * p - l), v * (2 * q - v), -1)
    let high =
      k > 0
      ? root(p * q - correlation * (u - p) * (q - k), u * (2 * p - u), k * (2 * q - k), 1)
      : .infinity
    return Interval(low.isFinite ? max(0, low) : 0, high.isNaN ? .infinity : high)
  }
}
