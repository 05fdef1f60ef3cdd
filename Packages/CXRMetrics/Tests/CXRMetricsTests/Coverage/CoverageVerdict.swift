@testable import CXRMetrics

/// What one set says of every interval and test.
struct CoverageVerdict: Sendable {
  private(set) var figures: [(CoverageRun.Figure, Interval?, truth: Double)] = []
  /// The intervals of differences, of which the truth is 0.
  private(set) var comparisons: [(CoverageRun.Comparison, Interval?)] = []
  /// How often p below 0.05 and an interval without 0 do not come together.
  private(set) var contradictions = 0

  /// How many findings are judged one by one; those after them count in means and among all pairs alone.
  static let single = 3

  /// Of no set.
  init() {}

  /// - Parameters:
  ///   - set: of two models that are equally good.
  ///   - cell: what is simulated.
  ///   - precisions: a finding, what average precision is to be expected of such sets.
  ///   - draws: of patients.
  ///   - seed: of the draws and the groups.
  init(_ set: SimulatedSet, _ cell: CoverageCell, precisions: [Double], draws: Int, seed: Int) {
    let patients = PatientIndex(set.owners)
    let groups = SimulatedGroups(set, patients, seed: seed)
    let questions = set.scores.flatMap { model in
      zip(model, set.labels).map {
        PatientBootstrap.Question(scores: $0, labels: $1, patients: patients)
      }
    }
    // As the evaluation does: all questions by the same draws.
    let answers = PatientBootstrap(patients: patients, replicates: draws).answers(
      to: questions + groups.questions, generator: { Generator(seed + $0) })
    let findings = set.labels.count
    judgeRanking(
      Array(answers[..<findings]), Array(answers[findings..<2 * findings]), cell, precisions)
    judgePoints(set, cell, patients)
    judgeCalibration(set, cell, patients)
    judgeGroups(Array(answers[(2 * findings)...]), count: groups.findings.count)
  }

  private mutating func compare(
    _ comparison: CoverageRun.Comparison, _ interval: Interval?, _ p: Double?
  ) {
    comparisons.append((comparison, interval))
    // A hair of rounding where p is 0.05.
    if let interval, let p, abs(p - 0.05) > 1e-6, interval.contains(0) == (p < 0.05) {
      contradictions += 1
    }
  }

  private mutating func compare(
    _ comparison: CoverageRun.Comparison, _ difference: BootstrapSample
  ) {
    compare(comparison, difference.interval(), difference.pValue(that: 0))
  }

  private mutating func compare(
    _ comparison: CoverageRun.Comparison, _ difference: PairedDifference
  ) {
    compare(comparison, difference.interval(), difference.pValue)
  }

  private static func differenceOfMeans(
    _ one: [PatientBootstrap.Answer], _ other: [PatientBootstrap.Answer]
  ) -> BootstrapSample {
    func areas(_ answers: [PatientBootstrap.Answer]) -> [(value: Double, sample: BootstrapSample)] {
      answers.compactMap { answer in answer.area.map { ($0.auc, answer.auc) } }
    }
    return BootstrapSample.differenceOfMeans(areas(one), areas(other))
  }

  private mutating func judgeRanking(
    _ own: [PatientBootstrap.Answer], _ other: [PatientBootstrap.Answer], _ cell: CoverageCell,
    _ precisions: [Double]
  ) {
    let area = cell.truth.auc
    var pValues: [Double?] = []
    for k in own.indices.prefix(Self.single) {
      figures.append((.auc, own[k].aucInterval(), area))
      figures.append((.precision, own[k].averagePrecisionInterval(), precisions[k]))
      let difference = own[k].auc - other[k].auc
      pValues.append(difference.pValue(that: 0))
      compare(.auc, difference)
    }
    figures.append((.meanAUC, PatientBootstrap.meanAUC(of: own).interval, area))
    let defined = own.indices.filter { own[$0].precisionSpread != nil }
    figures.append(
      (
        .meanPrecision, PatientBootstrap.meanAveragePrecision(of: own).interval,
        definedMean(defined.map { precisions[$0] }) ?? .nan
      ))
    compare(.meanAUC, Self.differenceOfMeans(own, other))
    // As an interval that leaves 0 out where one corrected p is small.
    let smallest = holmCorrected(pValues).compactMap { $0 }.min()
    comparisons.append((.holm, smallest.map { $0 < 0.05 ? Interval(1, 2) : Interval(-1, 1) }))
  }

