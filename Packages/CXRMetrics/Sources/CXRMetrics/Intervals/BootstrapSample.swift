/// A figure in every replicate of a bootstrap, NaN where it is undefined.
public struct BootstrapSample: Sendable {
  /// `[replicates]`.
  public let values: [Double]
  /// How many patients of equal weight the figure rests on; see ``PatientIndex/effectiveCount(where:)``.
  public let effectivePatients: Double

  /// Takes a figure a replicate; with `effectivePatients` infinite, intervals are plain percentiles.
  public init(_ values: [Double], effectivePatients: Double = .infinity) {
    (self.values, self.effectivePatients) = (values, effectivePatients)
  }

  /// The least share of replicates in which a figure must be defined for an interval.
  public static let leastDefined = 0.95

  /// The percentile interval, expanded as a t interval is against a normal one, since resampling n patients shows
  /// too little spread, by √((n − 1)/n) (Hesterberg, The American Statistician 69, 2015). `nil` where the figure
  /// is undefined in more than one replicate of twenty, or rests on fewer than two patients.
  ///
  /// - Parameter level: how often it shall hold the truth.
  public func interval(level: Double = 0.95) -> Interval? {
    let sorted = values.filter { !$0.isNaN }.sorted()
    let n = effectivePatients
    guard n >= 2, !sorted.isEmpty, Double(sorted.count) >= Self.leastDefined * Double(values.count)
    else {
      return nil
    }
    // Between order statistics, as NumPy's quantile.
    func quantile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let below = Int(place)
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
    if let first = sorted.first, first == sorted.last {
      // No draw shows any spread, as where all films are ranked rightly. The ends 0 and 1 leave room for what as many
      // patients cannot show (Wilson's interval of all hits, or none); elsewhere nothing is known of the spread.
      guard n.isFinite, first == 0 || first == 1 else { return nil }
      let z = reach(level: level, effectivePatients: n)
      let room = z * z / (n + z * z)
      return first == 1 ? Interval(1 - room, 1) : Interval(0, room)
    }
    let tail =
      n.isFinite
      ? NormalDistribution.twoSidedP(
        (n / (n - 1)).squareRoot() * reach(level: level, effectivePatients: n)) / 2
      : (1 - level) / 2
    return Interval(quantile(tail), quantile(1 - tail))
  }

  /// The standard deviation over the replicates in which the figure is defined; `nil` as for ``interval(level:)``.
  public var standardError: Double? {
    let defined = values.filter { !$0.isNaN }
    guard defined.count > 1, Double(defined.count) >= Self.leastDefined * Double(values.count)
    else {
      return nil
    }
    let mean = defined.reduce(0, +) / Double(defined.count)
    let squares = defined.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(defined.count - 1)).squareRoot()
  }

  /// Replicate by replicate.
  public static func - (left: Self, right: Self) -> Self {
    Self(
      zip(left.values, right.values).map { $0 - $1 },
      effectivePatients: min(left.effectivePatients, right.effectivePatients))
  }

  /// The mean of several figures in each replicate, over those that are defined there. It rests on as many
  /// patients as the median figure does.
  public static func mean(of samples: [BootstrapSample]) -> BootstrapSample {
    let count = samples.first?.values.count ?? 0
    return Self(
      (0..<count).map { replicate in
        let defined = samples.map { $0.values[replicate] }.filter { !$0.isNaN }
        return defined.isEmpty ? .nan : defined.reduce(0, +) / Double(defined.count)
      },
      effectivePatients: samples.isEmpty
        ? 0 : samples.map(\.effectivePatients).sorted()[samples.count / 2])
  }
}
