import CXRMetrics
import CXRParallel
import Testing

/// Numbers that would give a wrong figure without a word stop the program, and say what they are.
@Suite struct RefusedNumberTests {
  /// Release builds say nothing when they stop; these tests run in debug too.
  private static func says(_ result: ExitTest.Result?, _ words: String) -> Bool {
    #if DEBUG
      String(decoding: result?.standardErrorContent ?? [], as: UTF8.self).contains(words)
    #else
      result != nil
    #endif
  }

  @Test func percentIsNoProbability() async {
    let brier = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = brierScore(probabilities: [0.2, 70], labels: [false, true]) }
    #expect(Self.says(brier, "brierScore: a probability of 70.0 is not within 0…1"))
    let curve = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = ReliabilityCurve(probabilities: [-0.1], labels: [true]) }
    #expect(Self.says(curve, "ReliabilityCurve: a probability of -0.1"))
    let line = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = CalibrationLine(
        probabilities: [.nan], labels: [true], patients: PatientIndex([1]))
    }
    #expect(Self.says(line, "CalibrationLine: a probability of nan"))
    let decisions = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = DecisionCurve(probabilities: [1.5], labels: [true]) }
    #expect(Self.says(decisions, "DecisionCurve: a probability of 1.5"))
    let corrected = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = weightCorrected(2, ratio: 3) }
    #expect(Self.says(corrected, "weightCorrected: a probability of 2.0"))
  }

  @Test func theEndsAreProbabilities() {
    #expect(brierScore(probabilities: [0, 1], labels: [false, true]) == 0)
    #expect(ReliabilityCurve(probabilities: [0, 1], labels: [false, true]).expectedError == 0)
    #expect(weightCorrected(1, ratio: 3) == 1)
  }

  @Test func shareAndCostsHaveRanges() async {
    let rule = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = OperatingRule.sensitivity(7).threshold(scores: [0, 1], labels: [false, true]) }
    #expect(Self.says(rule, "OperatingRule: sensitivity=7.0 is out of range"))
    let cost = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = OperatingRule.cost(ofMiss: 0).threshold(scores: [0, 1], labels: [false, true]) }
    #expect(Self.says(cost, "OperatingRule: cost=0.0 is out of range"))
    let prevalence = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let figures = OperatingFigures(
        scores: [0, 1], labels: [false, true], patients: PatientIndex([1, 2]), threshold: 0.5)
      _ = figures.ppv(prevalence: 3)
    }
    #expect(Self.says(prevalence, "OperatingFigures: a prevalence of 3.0"))
    #expect(OperatingRule("sensitivity=7") == nil && OperatingRule("cost=0") == nil)
    #expect(OperatingRule("sensitivity=1") == .sensitivity(1))
  }

  @Test func patientsOfAnotherIndexAreRefused() async {
    let bootstrap = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      // As many patients, and other ones.
      _ = PatientBootstrap(patients: PatientIndex(["a", "b"]), replicates: 1).answers(to: [
        .init(scores: [0, 1], labels: [false, true], patients: PatientIndex(["b", "a"]))
      ])
    }
    #expect(Self.says(bootstrap, "patients of another PatientIndex"))
    let pooled = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = PatientIndex(pooling: [PatientIndex([1, 2]), PatientIndex([3, 4])]) }
    #expect(Self.says(pooled, "the parts are of different indices"))
  }

  @Test func partsAndEqualIndicesAreTaken() {
    let patients = PatientIndex(["a", "a", "b"])
    let bootstrap = PatientBootstrap(patients: patients, replicates: 10)
    for index in [patients, PatientIndex(["a", "a", "b"]), patients.selecting([0, 1, 2])] {
      let answers = bootstrap.answers(to: [
        .init(scores: [0, 1, 2], labels: [false, true, true], patients: index)
      ])
      #expect(answers[0].auc.values.count == 10)
    }
    #expect(PatientIndex(pooling: [patients, patients.selecting([2])]).count == 2)
  }

  @Test func aSeedIsItsStream() {
    let patients = PatientIndex((0..<40).map { $0 / 2 })
    let question = PatientBootstrap.Question(
      scores: (0..<40).map { Double($0 * 17 % 40) }, labels: (0..<40).map { $0 % 3 == 0 },
      patients: patients)
    let bootstrap = PatientBootstrap(patients: patients, replicates: 50)
    let values = bootstrap.answers(to: [question], seed: 7)[0].auc.values
    #expect(
      values == bootstrap.answers(to: [question], random: RandomStream(seed: 7))[0].auc.values)
    #expect(values != bootstrap.answers(to: [question])[0].auc.values)
    #expect(Set(values).count > 25)
  }
}
