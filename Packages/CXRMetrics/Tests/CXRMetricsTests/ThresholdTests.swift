import CXRMetrics
import Testing

/// A film whose score is exactly the threshold is not called positive: one rule, wherever films are called.
@Suite struct ThresholdTests {
  static let thresholds = [0.5, 0.25, 0, 1, Double(Float(0.3)), 0.1 + 0.2, -2.5]

  @Test(arguments: thresholds) func aScoreOnTheThresholdIsNotCalled(threshold: Double) {
    #expect(!isCalledPositive(threshold, above: threshold))
    #expect(isCalledPositive(threshold.nextUp, above: threshold))
    #expect(!isCalledPositive(threshold.nextDown, above: threshold))
  }

  /// Two films a score, one with the finding: just below the threshold, on it, just above it.
  @Test(arguments: thresholds) func everyCountFollowsTheRule(threshold: Double) {
    let scores = [threshold.nextDown, threshold, threshold.nextUp].flatMap { [$0, $0] }
    let labels = [true, false, true, false, true, false]
    let counts = ConfusionCounts(scores: scores, labels: labels, threshold: threshold)
    #expect(counts.truePositives == 1 && counts.falsePositives == 1)
    #expect(counts.falseNegatives == 2 && counts.trueNegatives == 2)
    let figures = OperatingFigures(
      scores: scores, labels: labels, patients: PatientIndex(Array(scores.indices)),
      threshold: threshold)
    #expect(figures.counts == counts && figures.threshold == threshold)
    #expect(figures.sensitivity.hits == 1 && figures.sensitivity.films == 3)
    #expect(figures.specificity.hits == 2 && figures.specificity.films == 3)
    #expect(figures.ppv.hits == 1 && figures.ppv.films == 2)
    #expect(figures.npv.hits == 2 && figures.npv.films == 4)
    // Found and cleared are as the reference counts them: on the threshold a film is neither.
    let rates = DetectionRates(scores: scores, labels: labels, threshold: threshold)
    #expect(rates.positivesFound == 1 && rates.positives == 3)
    #expect(rates.negativesFound == 1 && rates.negatives == 3)
  }

  /// What training counts at 0.5, in 32 bits.
  @Test func runningMetricsFollowTheRule() {
    var metrics = RunningMetrics(labels: 1)
    let half: Float = 0.5
    metrics.add(
      probabilities: [half, half, half.nextUp, half.nextUp], labels: [1, 0, 1, 0])
    #expect(metrics.recall == 0.5 && metrics.precision == 0.5 && metrics.binaryAccuracy == 0.5)
    var below = RunningMetrics(labels: 1)
    below.add(probabilities: [half, half], labels: [1, 0])
    #expect(below.recall == 0 && below.binaryAccuracy == 0.5)
  }

  /// A threshold that a rule chooses parts the films that it was chosen on as the rule counted them.
  @Test func chosenThresholdsPartAsCounted() throws {
    let scores: [Double] = [0.1, 0.2, 0.2, 0.4, 0.4, 0.4, 0.6, 0.6, 0.8, 0.9]
    let labels = [false, false, true, false, true, false, true, false, true, true]
    func counts(_ rule: OperatingRule) throws -> ConfusionCounts {
      let threshold = try #require(rule.threshold(scores: scores, labels: labels))
      return ConfusionCounts(scores: scores, labels: labels, threshold: threshold)
    }
    let all = try counts(.sensitivity(1))
    #expect(all.falseNegatives == 0 && all.trueNegatives == 1)
    let none = try counts(.specificity(1))
    #expect(none.falsePositives == 0 && none.truePositives == 2)
    let most = try counts(.sensitivity(0.8))
    #expect(most.truePositives == 4 && most.falsePositives == 3)
  }
}
