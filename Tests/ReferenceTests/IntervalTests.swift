@testable import CXREvaluation
@testable import CXRMetrics
import Testing

@testable import CXRTraining

/// Intervals, operating points and calibration figures against pROC, R, scikit-learn and naive sums.
@Suite struct IntervalTests {
  struct Answers: Decodable {
    struct Case: Decodable {
      struct PROC: Decodable {
        let auc: [Double]
        let variance: [Double]
        let covariance: Double
        let low: Double
        let p: Double
      }
      struct Choice: Decodable {
        let tp: Int
        let fp: Int
      }
      struct Uniform: Decodable {
        let observed: [Double]
        let predicted: [Double]
        let ece: Double
      }
      let name: String
      let y: [Int]
      let a: [Double]
      let b: [Double]
      let patients: [Int]
      let weights: [Int]
      let auc: [Double]
      let average_precision: [Double]
      let proc: PROC
      let clustered: [Double]
      let weighted_auc: Double?
      let weighted_average_precision: Double?
      let band: [Double?]
      let rules: [String: Choice]
      let brier: Double
      let uniform: Uniform
      let logits: [Double]
      let logistic: [Double]

      var truths: [Bool] { y.map { $0 == 1 } }
    }
    struct Student: Decodable {
      let df: Double
      let quantiles: [Double]
    }
    struct Holm: Decodable {
      let p: [Double]
      let corrected: [Double]
    }
    let cases: [Case]
    let holm: Holm
    let quantiles: [Double]
    let normal: [Double]
    let student: [Student]
  }

  private let answers: Answers

  init() throws { answers = try Fixture.json("intervals", as: Answers.self) }

  private func isClose(_ a: Double?, _ b: Double?, _ tolerance: Double) -> Bool {
    switch (a, b) {
    case (nil, nil): true
    case (let a?, let b?): abs(a - b) <= tolerance * max(1, abs(b))
    default: false
    }
  }

