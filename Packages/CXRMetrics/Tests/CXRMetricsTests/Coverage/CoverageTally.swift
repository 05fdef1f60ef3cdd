import CXRMetrics
import Foundation

/// Of a figure's intervals, how many hold the truth, and on which side the others miss it.
struct CoverageTally: Sendable {
  /// Sets with an interval.
  private(set) var given = 0
  /// Sets without one.
  private(set) var withheld = 0
  /// Intervals that lie above the truth.
  private(set) var above = 0
  /// Intervals that lie below it.
  private(set) var below = 0
  /// Intervals that would hold it at half their width.
  private(set) var heldByHalves = 0
  private var widths: [Double] = []

  mutating func add(_ interval: Interval?, _ truth: Double) {
    guard let interval else {
      withheld += 1
      return
    }
    given += 1
    if truth < interval.low { above += 1 }
    if truth > interval.high { below += 1 }
    widths.append(interval.high - interval.low)
    let (middle, reach) = ((interval.low + interval.high) / 2, (interval.high - interval.low) / 4)
    if abs(truth - middle) <= reach { heldByHalves += 1 }
  }

  var coverage: Double { 1 - Double(above + below) / Double(max(1, given)) }
  /// Were intervals half as wide.
  var coverageOfHalves: Double { Double(heldByHalves) / Double(max(1, given)) }
  var width: Double { widths.sorted().dropFirst(widths.count / 2).first ?? .nan }

  /// Wilson's interval of the coverage; sets are independent.
  var interval: Interval {
    let (n, p, z) = (Double(max(1, given)), coverage, 1.959964)
    let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    let reach =
      z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    return Interval(centre - reach, centre + reach)
  }

  /// Fewer intervals tell nothing.
  static let least = 50

  /// Whether intervals of 95 % hold what they promise: the coverage may be 93 to 99 %, and neither side is missed by more
  /// than 4 %. `nil` of too few.
  var holds: Bool? {
    guard given >= Self.least else { return nil }
    let (n, range) = (Double(given), interval)
    return range.high >= 0.93 && range.low <= 0.99 && Double(above) / n <= 0.04
      && Double(below) / n <= 0.04
  }

  /// Whether intervals hold the truth more often than they must, 99 % and more, and are wrong in no other way; `nil` of too few.
  var holdsTooOften: Bool? {
    holds.map { !$0 && interval.low > 0.99 }
  }

  /// Whether a test of 5 % refuses what is true in 3 to 6.5 % of the sets, as far as so many sets can tell; `nil` of too few.
  var isLevel: Bool? {
    guard given >= Self.least else { return nil }
    return 1 - interval.high <= 0.065 && 1 - interval.low >= 0.03
  }

  /// Whether a test of 5 % refuses less than 3 %; `nil` of too few.
  var refusesTooLittle: Bool? {
    isLevel.map { !$0 && 1 - interval.low < 0.03 }
  }
}
