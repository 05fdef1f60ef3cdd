import Foundation

/// How far the average precision of some patients' films may be from what is to be expected of sets of as many.
///
/// Average precision depends on how many films have the finding, and is too high on average where few do: the interval is of
/// its expectation over sets of this size, and says nothing of sets of another.
///
/// In log-odds it reaches t standard errors of the draws to either side, lengthened upwards and shortened downwards by the
/// acceleration of the figure times t (Efron, Journal of the American Statistical Association 82, 1987, to first order): a
/// set that happens to have no film ranked high looks surer of that than it is.
public struct PrecisionSpread: Sendable {
  /// The average precision, 0…1.
  public let averagePrecision: Double
  /// The fewer of the patients with a film that has the finding and those with one that lacks it.
  public let patients: Int
  /// How many patients of equal weight the rarer kind is.
  private let effectivePatients: Double
  /// How many the films with the finding are.
  private let effectivePositives: Double
  /// To first order.
  let influence: PatientInfluence

  /// `nil` unless both kinds occur.
  ///
  /// - Parameters:
  ///   - order: the films' places by falling score.
  ///   - scores: `[n]`.
  ///   - labels: `[n]`.
  ///   - area: of the same films.
  ///   - owners: `[n]`.
  init?(
    order: [Int], scores: [Double], labels: [Bool], area: AreaSpread?, patients owners: PatientIndex
  ) {
    guard let area else { return nil }
    (patients, effectivePatients) = (area.patients, area.effectivePatients)
    effectivePositives = owners.effectiveCount(where: labels)
    // From the highest score down, films of equal score together.
    var steps: [(films: Range<Int>, found: Double, truePositives: Double, all: Double)] = []
    var (start, truePositives, sum) = (0, 0.0, 0.0)
    while start < order.count {
      var (end, found) = (start, 0.0)
      while end < order.count, scores[order[end]] == scores[order[start]] {
        if labels[order[end]] { found += 1 }
        end += 1
      }
      truePositives += found
      sum += found * truePositives / Double(end)
      steps.append((start..<end, found, truePositives, Double(end)))
      start = end
    }
    averagePrecision = sum / truePositives
    // What one more film of a score would add: to the precisions from there down, and as one more with the finding.
    var influences = [Double](repeating: 0, count: owners.count)
    var (ofPositive, ofNegative) = (0.0, 0.0)
    for step in steps.reversed() {
      let share = step.found / (step.all * step.all)
      ofPositive += share * (step.all - step.truePositives)
      ofNegative -= share * step.truePositives
      for film in order[step.films] {
        influences[owners.numbers[film]] +=
          (labels[film]
            ? step.truePositives / step.all + ofPositive - averagePrecision : ofNegative)
          / truePositives
      }
    }
    influence = PatientInfluence(influences)
  }

  /// How much the draws of few patients show too little.
  private var correction: Double {
    effectivePatients > 1 ? effectivePatients / (effectivePatients - 1) : 1
  }

  /// The interval by the draws of the figure; `nil` of fewer than ``Interval/leastPatients`` patients with the finding, or
  /// without it, and where the draws show no spread. Of an average precision of 1 Wilson's of all hits among as many
  /// patients.
  func interval(_ draws: BootstrapSample, level: Double) -> Interval? {
    guard patients >= Interval.leastPatients else { return nil }
    let known = min(effectivePositives - 1, influence.degreesOfFreedom)
    let t = StudentDistribution.reach(
      level: level,
      degreesOfFreedom: averagePrecision < 1 ? known : effectivePositives - 1)
    guard t.isFinite else { return nil }
    if averagePrecision == 1 {
      return Interval(1 - t * t / (effectivePositives + t * t), 1)
    }
    guard let error = draws.standardError else { return nil }
    return Self.interval(
      averagePrecision, error: error * correction.squareRoot(), t: t,
      acceleration: influence.acceleration)
  }

  private static func interval(
    _ value: Double, error: Double, t: Double, acceleration: Double
  ) -> Interval? {
    guard error > 0, value > 0, value < 1 else { return nil }
    let distance = t * error / (value * (1 - value))
    // Beyond these the first order says nothing.
    let skew = max(0, acceleration * t)
    func probability(_ logit: Double) -> Double { 1 / (1 + exp(-logit)) }
    let logit = log(value / (1 - value))
    return Interval(
      probability(logit - distance * (1 - min(0.5, skew))),
      probability(logit + distance * (1 + min(1, skew))))
  }

  /// The interval of the mean of average precisions on the same films; `nil` of fewer than ``Interval/leastPatients`` patients,
  /// those of the figures together. The mean of one is that one.
  static func interval(
    ofMeanOf figures: [(spread: PrecisionSpread, draws: BootstrapSample)], level: Double
  ) -> Interval? {
    guard figures.reduce(0, { $0 + $1.spread.patients }) >= Interval.leastPatients else {
      return nil
    }
    if figures.count == 1 { return figures[0].spread.interval(figures[0].draws, level: level) }
    let count = Double(figures.count)
    let mean = figures.reduce(0) { $0 + $1.spread.averagePrecision } / count
    let draws = BootstrapSample.mean(
      of: figures.map { ($0.spread.averagePrecision, $0.draws) })
    guard let error = draws.standardError else { return nil }
    let influence = PatientInfluence.mean(of: figures.map(\.spread.influence))
    let known = min(
      influence.degreesOfFreedom,
      satterthwaite(
        figures.map {
          let error = $0.draws.standardError ?? 0
          return (error * error, max(0.5, $0.spread.effectivePositives - 1))
        }))
    let t = StudentDistribution.reach(level: level, degreesOfFreedom: known)
    guard t.isFinite else { return nil }
    let correction = figures.reduce(0) { $0 + $1.spread.correction } / count
    return interval(
      mean, error: error * correction.squareRoot(), t: t, acceleration: influence.acceleration)
  }
}
