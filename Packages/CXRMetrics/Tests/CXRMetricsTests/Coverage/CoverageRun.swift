import CXRMetrics
import Foundation

/// What many sets of one cell say of every interval and test.
struct CoverageRun: Sendable {
  /// Findings of a set, by how many times rarer each is than the cell says: the last counts in means alone, where it is one of
  /// which there may be no interval.
  static let rarities = [1.0, 1, 1, 3]
  /// How common findings are where PPV is wanted.
  static let prevalence = 0.1

  /// The figures whose intervals are judged.
  enum Figure: String, CaseIterable, Sendable {
    case auc = "AUC"
    case meanAUC = "mean AUC"
    case precision = "average precision"
    case meanPrecision = "mean average precision"
    case sensitivity
    case specificity
    case ppv = "PPV"
    case npv = "NPV"
    case ppvAtPrevalence = "PPV at a prevalence"
  }

  /// Tests of what is true, that two models are equally good.
  enum Comparison: String, CaseIterable, Sendable {
    case auc = "AUC"
    case meanAUC = "mean AUC"
    case sensitivity
    case holm = "any finding, after Holm"
  }

  let name: String
  /// Films a set, on average.
  let films: Double
  private(set) var figures: [Figure: CoverageTally] = [:]
  /// The intervals of differences, of which the truth is 0.
  private(set) var comparisons: [Comparison: CoverageTally] = [:]
  /// How often p below 0.05 and an interval without 0 do not come together.
  private(set) var contradictions = 0

  /// What one set says.
  private struct Verdict: Sendable {
    var figures: [(Figure, Interval?, Double)] = []
    var comparisons: [(Comparison, Interval?)] = []
    var contradictions = 0
  }

  /// - Parameters:
  ///   - cell: what is simulated.
  ///   - sets: how many.
  ///   - draws: of patients, in each.
  ///   - seed: another gives other sets.
  ///   - make: a set from a generator.
  init(
    _ cell: CoverageCell, name: String, sets: Int, draws: Int, seed: Int,
    make: @escaping @Sendable (inout Generator) -> SimulatedSet
  ) {
    self.name = name
    // What average precision is to be expected of sets of this size, by finding.
    let expected = Self.expectedPrecision(sets: max(300, sets * 2), seed: seed, make: make)
    nonisolated(unsafe) let verdicts = UnsafeMutableBufferPointer<Verdict>.allocate(capacity: sets)
    nonisolated(unsafe) let sizes = UnsafeMutableBufferPointer<Int>.allocate(capacity: sets)
    verdicts.initialize(repeating: Verdict())
    sizes.initialize(repeating: 0)
    defer {
      verdicts.deinitialize().deallocate()
      sizes.deallocate()
    }
    // Safe: each call writes its own places.
    DispatchQueue.concurrentPerform(iterations: sets) { set in
      var generator = Generator(seed * 1_000_003 + set)
      let films = make(&generator)
      sizes[set] = films.owners.count
      verdicts[set] = Self.judge(
        films, cell, expected: expected, draws: draws, seed: seed * 77_003 + set * 5003)
    }
    films = Double(sizes.reduce(0, +)) / Double(max(1, sets))
    for verdict in verdicts {
      for (figure, interval, truth) in verdict.figures {
        figures[figure, default: CoverageTally()].add(interval, truth)
      }
      for (comparison, interval) in verdict.comparisons {
        comparisons[comparison, default: CoverageTally()].add(interval, 0)
      }
      contradictions += verdict.contradictions
    }
  }

  private static func expectedPrecision(
    sets: Int, seed: Int, make: @escaping @Sendable (inout Generator) -> SimulatedSet
  ) -> [Double] {
    nonisolated(unsafe) let values = UnsafeMutableBufferPointer<[Double?]>.allocate(capacity: sets)
    values.initialize(repeating: [])
    defer { values.deinitialize().deallocate() }
    // Safe: each call writes its own place.
    DispatchQueue.concurrentPerform(iterations: sets) { set in
      var generator = Generator(-1 - seed * 1_000_003 - set)
      let films = make(&generator)
      values[set] = films.labels.indices.map {
        averagePrecision(scores: films.scores[0][$0], labels: films.labels[$0])
      }
    }
    let all = Array(values)
    return (all.first ?? []).indices.map { k in definedMean(all.map { $0[k] }) ?? .nan }
  }

