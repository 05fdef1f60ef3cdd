extension BootstrapSample {
  /// The least share of replicates in which a figure must be defined for an interval.
  public static let leastDefined = 0.95

  /// Rising, without those that are undefined; `nil` where these are too many.
  private var sorted: [Double]? {
    let defined = values.filter { !$0.isNaN }.sorted()
    guard !defined.isEmpty, Double(defined.count) >= Self.leastDefined * Double(values.count)
    else { return nil }
    return defined
  }

  /// Between order statistics, as NumPy's quantile.
  private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }

  /// What holds a share `level` of the draws, half of the others on either side; `nil` where the figure is undefined
  /// in more than one replicate of twenty.
  public func percentiles(level: Double = Interval.defaultLevel) -> Interval? {
    sorted.map {
      Interval(
        Self.quantile((1 - level) / 2, of: $0), Self.quantile((1 + level) / 2, of: $0))
    }
  }

  /// Whether an interval is drawn from so few patients at all.
  private var isTelling: Bool { patients >= Interval.leastPatients && effectivePatients > 1 }

  /// The percentile interval, expanded as a t interval is against a normal one, since resampling n patients shows
  /// too little spread, by √((n − 1)/n) (Hesterberg, The American Statistician 69, 2015). Its t has the degrees of freedom of n
  /// patients, or of those whose errors make the figure's if these are fewer, as where nearly all films are ranked rightly. `nil`
  /// where the figure is undefined in more than one replicate of twenty, rests on fewer than ``Interval/leastPatients`` patients,
  /// or shows no spread.
  ///
  /// - Parameter level: how often it shall hold the truth.
  public func interval(level: Double = Interval.defaultLevel) -> Interval? {
    guard isTelling, let sorted, let first = sorted.first, let last = sorted.last, first != last
    else { return nil }
    let n = effectivePatients
    let t = StudentDistribution.reach(level: level, degreesOfFreedom: degreesOfFreedom)
    let tail = NormalDistribution.twoSidedP((n / (n - 1)).squareRoot() * t) / 2
    guard tail < leastTail(of: sorted), let error = standardError else {
      return Interval(Self.quantile(tail, of: sorted), Self.quantile(1 - tail, of: sorted))
    }
    // So many draws do not reach so far: Student's t with their standard error does.
    let mean = sorted.reduce(0, +) / Double(sorted.count)
    return Interval(min(first, mean - t * error), max(last, mean + t * error))
  }

  /// The smallest share beyond a value that so many draws can show.
  private func leastTail(of sorted: [Double]) -> Double { 0.5 / Double(sorted.count + 1) }

  /// The two-sided p-value that the figure is `value`: 1 less the level of the widest ``interval(level:)`` that leaves it
  /// out, so that the two never contradict each other. Beyond all draws, where these say no more than that it is small,
  /// Student's t with their standard error says how small. `nil` where there is no interval.
  public func pValue(that value: Double) -> Double? {
    guard let sorted, interval() != nil else { return nil }
    // The share of the draws below the value, between order statistics as the interval's ends are. Where draws are equal to it,
    // the end of them that is nearer to the middle: an interval leaves the value out only when it leaves out all of these.
    let last = Double(sorted.count - 1)
    let under = sorted.firstIndex { $0 >= value } ?? sorted.count
    let upTo = sorted.firstIndex { $0 > value } ?? sorted.count
    let isBeyond = upTo == 0 || under == sorted.count
    let least = leastTail(of: sorted)
    var tail = least
    if under == upTo, !isBeyond {
      let (low, high) = (sorted[under - 1], sorted[under])
      let share = (Double(under - 1) + (value - low) / (high - low)) / last
      tail = min(share, 1 - share)
    } else if !isBeyond {
      let (below, upTo) = (Double(under) / last, Double(upTo - 1) / last)
      tail = upTo < 0.5 ? upTo : below > 0.5 ? 1 - below : 0.5
    }
    let z = NormalDistribution.quantile(1 - max(tail, least))
    let n = effectivePatients
    let student = StudentDistribution(degreesOfFreedom: degreesOfFreedom)
    let p = student.twoSidedP(z * ((n - 1) / n).squareRoot())
    guard isBeyond, let error = standardError, error > 0 else { return p }
    let mean = sorted.reduce(0, +) / Double(sorted.count)
    return min(p, student.twoSidedP((mean - value) / error))
  }

  /// The standard deviation over the replicates in which the figure is defined; `nil` where it is undefined in more
  /// than one of twenty.
  public var standardError: Double? {
    guard let sorted, sorted.count > 1 else { return nil }
    let mean = sorted.reduce(0, +) / Double(sorted.count)
    let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(sorted.count - 1)).squareRoot()
  }
}
