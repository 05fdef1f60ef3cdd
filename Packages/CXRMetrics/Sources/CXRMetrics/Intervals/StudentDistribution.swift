import Foundation

/// Student's t distribution: what the normal one becomes where the spread is estimated from few values.
public struct StudentDistribution: Sendable {
  /// Positive; need not be whole.
  public let degreesOfFreedom: Double

  /// With this many degrees of freedom.
  public init(degreesOfFreedom: Double) {
    precondition(
      degreesOfFreedom > 0, "StudentDistribution: \(degreesOfFreedom) degrees of freedom")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The value below which a share `probability` (0…1, ends excluded) lies.
  public func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "quantile: \(probability) is not within 0…1")
    let tail = min(probability, 1 - probability)
    var (low, high) = (0.0, 1.0)
    while upperTail(high) > tail, high < 1e300 { (low, high) = (high, high * 2) }
    while true {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { return probability < 0.5 ? -middle : middle }
      if upperTail(middle) > tail { low = middle } else { high = middle }
    }
  }

  /// The chance of a value at least as far from 0 as `t`, on either side.
  public func twoSidedP(_ t: Double) -> Double { 2 * upperTail(abs(t)) }

  /// The chance of a value above `t` ≥ 0: half the regularised incomplete beta function of ν/2 and 1/2 at
  /// ν/(ν + t²).
  func upperTail(_ t: Double) -> Double {
    let nu = degreesOfFreedom
    return Self.regularisedBeta(nu / (nu + t * t), complement: t * t / (nu + t * t), nu / 2, 0.5)
      / 2
  }

  /// By its continued fraction (Abramowitz and Stegun 26.5.8), evaluated from the front after Lentz.
  private static func regularisedBeta(
    _ x: Double, complement y: Double, _ a: Double, _ b: Double
  ) -> Double {
    if x <= 0 { return 0 }
    if y <= 0 { return 1 }
    // The fraction converges fast on one side of the mean only.
    if x > (a + 1) / (a + b + 2) { return 1 - regularisedBeta(y, complement: x, b, a) }
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

/// The reach of an interval on both sides, in standard errors, where the spread was estimated from as many equal
/// patients as `effectivePatients`; infinite with one.
func reach(level: Double, effectivePatients: Double) -> Double {
  guard effectivePatients > 1 else { return .infinity }
  return StudentDistribution(degreesOfFreedom: effectivePatients - 1).quantile((1 + level) / 2)
}
