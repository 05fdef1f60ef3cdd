import Foundation

/// The beta distribution, by which Student's t and exact intervals of shares are computed.
enum BetaDistribution {
  /// The regularised incomplete beta function of `a` and `b` at `x`, 0…1: the chance of a value of at most `x`. By its
  /// continued fraction (Abramowitz and Stegun 26.5.8), evaluated from the front after Lentz.
  ///
  /// - Parameter y: 1 − `x`, which where `x` is near 1 has digits that `x` has lost.
  static func regularised(_ x: Double, complement y: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if y <= 0 { return 1 }
    // The fraction converges fast on one side of the mean only.
    if x > (a + 1) / (a + b + 2) { return 1 - regularised(y, complement: x, b, a) }
    let front = exp(
      lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(y))
    let tiny = 1e-300
    func held(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var (c, d) = (1.0, 1 / held(1 - (a + b) * x / (a + 1)))
    var fraction = d
    for m in 1...500 {
      let m = Double(m)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / held(1 + even * d)
      c = held(1 + even / c)
      fraction *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / held(1 + odd * d)
      c = held(1 + odd / c)
      fraction *= d * c
      if abs(d * c - 1) < 1e-16 { break }
    }
    return front * fraction / a
  }
}
