/// How far two groups lie apart, in standard deviations: the size of an imbalance, whatever the number of patients.
///
/// Austin, "Using the standardized difference to compare the prevalence of a binary variable between two groups in
/// observational research", Communications in Statistics 38 (2009) 1228: the difference by the root of the mean of both
/// groups' variances.
public enum StandardisedDifference {
  /// Above it, in absolute value, groups are called imbalanced.
  public static let limit = 0.1

  /// Of two shares, `(p − q) / √((p (1 − p) + q (1 − q)) / 2)`; undefined where nobody is in a group, and where each group is
  /// all alike.
  public static func ofShares(_ p: Double?, _ q: Double?) -> Double? {
    guard let p, let q else { return nil }
    return ratio(p - q, variances: p * (1 - p), q * (1 - q))
  }

  /// Of two means, by the pooled standard deviation `√((s² + t²) / 2)`; undefined where a deviation is, or both are nought.
  public static func ofMeans(_ one: Quantity, _ other: Quantity) -> Double? {
    guard let p = one.mean, let q = other.mean, let s = one.standardDeviation,
      let t = other.standardDeviation
    else { return nil }
    return ratio(p - q, variances: s * s, t * t)
  }

  private static func ratio(_ difference: Double, variances one: Double, _ other: Double) -> Double?
  {
    let variance = (one + other) / 2
    return variance > 0 ? difference / variance.squareRoot() : nil
  }
}
