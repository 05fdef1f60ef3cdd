import Foundation

/// A share of films, such as a sensitivity, with an interval that knows that films of one patient go together.
public struct PatientProportion: Sendable, Equatable {
  /// Films that count.
  public let hits: Int
  /// Films of which they are a share.
  public let films: Int
  /// Whose films these are: how many patients.
  public let patients: Int
  /// How many independent films they are worth: ``films`` divided by the design effect, which is at least 1.
  public let effectiveFilms: Double
  /// How many patients of equal weight they are worth; see ``PatientIndex/effectiveCount(where:)``.
  public let effectivePatients: Double
  /// With how many degrees of freedom the design effect is known; infinite where each patient has one film.
  private let degreesOfFreedom: Double
  /// The films by which the interval goes: ``effectiveFilms``, or fewer where hits or misses are few patients'.
  private let certainFilms: Double

  /// A share that was counted before.
  public init(hits: Int, films: Int, effectiveFilms: Double) {
    (self.hits, self.films, patients) = (hits, films, films)
    (self.effectiveFilms, effectivePatients) = (effectiveFilms, effectiveFilms)
    (degreesOfFreedom, certainFilms) = (.infinity, effectiveFilms)
  }

  /// How much fewer films are worth whose hits, or misses, are few patients': such a design effect is estimated too low.
  private static let concentrationPenalty = 4.0

  /// Counts the films at which `isHit` is not `nil`.
  ///
  /// The design effect, after Rao and Scott (Biometrics 48, 1992), is the variance of a share of films that come
  /// by patients to that of independent films; the former by leaving out one patient after the other.
  ///
  /// - Parameters:
  ///   - isHit: `[n]`, `nil` where a film is not of those that are counted.
  ///   - patients: `[n]`.
  public init(_ isHit: [Bool?], patients: PatientIndex) {
    precondition(
      isHit.count == patients.numbers.count,
      "\(isHit.count) films of \(patients.numbers.count) patients")
    self.init(PatientCounts(isHit, patients: patients))
  }

  init(_ counts: PatientCounts) {
    (hits, films) = (counts.hits.reduce(0, +), counts.films.reduce(0, +))
    patients = counts.films.count { $0 > 0 }
    let worth = PatientIndex.effectiveCount(ofFilms: counts.films)
    effectivePatients = worth
    // Which part of the variance can come from films that go together: none where each patient has one.
    let clustering = films > 0 ? 1 - worth / Double(films) : 0
    func degreesOfFreedom(_ known: Double) -> Double {
      clustering > 1e-12 ? max(0.5, min(worth - 1, known)) / clustering : .infinity
    }
    let share = counts.share
    let independent = share * (1 - share) / Double(max(1, films))
    guard patients > 1, independent > 0 else {
      // With all films alike nothing tells how alike a patient's are: the cautious answer is a film a patient.
      (effectiveFilms, certainFilms) = (Double(patients), worth)
      self.degreesOfFreedom = degreesOfFreedom(.infinity)
      return
    }
    let influence = PatientInfluence(counts.moves)
    // With a film a patient, this is the variance of independent films.
    let shrinkage = Double(patients - 1) / Double(patients)
    let variance = influence.variance * shrinkage * shrinkage
    let misses = zip(counts.films, counts.hits).map { $0 - $1 }
    let rarer = min(
      PatientIndex.effectiveCount(ofFilms: counts.hits),
      PatientIndex.effectiveCount(ofFilms: misses))
    effectiveFilms = Double(films) / max(1, variance / independent)
    certainFilms =
      effectiveFilms / (1 + Self.concentrationPenalty * clustering / max(0.5, rarer - 1))
    self.degreesOfFreedom = degreesOfFreedom(influence.degreesOfFreedom)
  }

  /// 0…1; `nil` without films.
  public var value: Double? { films > 0 ? Double(hits) / Double(films) : nil }

  /// The mid-P interval of as many films as these are worth, and of fewer by (z/t)², t being Student's for what is known of
  /// the design effect (Korn and Graubard, Survey Methodology 24, 1998). Mid-P counts half of the chance of what was found
  /// (Lancaster, Journal of the American Statistical Association 56, 1961): of few films it misses as rarely on either
  /// side. `nil` of films of fewer than ``Interval/leastPatients`` patients.
  public func interval(level: Double = Interval.defaultLevel) -> Interval? {
    guard let value, patients >= Interval.leastPatients else { return nil }
    let tail = (1 - level) / 2
    let t = StudentDistribution.reach(level: level, degreesOfFreedom: degreesOfFreedom)
    let z = NormalDistribution.quantile(1 - tail)
    let n = certainFilms * (z / t) * (z / t)
    let (hits, misses) = (value * n, (1 - value) * n)
    // How likely as many hits or more are, less half of as many, where the share is p.
    func chance(_ p: Double, _ hits: Double, _ misses: Double) -> Double {
      let orMore =
        hits > 0 ? BetaDistribution.regularised(p, complement: 1 - p, hits, misses + 1) : 1
      let more =
        misses > 0 ? BetaDistribution.regularised(p, complement: 1 - p, hits + 1, misses) : 0
      return (orMore + more) / 2
    }
    /// Where that is the tail, below the share.
    func limit(_ share: Double, _ hits: Double, _ misses: Double) -> Double {
      if hits <= 0 { return 0 }
      var (low, high) = (0.0, share)
      for _ in 0..<52 where high - low > 1e-15 * high {
        let middle = (low + high) / 2
        if chance(middle, hits, misses) > tail { high = middle } else { low = middle }
      }
      return low
    }
    return Interval(limit(value, hits, misses), 1 - limit(1 - value, misses, hits))
  }

  /// The two-sided p-value that two shares, of different patients, are the same; `nil` where one has no films or
  /// both are 0 or both are 1.
  public static func pValue(_ left: Self, _ right: Self) -> Double? {
    guard let p = left.value, let q = right.value else { return nil }
    let (m, n) = (left.effectiveFilms, right.effectiveFilms)
    let pooled = (p * m + q * n) / (m + n)
    let variance = pooled * (1 - pooled) * (1 / m + 1 / n)
    return variance > 0 ? NormalDistribution.twoSidedP((p - q) / variance.squareRoot()) : nil
  }
}
