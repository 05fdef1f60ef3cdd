/// The mean and standard deviation of pixels, gathered film by film in Double.
///
/// Each film's own moments are merged in the order they are added (Chan, Golub and LeVeque, 1979),
/// so films may be measured on any thread and added in file order.
public struct PixelMoments: Sendable, Equatable, Codable {
  /// The number of pixels.
  public private(set) var count = 0
  /// The mean, in grey levels.
  public private(set) var mean = 0.0
  /// The sum of squared deviations from the mean, in squared grey levels.
  public private(set) var squaredDeviations = 0.0

  /// No pixels.
  public init() {}

  /// The pixels of one film.
  public init(_ film: FilmPlane) {
    count = film.values.count
    mean = film.values.reduce(0.0) { $0 + Double($1) } / Double(count)
    let centre = mean
    squaredDeviations = film.values.reduce(0.0) {
      $0 + (Double($1) - centre) * (Double($1) - centre)
    }
  }

  /// Moments that were kept: of `count` pixels, in grey levels and squared grey levels.
  public init(count: Int, mean: Double, squaredDeviations: Double) {
    (self.count, self.mean, self.squaredDeviations) = (count, mean, squaredDeviations)
  }

  /// Of whole numbers of `unit` grey levels, from their exact sum and sum of squares.
  init(count: Int, sum: UInt64, squares: UInt64, unit: Double) {
    self.count = count
    mean = Double(sum) / Double(count) * unit
    // n Σx² − (Σx)² is a whole number; in Double it would lose what a flat film has.
    let n = UInt64(count)
    let (a, b) = (n.multipliedFullWidth(by: squares), sum.multipliedFullWidth(by: sum))
    let (low, borrow) = a.low.subtractingReportingOverflow(b.low)
    let high = a.high - b.high - (borrow ? 1 : 0)
    squaredDeviations = (Double(high) * 0x1p64 + Double(low)) / Double(count) * unit * unit
  }

  /// The population standard deviation, in grey levels; 0 without pixels.
  public var standardDeviation: Double {
    count > 0 ? (squaredDeviations / Double(count)).squareRoot() : 0
  }

  /// Adds another set of pixels.
  public mutating func add(_ other: PixelMoments) {
    guard other.count > 0 else { return }
    let total = count + other.count
    let difference = other.mean - mean
    squaredDeviations +=
      other.squaredDeviations
      + difference * difference * Double(count) * Double(other.count) / Double(total)
    mean += difference * Double(other.count) / Double(total)
    count = total
  }
}
