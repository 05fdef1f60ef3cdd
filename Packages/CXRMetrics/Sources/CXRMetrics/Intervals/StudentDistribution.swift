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
    return BetaDistribution.regularised(
      nu / (nu + t * t), complement: t * t / (nu + t * t), nu / 2, 0.5) / 2
  }
}

extension StudentDistribution {
  /// How many standard errors an interval of `level` reaches to either side, where these were estimated with as many
  /// degrees of freedom: the normal distribution's where they are infinite, infinite where there are none.
  static func reach(level: Double, degreesOfFreedom: Double) -> Double {
    guard degreesOfFreedom > 0 else { return .infinity }
    guard degreesOfFreedom < 1e6 else { return NormalDistribution.quantile((1 + level) / 2) }
    return StudentDistribution(degreesOfFreedom: degreesOfFreedom).quantile((1 + level) / 2)
  }
}
