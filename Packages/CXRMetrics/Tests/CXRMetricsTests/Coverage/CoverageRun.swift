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
    case pooledSensitivity = "pooled sensitivity"
    case pooledSpecificity = "pooled specificity"
    case observedToExpected = "O:E"
    case intercept = "calibration intercept"
    case slope = "calibration slope"
  }

  /// Tests of what is true, that two models, or a model on two groups of patients, are equally good.
  enum Comparison: String, CaseIterable, Sendable {
    case auc = "AUC"
    case meanAUC = "mean AUC"
    case sensitivity
    case specificity
    case pooledSensitivity = "pooled sensitivity"
    case pooledSpecificity = "pooled specificity"
    case holm = "AUC of any finding, after Holm"
    case groups = "AUC of groups"
    case groupsMean = "mean AUC of groups"
  }

  let name: String
  /// Films a set, on average.
  let films: Double
  private(set) var figures: [Figure: CoverageTally] = [:]
  /// The intervals of differences, of which the truth is 0.
  private(set) var comparisons: [Comparison: CoverageTally] = [:]
  /// How often p below 0.05 and an interval without 0 do not come together.
  private(set) var contradictions = 0

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
    nonisolated(unsafe) let verdicts = UnsafeMutableBufferPointer<CoverageVerdict>.allocate(
      capacity: sets)
    nonisolated(unsafe) let sizes = UnsafeMutableBufferPointer<Int>.allocate(capacity: sets)
    verdicts.initialize(repeating: CoverageVerdict())
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
      verdicts[set] = CoverageVerdict(
        films, cell, precisions: expected, draws: draws, seed: seed * 77_003 + set * 5003)
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
}
