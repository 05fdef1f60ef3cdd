/// The area under the ROC curve with its variance in closed form.
///
/// Film by film after DeLong, DeLong and Clarke-Pearson (Biometrics 44, 1988), by the midranks of Sun and Xu (IEEE
/// Signal Processing Letters 21, 2014); with several films a patient after Obuchowski (Biometrics 53, 1997).
public struct DeLong: Sendable {
  /// 0…1.
  public let auc: Double
  /// A film's part in the area: of a film with the finding, the share of those without it that score lower,
  /// ties half; of a film without it, the share of those with it that score higher. `[n]`
  private let components: [Double]
  private let labels: [Bool]

  /// `nil` unless both kinds occur.
  public init?(scores: [Double], labels: [Bool]) {
    precondition(
      scores.count == labels.count, "\(scores.count) scores for \(labels.count) labels")
    let positives = labels.indices.filter { labels[$0] }
    let negatives = labels.indices.filter { !labels[$0] }
    guard !positives.isEmpty, !negatives.isEmpty else { return nil }
    let ranks = Self.midranks(scores)
    let ofPositives = Self.midranks(positives.map { scores[$0] })
    let ofNegatives = Self.midranks(negatives.map { scores[$0] })
    var components = [Double](repeating: 0, count: scores.count)
    for (place, film) in positives.enumerated() {
      components[film] = (ranks[film] - ofPositives[place]) / Double(negatives.count)
    }
    for (place, film) in negatives.enumerated() {
      components[film] = 1 - (ranks[film] - ofNegatives[place]) / Double(positives.count)
    }
    auc = positives.reduce(0) { $0 + components[$1] } / Double(positives.count)
    (self.components, self.labels) = (components, labels)
  }

  /// Ranks from 1, equal scores sharing their mean rank.
  private static func midranks(_ scores: [Double]) -> [Double] {
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var ranks = [Double](repeating: 0, count: scores.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
      start = end
    }
    return ranks
  }

  /// Of ``auc``, films being independent; `nil` unless there are two films of each kind.
  public var variance: Double? { covariance(with: self) }

  /// Of two areas on the same films, films being independent; `nil` unless there are two films of each kind.
  public func covariance(with other: DeLong) -> Double? {
    precondition(labels == other.labels, "DeLong: areas of different films")
    var sum = 0.0
    for kind in [true, false] {
      let films = labels.indices.filter { labels[$0] == kind }
      guard films.count > 1 else { return nil }
      let products = films.reduce(0.0) {
        $0 + (components[$1] - auc) * (other.components[$1] - other.auc)
      }
      sum += products / Double(films.count - 1) / Double(films.count)
    }
    return sum
  }

  /// Of ``auc``, patients being independent; `nil` unless two patients have a film of each kind.
  public func variance(patients: PatientIndex) -> Double? {
    covariance(with: self, patients: patients)
  }

  /// Of two areas on the same films, patients being independent; `nil` unless two patients have a film of
  /// each kind.
  public func covariance(with other: DeLong, patients: PatientIndex) -> Double? {
    precondition(
      labels == other.labels && patients.numbers.count == labels.count,
      "DeLong: areas of different films")
    struct Sums {
      var own = 0.0
      var other = 0.0
      var films = 0
    }
    var positives = [Sums](repeating: Sums(), count: patients.count)
    var negatives = positives
    func add(_ film: Int, to sums: inout Sums) {
      sums.own += components[film] - auc
      sums.other += other.components[film] - other.auc
      sums.films += 1
    }
    for film in labels.indices {
      let patient = patients.numbers[film]
      if labels[film] {
        add(film, to: &positives[patient])
      } else {
        add(film, to: &negatives[patient])
      }
    }
    let m = Double(positives.reduce(0) { $0 + $1.films })
    let n = Double(negatives.reduce(0) { $0 + $1.films })
    func part(_ count: Int, _ sum: Double) -> Double { Double(count) / Double(count - 1) * sum }
    let withPositive = positives.filter { $0.films > 0 }.count
    let withNegative = negatives.filter { $0.films > 0 }.count
    let all = zip(positives, negatives).filter { $0.films + $1.films > 0 }.count
    guard withPositive > 1, withNegative > 1 else { return nil }
    let ten = part(withPositive, positives.reduce(0) { $0 + $1.own * $1.other })
    let one = part(withNegative, negatives.reduce(0) { $0 + $1.own * $1.other })
    let crossed = part(
      all,
      zip(positives, negatives).reduce(0) { $0 + $1.0.own * $1.1.other + $1.0.other * $1.1.own })
    return ten / (m * m) + one / (n * n) + crossed / (m * n)
  }

  /// The interval of ``auc``, films being independent, within 0…1: as other programs give it, to be compared with them. Of a
  /// patient's films, which are not independent, it holds too little; ``AreaSpread`` has the interval to report.
  public func interval(level: Double = Interval.defaultLevel) -> Interval? {
    // A variance of 0, of films that are all ranked rightly, says only that the formula sees no spread.
    guard let variance, variance > 0 else { return nil }
    let distance = NormalDistribution.quantile((1 + level) / 2) * variance.squareRoot()
    return Interval(max(0, auc - distance), min(1, auc + distance))
  }
}
