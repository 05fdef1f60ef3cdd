import CXRMetrics
import Testing

/// What a figure is that cannot be had is not known: never 0, 0.5 or 1.
@Suite struct UndefinedTests {
  /// Without a film that is found there is no ratio; with one its interval is PPV's, turned.
  @Test func falseAlarmsPerFound() throws {
    func figures(_ scores: [Double]) -> OperatingFigures {
      // Each film five times, of as many patients.
      let labels = [true, true, false, false, false, false]
      return OperatingFigures(
        scores: (0..<30).map { scores[$0 % 6] }, labels: (0..<30).map { labels[$0 % 6] },
        patients: PatientIndex(0..<30), threshold: 0.5)
    }
    #expect(figures([0, 0, 1, 1, 0, 0]).falseAlarmsPerFound == Estimate(nil))
    #expect(figures([0, 0, 0, 0, 0, 0]).falseAlarmsPerFound == Estimate(nil))
    let some = figures([1, 1, 1, 0, 0, 0])
    let ppv = try #require(some.ppv.interval())
    let ratio = some.falseAlarmsPerFound
    #expect(ratio.value == 0.5)
    let interval = try #require(ratio.interval)
    #expect(abs(interval.low - (1 - ppv.high) / ppv.high) < 1e-12)
    #expect(abs(interval.high - (1 - ppv.low) / ppv.low) < 1e-12)
    #expect(figures([1, 1, 0, 0, 0, 0]).falseAlarmsPerFound.value == 0)
    // One patient's films give no interval.
    let one = OperatingFigures(
      scores: [1, 1], labels: [true, false], patients: PatientIndex([0, 0]), threshold: 0.5)
    #expect(one.falseAlarmsPerFound == Estimate(1))
  }

  private func counts(_ called: [Bool], _ labels: [Bool]) -> ConfusionCounts {
    ConfusionCounts(scores: called.map { $0 ? 0.9 : 0.1 }, labels: labels)
  }

  @Test func aShareOfNothingIsNone() {
    let none = counts([], [])
    #expect(none.accuracy == nil && none.precision == nil && none.recall == nil)
    #expect(none.specificity == nil && none.f1 == nil && none.total == 0)
    // Nobody is called, and nobody has it: only the healthy can be judged.
    let silent = counts([false, false], [false, false])
    #expect(silent.precision == nil && silent.recall == nil && silent.f1 == nil)
    #expect(silent.specificity == 1 && silent.accuracy == 1)
    // Everybody has it: there is no one to clear.
    let all = counts([true, false], [true, true])
    #expect(all.specificity == nil && all.recall == 0.5 && all.precision == 1)
    #expect(DetectionRates(scores: [0.9], labels: [true]).negativesFoundPercent == nil)
    #expect(DetectionRates(scores: [0.1], labels: [false]).positivesFoundPercent == nil)
    #expect(brierScore(probabilities: [], labels: []) == nil)
    #expect(ReliabilityCurve(probabilities: [], labels: []).expectedError == nil)
  }

  /// Two of a thousand films have it, and none is called: right 998 times, and nobody found.
  @Test func silenceIsAccurate() {
    let labels = (0..<1000).map { $0 == 3 || $0 == 700 }
    let silent = counts(labels.map { _ in false }, labels)
    #expect(silent.accuracy == 0.998 && silent.recall == 0 && silent.f1 == 0)
    let rates = DetectionRates(scores: labels.map { _ in 0.1 }, labels: labels)
    #expect(rates.positivesFoundPercent == 0 && rates.negativesFoundPercent == 100)
  }

  @Test func meansAreOverWhatIsDefined() throws {
    #expect(definedMean([nil, nil]) == nil && definedMean([]) == nil)
    #expect(definedMean([nil, 0.25, nil, 0.75]) == 0.5)
  }

  @Test func predictiveValuesNeedBothKinds() {
    func figures(_ scores: [Double], _ labels: [Bool]) -> OperatingFigures {
      OperatingFigures(
        scores: scores, labels: labels, patients: PatientIndex(labels.indices), threshold: 0.5)
    }
    let withAlone = figures([0.9, 0.1, 0.8], [true, true, true])
    #expect(withAlone.ppv(prevalence: 0.1) == nil && withAlone.ppvInterval(prevalence: 0.1) == nil)
    #expect(withAlone.specificity.value == nil && withAlone.specificity.interval() == nil)
    let withoutAlone = figures([0.9, 0.1, 0.8], [false, false, false])
    #expect(withoutAlone.ppv(prevalence: 0.1) == nil && withoutAlone.sensitivity.value == nil)
    // Nothing is called, here or there.
    let silent = figures([0.1, 0.2, 0.3, 0.1], [true, false, true, false])
    #expect(silent.ppv.value == nil && silent.ppv(prevalence: 0.1) == nil)
    #expect(silent.npv.value == 0.5)
    // Half of those with it and a quarter of those without are called: 0.05 of 0.05 and 0.225.
    let some = figures(
      [0.9, 0.1, 0.9, 0.1, 0.1, 0.1], [true, true, false, false, false, false])
    #expect(abs((some.ppv(prevalence: 0.1) ?? 0) - 0.05 / 0.275) < 1e-12)
    // One film with the finding tells nothing of how sure that is.
    let one = figures([0.9, 0.1, 0.9], [true, false, false])
    #expect(one.ppv(prevalence: 0.1) != nil && one.ppvInterval(prevalence: 0.1) == nil)
  }

  /// p is shown to three digits, and said to be less where these would be noughts.
  @Test func smallChancesAreNotRoundedToNought() {
    #expect(pValueText(0.001) == "0.001" && pValueText(0.000_999_9) == "<0.001")
    #expect(pValueText(0) == "<0.001" && pValueText(1) == "1.000")
  }
}
