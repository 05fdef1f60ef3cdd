/// A confidence interval, ends included.
public struct Interval: Sendable, Equatable {
  /// The level of intervals unless another is asked for: of so many draws of patients the interval is to hold the value.
  public static let defaultLevel = 0.95
  /// The same in words, such as `95 %`.
  public static var defaultLevelText: String { "\(Int((100 * defaultLevel).rounded())) %" }

  /// The fewest patients from whom an interval is drawn: with the finding and without it for what compares them, those of
  /// whose films a share is for a share. Chosen by simulation; see HowSureIsThat.
  public static let leastPatients = 8

  /// The lower end.
  public let low: Double
  /// The upper end.
  public let high: Double

  /// From `low` to `high`.
  public init(_ low: Double, _ high: Double) { (self.low, self.high) = (low, high) }

  /// Whether `value` lies within.
  public func contains(_ value: Double) -> Bool { low <= value && value <= high }
}
