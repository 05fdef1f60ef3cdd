import Testing

@testable import CXRMetrics

/// Calibration and decisions against statsmodels, SciPy and NumPy; see make_calibration_fixtures.py.
@Suite struct CalibrationLineTests {
  struct Answers: Decodable {
    struct Case: Decodable {
      let name: String
      let p: [Double]
      let y: [Int]
      let patients: [Int]
      let by_chance: Double
      let skill: Double
      let decisions: [[Double]]
      let intercept: [Double]
      let slope: [Double]
      let observed_to_expected: [Double]
      var truths: [Bool] { y.map { $0 == 1 } }
    }
    let cases: [Case]
  }

  private let cases: [Answers.Case]

  init() throws { cases = try Fixture.json("calibrations", as: Answers.self).cases }

  @Test func linesEqualStatsmodels() throws {
    #expect(cases.count == 4)
    var withIntervals = 0
    for own in cases {
      let line = CalibrationLine(
        probabilities: own.p, labels: own.truths, patients: PatientIndex(own.patients))
      let figures = [
        (line.intercept, own.intercept), (line.slope, own.slope),
        (line.observedToExpected, own.observed_to_expected),
      ]
      func owners(_ kind: Int) -> Int {
        Set(zip(own.patients, own.y).filter { $1 == kind }.map(\.0)).count
      }
      let isEnough = min(owners(0), owners(1)) >= 8
      for (found, expected) in figures {
        let value = try #require(found.value)
        #expect(abs(value - expected[0]) < 1e-8, "\(own.name): \(value), \(expected)")
        #expect((found.interval != nil) == isEnough, "\(own.name)")
        guard let interval = found.interval else { continue }
        withIntervals += 1
        #expect(
          abs(interval.low - expected[1]) < 1e-7 && abs(interval.high - expected[2]) < 1e-7,
          "\(own.name): \(interval), \(expected)")
      }
    }
    #expect(withIntervals == 9)
  }

  @Test func chanceAndSkillEqualSciPy() throws {
    for own in cases {
      let curve = ReliabilityCurve(probabilities: own.p, labels: own.truths)
      let chance = try #require(curve.expectedErrorByChance)
      #expect(abs(chance - own.by_chance) < 1e-10, "\(own.name)")
      let skill = try #require(brierSkill(probabilities: own.p, labels: own.truths))
      #expect(abs(skill - own.skill) < 1e-12, "\(own.name)")
    }
  }

  @Test func netBenefitsEqualNumPy() throws {
    for own in cases {
      let curve = DecisionCurve(
        probabilities: own.p, labels: own.truths, thresholds: own.decisions.map { $0[0] })
      try #require(curve.points.count == own.decisions.count)
      for (point, expected) in zip(curve.points, own.decisions) {
        #expect(abs(point.netBenefit - expected[1]) < 1e-12, "\(own.name)")
        #expect(abs(point.ofAll - expected[2]) < 1e-12, "\(own.name)")
      }
    }
  }
}
