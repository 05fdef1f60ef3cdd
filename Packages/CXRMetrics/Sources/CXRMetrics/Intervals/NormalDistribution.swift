import Foundation

/// The standard normal distribution.
public enum NormalDistribution {
  /// The value below which a share `probability` (0…1, ends excluded) lies.
  public static func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "quantile: \(probability) is not within 0…1")
    let tail = min(probability, 1 - probability)
    // Halving 0…39, beyond which Double knows no probability, to the last bit.
    var (low, high) = (0.0, 39.0)
    while true {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { return probability < 0.5 ? -middle : middle }
      if erfc(middle / 2.0.squareRoot()) / 2 > tail { low = middle } else { high = middle }
    }
  }

  /// The chance of a value at least as far from 0 as `z`, on either side.
  public static func twoSidedP(_ z: Double) -> Double { erfc(abs(z) / 2.0.squareRoot()) }
}
