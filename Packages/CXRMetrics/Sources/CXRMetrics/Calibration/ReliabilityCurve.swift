import Foundation

/// How often a finding is there where a model says a probability: films by rising probability in groups.
public struct ReliabilityCurve: Sendable, Equatable {
  /// How films are grouped.
  public enum Grouping: Sendable {
    /// As many films in each, as far as equal probabilities can be parted: every group tells as much.
    case equalFilms
    /// The range 0…1 in equal parts, the lower end excluded but for 0.
    case equalWidth
  }

  /// Films of similar probability.
  public struct Group: Sendable, Equatable {
    /// The mean of what the model says, 0…1.
    public let predicted: Double
    /// The share that has the finding, 0…1.
    public let observed: Double
    /// How many films.
    public let films: Int
    /// How many of them have the finding.
    public let positives: Int
  }

  /// By rising probability; groups without films are left out.
  public let groups: [Group]

  /// Groups films.
  ///
  /// - Parameters:
  ///   - probabilities: `[n]`, each in 0…1: traps where one is not.
  ///   - labels: `[n]`, whether each film has the finding.
  ///   - count: the number of groups, at least 1; ten unless said otherwise.
  ///   - grouping: how films are put into them; as many in each unless said otherwise.
  public init(
    probabilities: [Double], labels: [Bool], groups count: Int = 10,
    grouping: Grouping = .equalFilms
  ) {
    precondition(
      probabilities.count == labels.count && count > 0,
      "\(probabilities.count) probabilities, \(labels.count) labels, \(count) groups")
    checkProbabilities(probabilities, in: "ReliabilityCurve")
    let order = probabilities.indices.sorted {
      (probabilities[$0], $0) < (probabilities[$1], $1)
    }
    var (sums, films, positives) = (
      [Double](repeating: 0, count: count), [Int](repeating: 0, count: count),
      [Int](repeating: 0, count: count)
    )
    var (place, group) = (0, 0)
    while place < order.count {
      // Equal probabilities stay together.
      var end = place + 1
      let value = probabilities[order[place]]
      while end < order.count, probabilities[order[end]] == value { end += 1 }
      switch grouping {
      case .equalFilms:
        while group < count - 1, place >= (group + 1) * order.count / count { group += 1 }
      case .equalWidth:
        group = min(count - 1, max(0, Int((value * Double(count)).rounded(.up)) - 1))
      }
      for film in order[place..<end] {
        sums[group] += probabilities[film]
        films[group] += 1
        if labels[film] { positives[group] += 1 }
      }
      place = end
    }
    groups = (0..<count).filter { films[$0] > 0 }.map { i in
      Group(
        predicted: sums[i] / Double(films[i]), observed: Double(positives[i]) / Double(films[i]),
        films: films[i], positives: positives[i])
    }
  }

  /// The expected calibration error, 0…1: the mean distance of predicted and observed, weighed by films
  /// (Naeini, Cooper and Hauskrecht, AAAI 2015). `nil` without films.
  public var expectedError: Double? {
    let films = groups.reduce(0) { $0 + $1.films }
    guard films > 0 else { return nil }
    return groups.reduce(0) { $0 + Double($1.films) * abs($1.predicted - $1.observed) }
      / Double(films)
  }

  /// The expected calibration error that chance alone would give, were all probabilities right: films would still not fall
  /// evenly into ten groups. 0…1, `nil` without films.
  ///
  /// The mean distance of a binomial count from its mean, in closed form (De Moivre, Miscellanea Analytica, 1730; Diaconis and
  /// Zabell, Statistical Science 6, 1991), each group's films taken for independent and as probable as the group's mean: films
  /// of one patient that go together give more.
  public var expectedErrorByChance: Double? {
    let films = groups.reduce(0) { $0 + $1.films }
    guard films > 0 else { return nil }
    return groups.reduce(0) { sum, group in
      let (n, p) = (Double(group.films), group.predicted)
      guard p > 0, p < 1 else { return sum }
      let m = (n * p).rounded(.down) + 1
      // 2 m C(n, m) pᵐ (1 − p)ⁿ⁻ᵐ⁺¹
      let choices = lgamma(n + 1) - lgamma(m + 1) - lgamma(n - m + 1)
      return sum + 2 * m * exp(choices + m * log(p) + (n - m + 1) * log1p(-p))
    } / Double(films)
  }
}
