import Foundation
import Testing

@testable import CXRMetrics

/// What calibration and decisions are where nothing, or all, is known.
@Suite struct CalibrationLineTests {
  private let patients = PatientIndex(0..<20)
  private let truths = (0..<20).map { $0 % 2 == 0 }

  @Test func withoutBothKindsOnlyTheRatioIsKnown() {
    let none = CalibrationLine(
      probabilities: [Double](repeating: 0.1, count: 20),
      labels: [Bool](repeating: false, count: 20), patients: patients)
    #expect(none.observedToExpected == Estimate(0))
    #expect(none.intercept == Estimate(nil) && none.slope == Estimate(nil))
    let empty = CalibrationLine(probabilities: [], labels: [], patients: PatientIndex([Int]()))
    #expect(empty.observedToExpected == Estimate(nil))
  }

  /// Infinite log-odds have no line, and films wholly apart have no slope.
  @Test func whatHasNoLineHasNone() throws {
    let sure = CalibrationLine(
      probabilities: truths.map { $0 ? 1 : 0.2 }, labels: truths, patients: patients)
    #expect(sure.intercept.value == nil && sure.slope.value == nil)
    #expect(abs((sure.observedToExpected.value ?? 0) - 10.0 / 12) < 1e-12)
    let apart = CalibrationLine(
      probabilities: truths.map { $0 ? 0.8 : 0.2 }, labels: truths, patients: patients)
    #expect(apart.intercept.value != nil && apart.slope.value == nil)
    let alike = CalibrationLine(
      probabilities: [Double](repeating: 0.5, count: 20), labels: truths, patients: patients)
    #expect(alike.slope.value == nil && alike.intercept.value == 0)
    #expect(try #require(alike.intercept.interval).contains(0))
  }

  /// Twenty patients with a film of 0.5 each, half with the finding: leaving one out moves the logarithm of O:E by 0.5/9.5, the
  /// intercept by 0.5/4.75; ten patients have the finding, and Student's t of 9 degrees of freedom is 2.262157.
  @Test func patientsAreLeftOutByHand() throws {
    let line = CalibrationLine(
      probabilities: [Double](repeating: 0.5, count: 20), labels: truths, patients: patients)
    let reach = 2.262157 * (20.0 * 10 / 9).squareRoot() / 19
    let (ratio, intercept) = (
      try #require(line.observedToExpected.interval), try #require(line.intercept.interval)
    )
    #expect(abs(log(ratio.low) + reach) < 1e-6 && abs(log(ratio.high) - reach) < 1e-6)
    #expect(abs(intercept.low + 2 * reach) < 1e-6 && abs(intercept.high - 2 * reach) < 1e-6)
    // Where one patient is promised everything, the others tell nothing.
    let alone = CalibrationLine(
      probabilities: (0..<20).map { $0 == 0 ? 0.5 : 0 }, labels: truths, patients: patients)
    #expect(alone.observedToExpected == Estimate(20))
  }

  @Test func chanceErrsByHand() throws {
    // One group of two films of 0.5: the count is 0, 1 or 2, one from its mean half of the time; 1/2 over two films.
    let two = ReliabilityCurve(probabilities: [0.5, 0.5], labels: [true, false], groups: 1)
    #expect(abs(try #require(two.expectedErrorByChance) - 0.25) < 1e-15)
    let sure = ReliabilityCurve(probabilities: [0, 1], labels: [false, true], groups: 2)
    #expect(sure.expectedErrorByChance == 0)
    #expect(ReliabilityCurve(probabilities: [], labels: []).expectedErrorByChance == nil)
  }

  @Test func decisionsByHand() throws {
    // Called above 0.2: one of two found, one false alarm, which is worth a quarter of a finding.
    let curve = DecisionCurve(
      probabilities: [0.9, 0.2, 0.3, 0.1], labels: [true, true, false, false], thresholds: [0.2])
    let point = try #require(curve.points.first)
    #expect(point.netBenefit == 0.25 - 0.25 * 0.25 && point.ofAll == 0.5 - 0.5 * 0.25)
    #expect(DecisionCurve(probabilities: [], labels: []).points.isEmpty)
    #expect(brierSkill(probabilities: [0.5, 0.5], labels: [true, false]) == 0)
    #expect(brierSkill(probabilities: [0.5], labels: [true]) == nil)
  }
}
