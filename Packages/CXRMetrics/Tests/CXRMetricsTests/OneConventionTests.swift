import CXRMetrics
import Testing

/// A film on a threshold is called negative, everywhere but where other programs' numbers are wanted.
@Suite struct OneConventionTests {
  // One film with the finding and one without, both on the threshold.
  private let scores = [0.5, 0.5]
  private let labels = [true, false]

  @Test func countsCallItNegative() {
    let counts = ConfusionCounts(scores: scores, labels: labels)
    #expect(counts.falseNegatives == 1 && counts.trueNegatives == 1)
    let figures = OperatingFigures(
      scores: scores, labels: labels, patients: PatientIndex([1, 2]), threshold: 0.5)
    #expect(figures.sensitivity.value == 0 && figures.specificity.value == 1)
    var running = RunningMetrics(labels: 1)
    running.add(probabilities: [0.5, 0.5], labels: [1, 0])
    #expect(running.counts == counts)
  }

  @Test func whoDecidesAboveDoesNotActOnIt() {
    let curve = DecisionCurve(probabilities: scores, labels: labels, thresholds: [0.4, 0.5])
    // Both films are called above 0.4: half a finding a film less half an alarm at 2 : 3. At 0.5 none is.
    #expect(abs(curve.points[0].netBenefit - (0.5 - 0.5 * (0.4 / 0.6))) < 1e-15)
    #expect(curve.points[1].netBenefit == 0)
  }

  @Test func theReferenceCountsItNowhere() {
    let rates = DetectionRates(scores: scores, labels: labels)
    #expect(rates.positivesFound == 0 && rates.negativesFound == 0)
  }

  @Test func curvesBeginAtTheirThresholdsAsScikitLearns() throws {
    let roc = try #require(ROCCurve(scores: scores, labels: labels))
    #expect(roc.thresholds == [.infinity, 0.5] && roc.truePositiveRates == [0, 1])
    let precision = try #require(PrecisionRecallCurve(scores: scores, labels: labels))
    #expect(precision.thresholds == [0.5] && precision.recalls == [1])
  }
}
