/// A confidence interval, ends included.
public struct Interval: Sendable, Equatable {
  /// The lower end.
  public let low: Double
  /// The upper end.
  public let high: Double

  /// From `low` to `high`.
  public init(_ low: Double, _ high: Double) { (self.low, self.high) = (low, high) }

  /// Whether `value` lies within.
  public func contains(_ value: Double) -> Bool { low <= value && value <= high }
}
