import Foundation

/// How far probabilities are from what is so, in three numbers that are 1, 0 and 1 where they are right.
///
/// Intervals are by patient: what each patient's films add to the figure's error, squared and summed (the sandwich of
/// Liang and Zeger, Biometrika 73, 1986), with Student's t for the patients that tell. `nil` where fewer than
/// ``Interval/leastPatients`` patients have a finding, or lack it.
public struct CalibrationLine: Sendable, Equatable {
  /// Films that have the finding to those that the probabilities promise, above 0; above 1 where they promise too few. `nil`
  /// without films, or where nothing is promised.
  public let observedToExpected: Estimate
  /// What is to be added to all log-odds, in nats, for as many to be promised as have it (calibration in the large);
  /// `nil` unless both kinds occur, or where a probability is 0 or 1.
  public let intercept: Estimate
  /// By what log-odds are to be multiplied, with an addition of its own (Cox, Biometrika 45, 1958); below 1 where they are
  /// too sure of themselves. `nil` likewise, and where films with and without the finding are wholly apart.
  public let slope: Estimate

  /// Judges probabilities.
  ///
  /// - Parameters:
  ///   - probabilities: `[n]`, each in 0…1.
  ///   - labels: `[n]`, whether each film has the finding.
  ///   - patients: `[n]`.
  public init(probabilities: [Double], labels: [Bool], patients: PatientIndex) {
    precondition(
      probabilities.count == labels.count && labels.count == patients.numbers.count,
      "\(probabilities.count) probabilities, \(labels.count) labels, \(patients.numbers.count) films"
    )
    let films = Films(probabilities, labels, patients)
    observedToExpected = films.ratio(probabilities)
    guard films.logOdds.allSatisfy(\.isFinite), labels.contains(true), labels.contains(false) else {
      (intercept, slope) = (Estimate(nil), Estimate(nil))
      return
    }
    intercept = films.fitted(slopeIsFree: false)?.intercept ?? Estimate(nil)
    slope =
      films.kindsOverlap ? films.fitted(slopeIsFree: true)?.slope ?? Estimate(nil) : Estimate(nil)
  }
}

extension CalibrationLine {
  /// Films with what is said of them.
  private struct Films {
    let logOdds: [Double]
    let labels: [Bool]
    let patients: PatientIndex
    let isTelling: Bool

    init(_ probabilities: [Double], _ labels: [Bool], _ patients: PatientIndex) {
      logOdds = probabilities.map { log($0) - log1p(-$0) }
      (self.labels, self.patients) = (labels, patients)
      func owners(_ kind: Bool) -> Int {
        Set(zip(patients.numbers, labels).filter { $1 == kind }.map(\.0)).count
      }
      isTelling = min(owners(true), owners(false)) >= Interval.leastPatients
    }

    /// Whether films with and without the finding are mixed; else the likeliest slope is without end (Albert and Anderson,
    /// Biometrika 71, 1984).
    var kindsOverlap: Bool {
      func ends(_ kind: Bool) -> (Double, Double) {
        let own = zip(logOdds, labels).filter { $0.1 == kind }.map(\.0)
        return (own.min() ?? 0, own.max() ?? 0)
      }
      let (with, without) = (ends(true), ends(false))
      return with.0 < without.1 && without.0 < with.1
    }

    /// A figure with what each film adds to its error.
    private func estimate(_ value: Double, _ errors: [Double]) -> Estimate {
      guard isTelling else { return Estimate(value) }
      var sums = [Double](repeating: 0, count: patients.count)
      for (owner, error) in zip(patients.numbers, errors) { sums[owner] += error }
      let influence = PatientInfluence(sums)
      let count = Double(sums.count { $0 != 0 })
      guard count > 1, influence.variance > 0 else { return Estimate(value) }
      let t = StudentDistribution.reach(
        level: Interval.defaultLevel,
        degreesOfFreedom: max(1, min(count - 1, influence.degreesOfFreedom)))
      let reach = t * (influence.variance * count / (count - 1)).squareRoot()
      return Estimate(value, Interval(value - reach, value + reach))
    }

    func ratio(_ probabilities: [Double]) -> Estimate {
      let (observed, expected) = (
        Double(labels.count { $0 }), probabilities.reduce(0, +)
      )
      guard expected > 0 else { return Estimate(nil) }
      let ratio = observed / expected
      guard observed > 0 else { return Estimate(ratio) }
      // On the scale of logarithms, on which a ratio's error is as large either way.
      let own = estimate(
        log(ratio),
        zip(probabilities, labels).map { (($1 ? 1 : 0) - ratio * $0) / observed })
      return Estimate(ratio, own.interval.map { Interval(exp($0.low), exp($0.high)) })
    }

    /// The likeliest line, by Newton's method; a step that does not help is halved. `nil` where it does not settle.
    func fitted(slopeIsFree: Bool) -> (intercept: Estimate, slope: Estimate)? {
      var (a, b) = (0.0, 1.0)
      func loss(_ a: Double, _ b: Double) -> Double {
        zip(logOdds, labels).reduce(0) { sum, film in
          let u = a + b * film.0
          return sum + max(u, 0) + log1p(exp(-abs(u))) - (film.1 ? u : 0)
        }
      }
      var current = loss(a, b)
      for _ in 0..<100 {
        var (ga, gb, aa, ab, bb) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (z, label) in zip(logOdds, labels) {
          let p = 1 / (1 + exp(-(a + b * z)))
          let weight = p * (1 - p)
          let error = p - (label ? 1 : 0)
          ga += error
          gb += error * z
          aa += weight
          ab += weight * z
          bb += weight * z * z
        }
        let free = slopeIsFree ? aa * bb - ab * ab : aa
        guard free > 1e-12 * (slopeIsFree ? aa * bb : 1), abs(b) < 1e4 else { return nil }
        /// The inverse of the curvature, times a slope.
        func solve(_ x: Double, _ y: Double) -> (a: Double, b: Double) {
          slopeIsFree ? ((bb * x - ab * y) / free, (aa * y - ab * x) / free) : (x / aa, 0)
        }
        if abs(ga) < 1e-9, !slopeIsFree || abs(gb) < 1e-9 * max(1, bb.squareRoot()) {
          let errors = zip(logOdds, labels).map { z, label in
            let error = (label ? 1 : 0) - 1 / (1 + exp(-(a + b * z)))
            return solve(error, error * z)
          }
          return (estimate(a, errors.map(\.a)), estimate(b, errors.map(\.b)))
        }
        let step = solve(ga, gb)
        var factor = 1.0
        while loss(a - factor * step.a, b - factor * step.b) > current + 1e-12 * abs(current) {
          factor /= 2
          guard factor > 1e-9 else { return nil }
        }
        (a, b) = (a - factor * step.a, b - factor * step.b)
        current = loss(a, b)
      }
      return nil
    }
  }
}
