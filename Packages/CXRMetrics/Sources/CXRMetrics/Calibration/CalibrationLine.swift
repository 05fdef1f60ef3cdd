import Foundation

/// How far probabilities are from what is so, in three numbers that are 1, 0 and 1 where they are right.
///
/// Intervals are by patient: how far the figure moves, to first order, when each patient is left out, squared and summed
/// (Mancl and DeRouen, Biometrics 57, 2001: the sandwich of Liang and Zeger, Biometrika 73, 1986, but for what a patient's
/// films do to the fit by which they are judged), enlarged by n/(n − 1), n patients of equal weight having the rarer of
/// finding and none, with Student's t for as many, or for the patients that tell if these are fewer. On the side on which few
/// patients could move it far it reaches farther, by its acceleration times t (Efron, Journal of the American Statistical
/// Association 82, 1987, to first order); by simulation, see `make coverage`. `nil` where fewer than ``Interval/leastPatients``
/// patients have a finding, or lack it, and where one patient alone tells all.
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
  ///   - probabilities: `[n]`, each in 0…1: traps where one is not.
  ///   - labels: `[n]`, whether each film has the finding.
  ///   - patients: `[n]`.
  public init(probabilities: [Double], labels: [Bool], patients: PatientIndex) {
    precondition(
      probabilities.count == labels.count && labels.count == patients.numbers.count,
      "\(probabilities.count) probabilities, \(labels.count) labels, \(patients.numbers.count) films"
    )
    checkProbabilities(probabilities, in: "CalibrationLine")
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
    /// How many patients of equal weight have the rarer of finding and none.
    private let effectivePatients: Double

    init(_ probabilities: [Double], _ labels: [Bool], _ patients: PatientIndex) {
      logOdds = probabilities.map { log($0) - log1p(-$0) }
      (self.labels, self.patients) = (labels, patients)
      func owners(_ kind: Bool) -> Int {
        Set(zip(patients.numbers, labels).filter { $1 == kind }.map(\.0)).count
      }
      isTelling = min(owners(true), owners(false)) >= Interval.leastPatients
      effectivePatients = min(
        patients.effectiveCount(where: labels), patients.effectiveCount(where: labels.map { !$0 }))
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

    /// A figure with how far each patient moves it.
    private func estimate(_ value: Double, moves: [Double]) -> Estimate {
      guard isTelling, moves.allSatisfy(\.isFinite) else { return Estimate(value) }
      let influence = PatientInfluence(moves)
      let n = effectivePatients
      guard n > 1, influence.variance > 0 else { return Estimate(value) }
      let t = StudentDistribution.reach(
        level: Interval.defaultLevel,
        degreesOfFreedom: max(1, min(n - 1, influence.degreesOfFreedom)))
      let reach = t * (influence.variance * n / (n - 1)).squareRoot()
      // Beyond 1 the first order says nothing.
      let skew = max(-1, min(1, influence.acceleration * t))
      return Estimate(
        value, Interval(value - reach * (1 + max(0, -skew)), value + reach * (1 + max(0, skew))))
    }

    /// Sums over each patient's films.
    private func byPatient(_ values: some Sequence<Double>) -> [Double] {
      var sums = [Double](repeating: 0, count: patients.count)
      for (owner, value) in zip(patients.numbers, values) { sums[owner] += value }
      return sums
    }

    func ratio(_ probabilities: [Double]) -> Estimate {
      let (observed, expected) = (
        Double(labels.count { $0 }), probabilities.reduce(0, +)
      )
      guard expected > 0 else { return Estimate(nil) }
      let ratio = observed / expected
      guard observed > 0 else { return Estimate(ratio) }
      // On the scale of logarithms, on which a ratio's error is as large either way.
      let errors = byPatient(zip(probabilities, labels).map { ($1 ? 1 : 0) - ratio * $0 })
      let own = estimate(
        log(ratio),
        moves: zip(errors, byPatient(probabilities)).map { error, promised in
          // Of nobody else anything is promised: infinite.
          error == 0 ? 0 : error / (ratio * max(0, expected - promised))
        })
      return Estimate(ratio, own.interval.map { Interval(exp($0.low), exp($0.high)) })
    }

    /// The curvature of the loss, in the intercept alone or in the slope too.
    private struct Curvature {
      let slopeIsFree: Bool
      /// Of the intercept twice, of both, and of the slope twice.
      private(set) var (aa, ab, bb) = (0.0, 0.0, 0.0)

      init(slopeIsFree: Bool) { self.slopeIsFree = slopeIsFree }

      static func - (left: Self, right: Self) -> Self {
        var rest = left
        rest.aa -= right.aa
        rest.ab -= right.ab
        rest.bb -= right.bb
        return rest
      }

      mutating func add(_ z: Double, weight: Double) {
        aa += weight
        ab += weight * z
        bb += weight * z * z
      }

      /// Its inverse times a slope of the loss; `nil` where there is none.
      func solve(_ x: Double, _ y: Double) -> (a: Double, b: Double)? {
        let free = slopeIsFree ? aa * bb - ab * ab : aa
        guard free > 1e-12 * (slopeIsFree ? aa * bb : 1) else { return nil }
        return slopeIsFree ? ((bb * x - ab * y) / free, (aa * y - ab * x) / free) : (x / aa, 0)
      }
    }

    /// How far the line with this curvature moves when each patient is left out; infinite where the others make no line.
    private func moves(
      _ a: Double, _ b: Double, _ curvature: Curvature
    ) -> [(a: Double, b: Double)] {
      var own = [Curvature](
        repeating: Curvature(slopeIsFree: curvature.slopeIsFree), count: patients.count)
      var slopes = [(a: Double, b: Double)](repeating: (0, 0), count: patients.count)
      for (owner, (z, label)) in zip(patients.numbers, zip(logOdds, labels)) {
        let p = 1 / (1 + exp(-(a + b * z)))
        let error = (label ? 1 : 0) - p
        slopes[owner].a += error
        slopes[owner].b += error * z
        own[owner].add(z, weight: p * (1 - p))
      }
      return zip(own, slopes).map { own, slope in
        slope == (0, 0)
          ? slope : (curvature - own).solve(slope.a, slope.b) ?? (.infinity, .infinity)
      }
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
        var (ga, gb) = (0.0, 0.0)
        var curvature = Curvature(slopeIsFree: slopeIsFree)
        for (z, label) in zip(logOdds, labels) {
          let p = 1 / (1 + exp(-(a + b * z)))
          let error = p - (label ? 1 : 0)
          ga += error
          gb += error * z
          curvature.add(z, weight: p * (1 - p))
        }
        guard abs(b) < 1e4, let step = curvature.solve(ga, gb) else { return nil }
        if abs(ga) < 1e-9, !slopeIsFree || abs(gb) < 1e-9 * max(1, curvature.bb.squareRoot()) {
          let moved = moves(a, b, curvature)
          return (
            estimate(a, moves: moved.map { $0.a }), estimate(b, moves: moved.map { $0.b })
          )
        }
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