  private mutating func judgePoints(
    _ set: SimulatedSet, _ cell: CoverageCell, _ patients: PatientIndex
  ) {
    let truth = cell.truth
    func predictive(_ right: Double, _ wrong: Double, _ share: Double) -> Double {
      share * right / (share * right + (1 - share) * wrong)
    }
    for k in set.labels.indices.prefix(Self.single) {
      let shares = OperatingFigures(
        scores: set.scores[0][k], labels: set.labels[k], patients: patients,
        threshold: cell.threshold)
      let (common, wanted) = (set.prevalences[k], CoverageRun.prevalence)
      figures += [
        (.sensitivity, shares.sensitivity.interval(), truth.sensitivity),
        (.specificity, shares.specificity.interval(), 1 - truth.falseAlarms),
        (.ppv, shares.ppv.interval(), predictive(truth.sensitivity, truth.falseAlarms, common)),
        (
          .npv, shares.npv.interval(),
          predictive(1 - truth.falseAlarms, 1 - truth.sensitivity, 1 - common)
        ),
        (
          .ppvAtPrevalence, shares.ppvInterval(prevalence: wanted),
          predictive(truth.sensitivity, truth.falseAlarms, wanted)
        ),
      ]
    }
    /// Of films that have the finding (`truth`), or lack it, which a model calls right.
    func isRight(_ model: Int, _ k: Int, truth: Bool) -> [Bool?] {
      zip(set.scores[model][k], set.labels[k]).map { score, label in
        label == truth ? (score > cell.threshold) == truth : nil
      }
    }
    let pooling = PatientIndex(pooling: set.labels.map { _ in patients })
    for (truth, single, pooled) in [
      (true, CoverageRun.Comparison.sensitivity, CoverageRun.Comparison.pooledSensitivity),
      (false, .specificity, .pooledSpecificity),
    ] {
      let right = [0, 1].map { model in
        set.labels.indices.map { isRight(model, $0, truth: truth) }
      }
      for k in set.labels.indices.prefix(Self.single) {
        compare(single, PairedDifference(right[0][k], right[1][k], patients: patients))
      }
      compare(
        pooled,
        PairedDifference(
          right[0].flatMap { $0 }, right[1].flatMap { $0 }, patients: pooling))
    }
    let shares = OperatingFigures(
      scores: set.scores[0].flatMap { $0 }, labels: set.labels.flatMap { $0 }, patients: pooling,
      threshold: cell.threshold)
    figures.append((.pooledSensitivity, shares.sensitivity.interval(), truth.sensitivity))
    figures.append((.pooledSpecificity, shares.specificity.interval(), 1 - truth.falseAlarms))
  }

  private mutating func judgeCalibration(
    _ set: SimulatedSet, _ cell: CoverageCell, _ patients: PatientIndex
  ) {
    for k in set.labels.indices.prefix(Self.single) {
      let line = CalibrationLine(
        probabilities: set.scores[0][k].map {
          cell.probability(of: $0, prevalence: set.prevalences[k])
        }, labels: set.labels[k], patients: patients)
      figures += [
        (.observedToExpected, line.observedToExpected.interval, 1),
        (.intercept, line.intercept.interval, 0), (.slope, line.slope.interval, 1),
      ]
    }
  }

  /// - Parameters:
  ///   - answers: of the first group, then of the second; a finding that both can be judged on.
  ///   - count: of these findings.
  private mutating func judgeGroups(_ answers: [PatientBootstrap.Answer], count: Int) {
    guard count > 0 else { return }
    let (one, other) = (Array(answers[..<count]), Array(answers[count...]))
    for k in one.indices { compare(.groups, one[k].auc - other[k].auc) }
    compare(.groupsMean, Self.differenceOfMeans(one, other))
  }
}
