import Foundation

/// How far the area under a ROC curve of some patients' films may be from that of all such patients.
///
/// The interval holds every area θ from which the one that was found is at most t standard errors away *as they would be at
/// θ*: Newcombe's score interval (Statistics in Medicine 25, 2006, method 5), with the variance of Hanley and McNeil's
/// exponential model (Radiology 143, 1982). It is lopsided towards 0.5 as the truth is, and stands at an area of 1. That
/// films of a patient go together comes in by a design effect: both counts of films are divided by the ratio of the
/// jackknife's variance, patients left out one by one, to the model's.
public struct AreaSpread: Sendable {
  /// The area, 0…1; as ``rocAUC(scores:labels:)``.
  public let auc: Double
  /// Films with the finding.
  let positives: Double
  /// Films without it.
  let negatives: Double
  /// The fewer of the patients with a film that has the finding and those with one that lacks it.
  public let patients: Int
  /// How many patients of equal weight these are; see ``PatientIndex/effectiveCount(where:)``.
  let effectivePatients: Double
  /// By how much films that go together enlarge the variance.
  let designEffect: Double
  /// With how many degrees of freedom the variance is known.
  let degreesOfFreedom: Double
  /// Of patients left out one by one.
  let influence: PatientInfluence

  /// How many degrees of freedom the model's variance is worth where the films show less. Of few films that are ranked
  /// nearly all rightly, what they show says little.
  private static let modelWeight = 4.0

  /// `nil` unless both kinds occur.
  ///
  /// - Parameters:
  ///   - scores: `[n]`, finite.
  ///   - labels: `[n]`, whether each film has the finding.
  ///   - owners: `[n]`, whose the films are.
  public init?(scores: [Double], labels: [Bool], patients owners: PatientIndex) {
    self.init(
      order: scores.indices.sorted { scores[$0] > scores[$1] }, scores: scores, labels: labels,
      patients: owners)
  }

  /// `order` holds the films' places by falling score.
  init?(order: [Int], scores: [Double], labels: [Bool], patients owners: PatientIndex) {
    let pairs = PairsOfPatients(order: order, scores: scores, labels: labels, patients: owners)
    let (m, n) = (Double(pairs.positives), Double(pairs.negatives))
    guard m > 0, n > 0 else { return nil }
    auc = pairs.area
    (positives, negatives) = (m, n)
    patients = min(pairs.patientsWith, pairs.patientsWithout)
    influence = PatientInfluence(pairs.jackknife)
    let (with, without) = (pairs.effectiveWith, pairs.effectiveWithout)
    effectivePatients = min(with, without)
    let model = Self.modelVariance(auc, m, n)
    let known = influence.degreesOfFreedom
    degreesOfFreedom = min(effectivePatients - 1, known)
    guard model > 0, influence.variance > 0 else {
      // All films are ranked rightly, or all wrongly: the cautious answer is a film a patient.
      designEffect = max(m / with, n / without)
      return
    }
    var ratio = influence.variance / model
    if ratio < 1, known.isFinite {
      ratio = (known * ratio + Self.modelWeight) / (known + Self.modelWeight)
    }
    // Leaving out one of few patients shows too little.
    designEffect =
      ratio * (effectivePatients > 1 ? effectivePatients / (effectivePatients - 1) : 1)
  }

  /// Of an area by the exponential model, with m films that have the finding and n that lack it.
  static func modelVariance(_ area: Double, _ m: Double, _ n: Double) -> Double {
    let pairs = (m + n) / 2 - 1
    return max(
      0, area * (1 - area) * (1 + pairs * ((1 - area) / (2 - area) + area / (1 + area))) / (m * n))
  }

  /// The interval of ``auc``, within 0…1; `nil` of fewer than ``Interval/leastPatients`` patients with the finding, or
  /// without it.
  public func interval(level: Double = Interval.defaultLevel) -> Interval? {
    guard patients >= Interval.leastPatients else { return nil }
    let t = StudentDistribution.reach(level: level, degreesOfFreedom: degreesOfFreedom)
    guard t.isFinite else { return nil }
    return Self.scoreInterval(auc) {
      t * t * Self.modelVariance($0, positives / designEffect, negatives / designEffect)
    }
  }

  /// All areas θ of which the squared distance to `area` is at most `reach(θ)`.
  private static func scoreInterval(
    _ area: Double, _ reach: (_ theta: Double) -> Double
  ) -> Interval {
    func end(_ end: Double) -> Double {
      func isWithin(_ theta: Double) -> Bool {
        (area - theta) * (area - theta) <= reach(theta)
      }
      var (inner, outer) = (area, end)
      // Halving to the last bit.
      while true {
        let middle = (inner + outer) / 2
        if middle == inner || middle == outer { return inner }
        if isWithin(middle) { inner = middle } else { outer = middle }
      }
    }
    return Interval(end(0), end(1))
  }

  /// The variance that the interval goes by: at areas of 0 and 1, where the model knows none, as if half a patient were
  /// ranked the other way.
  private var variance: Double {
    let room = 0.5 / (effectivePatients + 1)
    return designEffect * Self.modelVariance(min(max(auc, room), 1 - room), positives, negatives)
  }

  /// The interval of the mean of areas on the same films; `nil` of fewer than ``Interval/leastPatients`` patients, those of
  /// the areas together.
  ///
  /// Its variance is the jackknife's of the mean, enlarged as those of the areas are together, and it changes with the area as
  /// theirs do. Its degrees of freedom are Satterthwaite's of the areas' variances, or what the mean's own jackknife knows if
  /// that is less. The mean of one area is that area.
  public static func interval(
    ofMeanOf areas: [AreaSpread], level: Double = Interval.defaultLevel
  ) -> Interval? {
    guard areas.reduce(0, { $0 + $1.patients }) >= Interval.leastPatients else { return nil }
    if areas.count == 1 { return areas[0].interval(level: level) }
    let count = Double(areas.count)
    let mean = areas.reduce(0) { $0 + $1.auc } / count
    let influence = PatientInfluence.mean(of: areas.map(\.influence))
    let (own, seen) = (
      areas.reduce(0) { $0 + $1.variance }, areas.reduce(0) { $0 + $1.influence.variance }
    )
    let variance =
      seen > 0 ? influence.variance * max(1, own / seen) : own / (count * count)
    let known = min(
      influence.degreesOfFreedom,
      satterthwaite(areas.map { ($0.variance, max($0.degreesOfFreedom, 0.5)) }))
    let t = StudentDistribution.reach(level: level, degreesOfFreedom: known)
    guard t.isFinite else { return nil }
    let m = areas.reduce(0) { $0 + $1.positives / max(1, $1.designEffect) } / count
    let n = areas.reduce(0) { $0 + $1.negatives / max(1, $1.designEffect) } / count
    let room = 0.5 / (areas.reduce(0) { $0 + $1.effectivePatients } / count + 1)
    let atMean = modelVariance(min(max(mean, room), 1 - room), m, n)
    guard atMean > 0, variance > 0 else { return nil }
    return scoreInterval(mean) { t * t * variance / atMean * modelVariance($0, m, n) }
  }
}