  @Test func areasEqualScikitLearn() {
    #expect(answers.cases.count == 5)
    for item in answers.cases {
      for (scores, place) in [(item.a, 0), (item.b, 1)] {
        let deLong = DeLong(scores: scores, labels: item.truths)
        #expect(isClose(deLong?.auc, item.auc[place], 1e-12), "\(item.name)")
        #expect(
          isClose(rocAUC(scores: scores, labels: item.truths), item.auc[place], 1e-12))
        #expect(
          isClose(
            averagePrecision(scores: scores, labels: item.truths), item.average_precision[place],
            1e-12))
      }
    }
  }

  @Test func varianceEqualsPROC() throws {
    for item in answers.cases {
      let a = try #require(DeLong(scores: item.a, labels: item.truths))
      let b = try #require(DeLong(scores: item.b, labels: item.truths))
      func relative(_ value: Double?, _ expected: Double) -> Bool {
        abs((value ?? .nan) / expected - 1) < 1e-9
      }
      #expect(relative(a.variance, item.proc.variance[0]), "\(item.name)")
      #expect(relative(b.variance, item.proc.variance[1]), "\(item.name)")
      #expect(relative(a.covariance(with: b), item.proc.covariance), "\(item.name)")
      #expect(isClose(a.interval()?.low, max(0, item.proc.low), 1e-9), "\(item.name)")
      // Correlated areas: z of the difference, two-sided.
      let variance = try #require(a.variance) + (b.variance ?? .nan)
      let z = (a.auc - b.auc) / (variance - 2 * (a.covariance(with: b) ?? .nan)).squareRoot()
      #expect(isClose(NormalDistribution.twoSidedP(z), item.proc.p, 1e-9), "\(item.name)")
    }
  }

  @Test func varianceByPatientEqualsPairSums() throws {
    for item in answers.cases {
      let patients = PatientIndex(item.patients)
      let a = try #require(DeLong(scores: item.a, labels: item.truths))
      let b = try #require(DeLong(scores: item.b, labels: item.truths))
      let found = [
        a.variance(patients: patients), b.variance(patients: patients),
        a.covariance(with: b, patients: patients),
      ]
      for (value, expected) in zip(found, item.clustered) {
        #expect(abs((value ?? .nan) / expected - 1) < 1e-9, "\(item.name)")
      }
      // With a film a patient it is the variance of independent films.
      let alone = PatientIndex(item.patients.indices)
      #expect(abs((a.variance(patients: alone) ?? .nan) / (a.variance ?? .nan) - 1) < 1e-9)
    }
  }

  /// One replicate with given draws, beside scikit-learn with the same weights.
  @Test func replicatesEqualWeightedScikitLearn() throws {
    /// Draws each patient as often as the fixture did.
    struct Dealer: RandomNumberGenerator {
      var draws: [UInt64]
      mutating func next() -> UInt64 { draws.popLast() ?? 0 }
    }
    for item in answers.cases {
      // Numbers in the fixture are dense but for patients without films, who are numbered last here.
      let patients = PatientIndex(item.patients + Array(0..<item.weights.count))
      try #require(patients.numbers.count == item.patients.count + item.weights.count)
      let known = patients.selecting(item.patients.indices)
      var numbers = [Int](repeating: 0, count: item.weights.count)
      for patient in item.weights.indices {
        numbers[patient] = patients.numbers[item.patients.count + patient]
      }
      // Swift's uniform integer is the upper half of the product of bound and bits.
      let bound = UInt64(item.weights.count)
      let draws = item.weights.enumerated().flatMap { patient, times in
        [UInt64](
          repeating: (UInt64(numbers[patient]) << 32) / bound * (1 << 32) + (1 << 40),
          count: times)
      }
      let answer = try #require(
        PatientBootstrap(patients: patients, replicates: 1).answers(
          to: [.init(scores: item.a, labels: item.truths, patients: known, wantsCurves: true)],
          generator: { _ in Dealer(draws: draws.map { $0 + UInt64.max / bound / 2 }) }
        ).first)
      let area = try #require(answer.auc.values.first)
      let precision = try #require(answer.averagePrecision.values.first)
      func defined(_ value: Double) -> Double? { value.isNaN ? nil : value }
      #expect(isClose(defined(area), item.weighted_auc, 1e-12), "\(item.name)")
      #expect(
        isClose(
          defined(precision), item.weighted_average_precision, 1e-12),
        "\(item.name)")
      #expect(answer.roc.count == item.band.count, "\(item.name)")
      for (point, expected) in zip(answer.roc, item.band) {
        guard let expected else { continue }
        #expect(abs(point.interval.low - expected) < 1e-6, "\(item.name)")
      }
      #expect(item.band.compactMap { $0 }.count > 80)
    }
  }

  @Test func rulesChooseAsTryingAllDoes() throws {
    for item in answers.cases {
      #expect(item.rules.count == 5)
      for (rule, expected) in item.rules {
        let rule = try #require(OperatingRule(rule))
        let threshold = try #require(rule.threshold(scores: item.a, labels: item.truths))
        let counts = ConfusionCounts(scores: item.a, labels: item.truths, threshold: threshold)
        #expect(counts.truePositives == expected.tp, "\(item.name) \(rule)")
        #expect(counts.falsePositives == expected.fp, "\(item.name) \(rule)")
      }
    }
  }

  @Test func calibrationFiguresEqualScikitLearn() {
    for item in answers.cases {
      let probabilities = item.a
      #expect(
        isClose(brierScore(probabilities: probabilities, labels: item.truths), item.brier, 1e-12))
      let curve = ReliabilityCurve(
        probabilities: probabilities, labels: item.truths, grouping: .equalWidth)
      #expect(isClose(curve.expectedError, item.uniform.ece, 1e-12), "\(item.name)")
      #expect(curve.groups.reduce(0) { $0 + $1.films } == item.y.count)
      // scikit-learn puts a probability on a border into the group above, so tied scores are left out.
      if item.name != "tied", item.name != "backwards" {
        #expect(curve.groups.count == item.uniform.observed.count)
        for (group, (observed, predicted)) in zip(
          curve.groups, zip(item.uniform.observed, item.uniform.predicted))
        {
          #expect(isClose(group.observed, observed, 1e-12))
          #expect(isClose(group.predicted, predicted, 1e-12))
        }
      }
      let equal = ReliabilityCurve(probabilities: probabilities, labels: item.truths)
      #expect(equal.groups.reduce(0) { $0 + $1.positives } == item.truths.filter { $0 }.count)
      if item.name == "plain" { #expect(equal.groups.allSatisfy { $0.films == 30 }) }
    }
  }

  @Test func lineOfLogOddsEqualsScikitLearn() throws {
    for item in answers.cases {
      let sample = LogOddsLine.Sample(logOdds: item.logits, targets: item.y.map(Double.init))
      let line = try #require(LogOddsLine.mostLikely([sample], slopeSpread: nil)?.first)
      #expect(isClose(line.scale, item.logistic[0], 1e-6), "\(item.name)")
      #expect(isClose(line.shift, item.logistic[1], 1e-6), "\(item.name)")
    }
  }

  @Test func distributionsEqualR() {
    for (p, expected) in zip(answers.quantiles, answers.normal) {
      #expect(isClose(NormalDistribution.quantile(p), expected, 1e-12))
    }
    for row in answers.student {
      for (p, expected) in zip(answers.quantiles, row.quantiles) {
        let found = StudentDistribution(degreesOfFreedom: row.df).quantile(p)
        #expect(abs(found - expected) <= 1e-8 * max(1, abs(expected)), "t(\(row.df)) at \(p)")
      }
    }
    let holm = holmCorrected([nil] + answers.holm.p.map { $0 })
    #expect(holm.count == answers.holm.p.count + 1 && holm.first == .some(nil))
    for (found, expected) in zip(holm.dropFirst(), answers.holm.corrected) {
      #expect(isClose(found, expected, 1e-12))
    }
  }
}
