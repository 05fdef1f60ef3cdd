import CXRFiles

/// A figure with its interval; `nil` is undefined.
public struct Estimate: Sendable, Equatable {
  /// The figure.
  public var value: Double?
  /// Its interval, from other draws of patients.
  public var interval: Interval?

  /// A figure.
  public init(_ value: Double?, _ interval: Interval? = nil) {
    (self.value, self.interval) = (value, interval)
  }

  /// As text, such as `0.812 (0.790 to 0.833)`; `n/a` where undefined.
  public func text(digits: Int) -> String {
    guard let value else { return "n/a" }
    let number = fixedPoint(value, digits: digits)
    guard let interval else { return "\(number) (n/a)" }
    return
      "\(number) (\(fixedPoint(interval.low, digits: digits)) to \(fixedPoint(interval.high, digits: digits)))"
  }
}

/// A point of a curve with the interval of its height.
public struct BandPoint: Sendable {
  /// 0…1.
  public let x: Double
  /// Of the height, within 0…1.
  public let interval: Interval

  /// At `x`.
  public init(x: Double, interval: Interval) { (self.x, self.interval) = (x, interval) }
}

extension PatientProportion {
  /// The share with its 95 % interval.
  public var estimate: Estimate { Estimate(value, interval()) }
}

/// The mean of the figures that are defined; `nil` where none is.
public func definedMean(_ values: [Double?]) -> Double? {
  let defined = values.compactMap { $0 }
  return defined.isEmpty ? nil : defined.reduce(0, +) / Double(defined.count)
}
