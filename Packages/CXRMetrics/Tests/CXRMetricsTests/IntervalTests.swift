import CXRFiles
import CXRParallel
import Testing

@testable import CXRMetrics

/// What must hold for intervals and operating points, whatever the films.
@Suite struct IntervalInvarianceTests {
  private let scores: [Double] = (0..<90).map { Double(($0 * 37) % 41) / 41 }
  private let labels = (0..<90).map { ($0 * 29) % 7 < 2 }
  private let patients = PatientIndex((0..<90).map { $0 / 4 })

  private func answer(_ scores: [Double], _ labels: [Bool]) throws -> PatientBootstrap.Answer {
    try #require(
      PatientBootstrap(patients: patients, replicates: 300).answers(
        to: [.init(scores: scores, labels: labels, patients: patients, wantsCurves: true)],
        generator: { Generator($0) }
      ).first)
  }

  @Test func orderOfReplicatesDoesNotMatter() throws {
    let questions = [
      PatientBootstrap.Question(scores: scores, labels: labels, patients: patients)
    ]
    let bootstrap = PatientBootstrap(patients: patients, replicates: 50)
    let threads = Parallel.threads
    defer { Parallel.threads = threads }
    func answers(on threads: Int) -> [PatientBootstrap.Answer] {
      Parallel.threads = threads
      return bootstrap.answers(to: questions, generator: { Generator($0) })
    }
    let (one, several) = (answers(on: 1), answers(on: 5))
    try #require(one.count == 1 && several.count == 1)
    #expect(one[0].auc.values == several[0].auc.values)
    #expect(one[0].auc.values != one[0].averagePrecision.values)
    #expect(Set(one[0].auc.values).count > 20)
  }

  @Test func intervalsHoldTheFigure() throws {
    let sample = try answer(scores, labels)
    let auc = try #require(rocAUC(scores: scores, labels: labels))
    let interval = try #require(sample.auc.interval())
    #expect(interval.contains(auc) && interval.low < auc && auc < interval.high)
    let wide = try #require(sample.auc.interval(level: 0.99))
    #expect(wide.low < interval.low && wide.high > interval.high)
    // p is 0.05 where the interval of 95 % ends, and contradicts no other.
    for end in [interval.low, interval.high] {
      #expect(abs((sample.auc.pValue(that: end) ?? 0) - 0.05) < 0.01)
    }
    #expect((sample.auc.pValue(that: auc) ?? 0) > 0.5)
    #expect((sample.auc.pValue(that: 2) ?? 1) < 0.02)
    // The curve's area, from its points, is the figure.
    let once = try #require(
      PatientBootstrap(patients: patients, replicates: 1).answers(
        to: [.init(scores: scores, labels: labels, patients: patients, wantsCurves: true)],
        generator: { Generator($0) }
      ).first)
    try #require(once.roc.count == 101 && sample.roc.count == 101)
    let area = (1..<101).reduce(0.0) { sum, i in
      sum + (once.roc[i].interval.low + once.roc[i - 1].interval.low) / 200
    }
    #expect(abs(area - (once.auc.values.first ?? .nan)) < 0.02)
    // So is the area under precision against recall, but for what lies before the first point.
    try #require(once.precision.count == 101)
    let precision = (1..<101).reduce(0.0) { sum, i in sum + once.precision[i].interval.low / 100 }
    #expect(abs(precision - (once.averagePrecision.values.first ?? .nan)) < 0.03)
    #expect(abs(precision - area) > 0.05)
    #expect(sample.roc[100].interval == Interval(1, 1))
    #expect(sample.roc[50].interval.low < sample.roc[50].interval.high)
  }

  @Test func sharesLieInTheirIntervals() throws {
    for films in 8..<200 {
      for hits in Set([0, 1, films / 2, films - 1, films]) {
        let share = PatientProportion(
          (0..<films).map { $0 < hits }, patients: PatientIndex(0..<films))
        let (value, interval) = (try #require(share.value), try #require(share.interval()))
        #expect(interval.contains(value), "\(hits) of \(films): \(interval)")
      }
    }
  }

  @Test func undefinedAndDegenerateAreSaid() throws {
    let alone = (0..<90).map { $0 == 3 }
    let one = try answer(scores, alone)
    // One patient's only finding is not drawn in a third of the replicates.
    #expect(one.auc.values.contains { $0.isNaN })
    #expect(one.auc.interval() == nil && one.auc.standardError == nil)
    let parted = try answer(labels.map { $0 ? 0.9 : 0.1 }, labels)
    #expect(parted.auc.values.allSatisfy { $0 == 1 })
    // Draws that are all alike say nothing; Newcombe's interval stands at 1, and ends where as many patients cannot tell.
    #expect(parted.auc.interval() == nil && (parted.auc - parted.auc).interval() == nil)
    let interval = try #require(parted.aucInterval())
    #expect(interval.high == 1 && interval.low < 0.95 && interval.low > 0.5)
    let precise = try #require(parted.averagePrecisionInterval())
    #expect(precise.high == 1 && precise.low < 0.95)
    func sample(_ values: [Double], _ effective: Double, _ patients: Int) -> BootstrapSample {
      BootstrapSample(values, effectivePatients: effective, patients: patients)
    }
    #expect(sample([0.3, 0.3, 0.3], 9, 9).interval() == nil)
    #expect(sample([0.3, 0.4, 0.6], 9, 7).interval() == nil)
    #expect(sample([0.3, 0.4, 0.6], 2, 8).interval() != nil)
    // A figure that is undefined in a draw does not change the mean by dropping out.
    let (whole, holed) = (sample([0.4, 0.6], 50, 60), sample([.nan, 0.8], 50, 70))
    let both = BootstrapSample.mean(of: [(0.5, whole), (0.9, holed)])
    #expect(both.values == [0.65, 0.7] && both.patients == 130)
    // The mean of one figure is that figure, whatever is known of it.
    #expect(PatientBootstrap.meanAUC(of: [parted]) == Estimate(1, interval))
    #expect(PatientBootstrap.meanAveragePrecision(of: [parted]) == Estimate(1, precise))
    let own = try answer(scores, labels)
    #expect(PatientBootstrap.meanAUC(of: [own]).interval == own.aucInterval())
    #expect(PatientBootstrap.meanAUC(of: [own, one]).interval != nil)
    #expect(PatientBootstrap.meanAUC(of: [one]).interval == nil)
    #expect(PatientBootstrap.meanAUC(of: [one]).value != nil)
    let mean = BootstrapSample.mean(of: [(0.5, own.auc)])
    #expect(mean.interval() == own.auc.interval())
    #expect(mean.pValue(that: 0.4) == own.auc.pValue(that: 0.4))
    let equal = BootstrapSample.mean(of: [(0.5, whole), (0.5, whole)])
    #expect(abs(equal.effectivePatients - 99) < 1e-9)
    let perfect = DeLong(scores: labels.map { $0 ? 0.9 : 0.1 }, labels: labels)
    #expect(perfect?.interval() == nil && perfect?.auc == 1)
    #expect(DeLong(scores: scores, labels: alone)?.variance == nil)
    #expect(DeLong(scores: scores, labels: alone.map { _ in false }) == nil)
    let none = PatientProportion([Bool?](repeating: nil, count: 90), patients: patients)
    #expect(none.value == nil && none.interval() == nil)
    let all = PatientProportion([Bool?](repeating: true, count: 90), patients: patients)
    #expect(all.value == 1 && (all.interval()?.low ?? 1) < 0.9)
    #expect(all.effectiveFilms == 23)
  }

  @Test func rulesReadWhatTheyWrite() {
    for rule in [
      OperatingRule.youden, .bestF1, .sensitivity(0.9), .specificity(0.95), .cost(ofMiss: 5),
    ] { #expect(OperatingRule(rule.description) == rule) }
    for text in ["", "youden=1", "sensitivity", "sensitivity=0", "specificity=1.5", "cost=-1", "x"]
    {
      #expect(OperatingRule(text) == nil, "\(text)")
    }
    #expect(OperatingRule.youden.threshold(scores: [1, 2], labels: [true, true]) == nil)
    // A threshold lies between the scores, or beyond them.
    #expect(OperatingRule.youden.threshold(scores: [0.2, 0.6], labels: [false, true]) == 0.4)
    let all = OperatingRule.sensitivity(1).threshold(scores: [0.2, 0.6], labels: [true, false])
    #expect((all ?? 1) < 0.2)
    let none = OperatingRule.specificity(1).threshold(scores: [0.2, 0.6], labels: [true, false])
    #expect(none == 0.6)
    // Of a network it has 32 bits, as its outputs: the middle of these two has more.
    let (low, high) = (Double(Float(0.2)), Double(Float(0.3).nextUp))
    let middle = OperatingRule.youden.threshold(scores: [low, high], labels: [false, true])
    #expect(middle == Double(Float(0.2) / 2 + Float(0.3).nextUp / 2) && middle != (low + high) / 2)
    // Two neighbours have nothing between them: the lower one is the threshold.
    let half = 0.5
    let close = [half.nextUp, half]
    #expect(OperatingRule.youden.threshold(scores: close, labels: [true, false]) == 0.5)
    // 55 of 100 is 0.55, though 0.55 · 100 is more than 55.
    let hundred = OperatingRule.sensitivity(0.55).threshold(
      scores: (0..<101).map { Double($0) }, labels: (0..<101).map { $0 > 0 })
    #expect(hundred == 45.5)
  }

  /// No threshold parts films that score alike.
  @Test func equalScoresHaveNoThreshold() {
    for rule in [
      OperatingRule.youden, .bestF1, .sensitivity(0.9), .specificity(0.95), .cost(ofMiss: 5),
    ] {
      for score in [0, 0.5, 1, -7.25] {
        let scores = [Double](repeating: score, count: 4)
        #expect(
          rule.threshold(scores: scores, labels: [true, false, true, false]) == nil, "\(rule)")
      }
      #expect(rule.threshold(scores: [0, -0.0], labels: [true, false]) == nil, "\(rule)")
    }
  }

  /// Where every film is called positive the threshold is below the least score, also as it is printed.
  @Test func aThresholdBelowAllScoresIsNoZero() throws {
    func threshold(least: Double) throws -> Double {
      let found = OperatingRule.sensitivity(1).threshold(
        scores: [least, least.magnitude + 9], labels: [true, false])
      return try #require(found)
    }
    #expect(try threshold(least: 0) == -1 && fixedPoint(threshold(least: 0), digits: 3) == "-1.000")
    #expect(try threshold(least: -3.5) == -4.5)
    #expect(try threshold(least: 0.125) == Double(Float(0.125).nextDown))
    #expect(try threshold(least: 0.1) == (0.1 as Double).nextDown)
    #expect(try threshold(least: -1e300) < -1e300)
  }

  @Test func predictiveValuesFollowBayes() throws {
    let figures = OperatingFigures(
      scores: scores, labels: labels, patients: patients, threshold: 0.5)
    let here = Double(figures.counts.support) / Double(figures.counts.total)
    let ppv = try #require(figures.ppv.value)
    #expect(abs((figures.ppv(prevalence: here) ?? 0) - ppv) < 1e-12)
    let rare = try #require(figures.ppv(prevalence: 0.01))
    let interval = try #require(figures.ppvInterval(prevalence: 0.01))
    #expect(rare < ppv && interval.contains(rare) && interval.low < rare)
  }

  @Test func weightsAreTakenOut() {
    // Odds of 3 to 1 under a weight of 9 are 1 to 3.
    #expect(abs(weightCorrected(0.75, ratio: 9) - 0.25) < 1e-15)
    #expect(weightCorrected(0, ratio: 9) == 0 && weightCorrected(1, ratio: 9) == 1)
    #expect(
      pValueText(nil) == "n/a" && pValueText(0.0001) == "<0.001" && pValueText(0.2) == "0.200")
    #expect(Estimate(0.5, Interval(0.25, 0.75)).text(digits: 2) == "0.50 (0.25 to 0.75)")
    #expect(Estimate(nil).text(digits: 2) == "n/a" && Estimate(1).text(digits: 1) == "1.0 (n/a)")
  }
}
