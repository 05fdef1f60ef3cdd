extension BootstrapSample {
  /// The least share of replicates in which a figure must be defined for an interval.
  public static let leastDefined = 0.95
  /// The fewest patients of equal weight from whom an interval is drawn; the draws of fewer are too alike.
  public static let leastPatients = 5.0

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

  /// The percentile interval, expanded as a t interval is against a normal one, since resampling n patients shows
  /// too little spread, by √((n − 1)/n) (Hesterberg, The American Statistician 69, 2015). `nil` where the figure
  /// is undefined in more than one replicate of twenty, rests on fewer than ``leastPatients`` patients, or shows no
  /// spread.
  ///
  /// An area of exactly 1 in every draw, as where all films are ranked rightly, has the room that as many patients cannot
  /// rule out: Newcombe's interval of an area (Statistics in Medicine 25, 2006, method 5), for average precision Wilson's
  /// of all hits; and likewise of 0.
  ///
  /// - Parameter level: how often it shall hold the truth.
  public func interval(level: Double = Interval.defaultLevel) -> Interval? {
    let n = effectivePatients
    guard n >= Self.leastPatients, let sorted, let first = sorted.first else { return nil }
    let t = reach(level: level, effectivePatients: n)
    if first == sorted.last {
      guard let room = roomAtOne?(t), first == 0 || first == 1 else { return nil }
      return first == 1 ? Interval(1 - room, 1) : Interval(0, room)
    }
    let tail = NormalDistribution.twoSidedP((n / (n - 1)).squareRoot() * t) / 2
    return Interval(Self.quantile(tail, of: sorted), Self.quantile(1 - tail, of: sorted))
  }

  /// The two-sided p-value that the figure is `value`: 1 less the level of the widest ``interval(level:)`` that leaves it
  /// out, so that the two never contradict each other. Beyond all draws, where these say no more than that it is small,
  /// Student's t with their standard error says how small. `nil` where there is no interval.
  public func pValue(that value: Double) -> Double? {
    guard let sorted, interval() != nil, effectivePatients >= Self.leastPatients else { return nil }
    // The share of the draws below the value, between order statistics as the interval's ends are.
    let last = Double(sorted.count - 1)
    let under = sorted.firstIndex { $0 >= value } ?? sorted.count
    let upTo = sorted.firstIndex { $0 > value } ?? sorted.count
    let isBeyond = upTo == 0 || under == sorted.count
    var share = (Double(under) + Double(upTo - 1)) / 2 / last
    if under == upTo, !isBeyond {
      let (low, high) = (sorted[under - 1], sorted[under])
      share = (Double(under - 1) + (value - low) / (high - low)) / last
    }
    let least = 0.5 / Double(sorted.count + 1)
    share = isBeyond ? (upTo == 0 ? least : 1 - least) : min(max(share, least), 1 - least)
    let z = NormalDistribution.quantile(max(share, 1 - share))
    let n = effectivePatients
    let student = StudentDistribution(degreesOfFreedom: n - 1)
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

  /// How far below 1 an area may be that was 1 on as many patients of either kind: where Newcombe's interval ends, the
  /// distance being t standard errors of the area there, by the exponential model of Hanley and McNeil (Radiology 143,
  /// 1982).
  static func roomOfArea(positives m: Double, negatives n: Double, t: Double) -> Double {
    func isWithin(_ area: Double) -> Bool {
      let pairs = (m + n) / 2 - 1
      let variance =
        area * (1 - area) * (1 + pairs * ((1 - area) / (2 - area) + area / (1 + area))) / (m * n)
      return (1 - area) * (1 - area) <= t * t * variance
    }
    var (low, high) = (0.0, 1.0)
    // Halving to the last bit; at 1 the distance is 0.
    while true {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { return 1 - high }
      if isWithin(middle) { high = middle } else { low = middle }
    }
  }

  /// How far below 1 a share may be that was 1 on n patients: where Wilson's interval ends.
  static func roomOfShare(patients n: Double, t: Double) -> Double { t * t / (n + t * t) }
}