  private static func judge(
    _ set: SimulatedSet, _ cell: CoverageCell, expected: [Double], draws: Int, seed: Int
  ) -> Verdict {
    var verdict = Verdict()
    let truth = cell.truth
    let patients = PatientIndex(set.owners)
    let questions = set.scores.flatMap { model in
      zip(model, set.labels).map {
        PatientBootstrap.Question(scores: $0, labels: $1, patients: patients)
      }
    }
    let answers = PatientBootstrap(patients: patients, replicates: draws).answers(
      to: questions, generator: { Generator(seed + $0) })
    let findings = set.labels.count
    var smallest: [Double?] = []
    func compare(_ comparison: Comparison, _ interval: Interval?, _ p: Double?) {
      verdict.comparisons.append((comparison, interval))
      // A hair of rounding where p is 0.05.
      if let interval, let p, abs(p - 0.05) > 1e-6, interval.contains(0) == (p < 0.05) {
        verdict.contradictions += 1
      }
    }
    for k in set.labels.indices where k < 3 {
      let (one, other, labels) = (answers[k], answers[findings + k], set.labels[k])
      verdict.figures.append((.auc, one.aucInterval(), truth.auc))
      verdict.figures.append((.precision, one.averagePrecisionInterval(), expected[k]))
      let difference = one.auc - other.auc
      smallest.append(difference.pValue(that: 0))
      compare(.auc, difference.interval(), difference.pValue(that: 0))
      let figures = OperatingFigures(
        scores: set.scores[0][k], labels: labels, patients: patients, threshold: cell.threshold)
      let share = labels.isEmpty ? 0 : Double(labels.count { $0 }) / Double(labels.count)
      let common = cell.prevalence > 0 ? cell.prevalence : share
      func predictive(_ right: Double, _ wrong: Double, _ share: Double) -> Double {
        share * right / (share * right + (1 - share) * wrong)
      }
      verdict.figures += [
        (.sensitivity, figures.sensitivity.interval(), truth.sensitivity),
        (.specificity, figures.specificity.interval(), 1 - truth.falseAlarms),
        (.ppv, figures.ppv.interval(), predictive(truth.sensitivity, truth.falseAlarms, common)),
        (
          .npv, figures.npv.interval(),
          predictive(1 - truth.falseAlarms, 1 - truth.sensitivity, 1 - common)
        ),
        (
          .ppvAtPrevalence, figures.ppvInterval(prevalence: prevalence),
          predictive(truth.sensitivity, truth.falseAlarms, prevalence)
        ),
      ]
      func called(_ model: Int) -> [Bool?] {
        zip(set.scores[model][k], labels).map { $1 ? $0 > cell.threshold : nil }
      }
      let paired = PairedDifference(called(0), called(1), patients: patients)
      compare(.sensitivity, paired.interval(), paired.pValue)
    }
    let own = Array(answers.prefix(findings))
    verdict.figures.append((.meanAUC, PatientBootstrap.meanAUC(of: own).interval, truth.auc))
    let defined = own.indices.filter { own[$0].precisionSpread != nil }
    verdict.figures.append(
      (
        .meanPrecision, PatientBootstrap.meanAveragePrecision(of: own).interval,
        definedMean(defined.map { expected[$0] }) ?? .nan
      ))
    func mean(_ answers: [PatientBootstrap.Answer]) -> BootstrapSample {
      BootstrapSample.mean(
        of: answers.compactMap { answer in answer.area.map { ($0.auc, answer.auc) } })
    }
    let difference = mean(own) - mean(Array(answers.suffix(findings)))
    compare(.meanAUC, difference.interval(), difference.pValue(that: 0))
    // As an interval that leaves 0 out where one corrected p is small.
    let corrected = holmCorrected(smallest).compactMap { $0 }.min()
    verdict.comparisons.append(
      (.holm, corrected.map { $0 < 0.05 ? Interval(1, 2) : Interval(-1, 1) }))
    return verdict
  }
}
