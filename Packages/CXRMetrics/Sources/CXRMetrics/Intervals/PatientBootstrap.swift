import CXRParallel
import Synchronization

/// What AUC, average precision and the curves would have been on other patients of the same kind: patients are
/// drawn with replacement, as many as there are, each with all of its films.
///
/// Films of one patient resemble each other, so drawing films would make intervals too narrow.
///
/// ```swift
/// let patients = PatientIndex(["a", "a", "b", "c"])   // whose each film is
/// let answers = PatientBootstrap(patients: patients).answers(
///   to: [
///     .init(scores: [0.1, 0.4, 0.35, 0.8], labels: [false, false, true, true], patients: patients)
///   ], seed: 7)
/// print(answers[0].aucInterval() ?? "too few patients")
/// ```
///
/// All questions are asked of the same draws, so that their answers can be compared replicate by replicate.
/// Source of the method: Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993, chapters 8 and 13.
public struct PatientBootstrap: Sendable {
  /// Whose the films are.
  public let patients: PatientIndex
  /// How often patients are drawn.
  public let replicates: Int
  /// Points of a curve: rates 0, 0.01, … 1.
  public static let curvePoints = 101

  /// How often patients are drawn unless said otherwise.
  public static let usualReplicates = 1000

  /// Gathers what is drawn from.
  ///
  /// - Parameters:
  ///   - patients: `[N]`, whose the films are.
  ///   - replicates: how often they are drawn, at least 1; a thousand unless said otherwise. Each replicate gets a stream of
  ///     random numbers of its own.
  public init(patients: PatientIndex, replicates: Int = usualReplicates) {
    precondition(replicates > 0, "PatientBootstrap: \(replicates) replicates")
    (self.patients, self.replicates) = (patients, replicates)
  }

  /// Scores and labels that are judged in every replicate.
  public struct Question: Sendable {
    let ranked: RankedFilms
    /// Whose films they are.
    let identity: Int
    let wantsCurves: Bool
    let area: AreaSpread?
    let precision: PrecisionSpread?

    /// Asks how well films are ranked; traps where the numbers of films differ.
    ///
    /// - Parameters:
    ///   - scores: `[n]`, finite, in any unit.
    ///   - labels: `[n]`, whether each film has the finding.
    ///   - patients: `[n]`, whose the films are: the bootstrap's index, or a part of it by ``PatientIndex/selecting(_:)``.
    ///   - wantsCurves: whether the curves are sampled too; they are not unless asked for.
    public init(
      scores: [Double], labels: [Bool], patients: PatientIndex, wantsCurves: Bool = false
    ) {
      let order = scores.indices.sorted { scores[$0] > scores[$1] }
      ranked = RankedFilms(order: order, scores: scores, labels: labels, patients: patients)
      (self.wantsCurves, identity) = (wantsCurves, patients.identity)
      area = AreaSpread(order: order, scores: scores, labels: labels, patients: patients)
      precision = PrecisionSpread(
        order: order, scores: scores, labels: labels, area: area, patients: patients)
    }
  }

  /// The answers to a question.
  public struct Answer: Sendable {
    /// `[replicates]`, to be compared with another's.
    public let auc: BootstrapSample
    /// `[replicates]`.
    public let averagePrecision: BootstrapSample
    /// `nil` unless both kinds occur.
    public let area: AreaSpread?
    /// `nil` unless both kinds occur.
    public let precisionSpread: PrecisionSpread?
    /// What holds 95 % of the draws' true-positive rates at false-positive rates 0, 0.01, … 1; empty where not asked
    /// for.
    public let roc: [BandPoint]
    /// What holds 95 % of the draws' precisions at recalls 0, 0.01, … 1; empty where not asked for.
    public let precision: [BandPoint]

    /// The interval of the area; see ``AreaSpread``.
    public func aucInterval(level: Double = Interval.defaultLevel) -> Interval? {
      area?.interval(level: level)
    }

    /// The interval of average precision over sets of this size; see ``PrecisionSpread``.
    public func averagePrecisionInterval(level: Double = Interval.defaultLevel) -> Interval? {
      precisionSpread?.interval(averagePrecision, level: level)
    }
  }

  /// The mean of the areas that are defined, with its interval; see ``AreaSpread``.
  public static func meanAUC(
    of answers: [Answer], level: Double = Interval.defaultLevel
  ) -> Estimate {
    let areas = answers.compactMap(\.area)
    return Estimate(
      definedMean(areas.map(\.auc)), AreaSpread.interval(ofMeanOf: areas, level: level))
  }

  /// The mean of the average precisions where films of both kinds are, with its interval; see ``PrecisionSpread``.
  public static func meanAveragePrecision(
    of answers: [Answer], level: Double = Interval.defaultLevel
  ) -> Estimate {
    let figures = answers.compactMap { answer in
      answer.precisionSpread.map { (spread: $0, draws: answer.averagePrecision) }
    }
    return Estimate(
      definedMean(figures.map(\.spread.averagePrecision)),
      PrecisionSpread.interval(ofMeanOf: figures, level: level))
  }

  /// Draws patients and judges, on all threads; the same answers on any number of them.
  ///
  /// Traps where a question is about patients of another index: their numbers would be taken for those of other people.
  ///
  /// - Parameters:
  ///   - questions: what is judged.
  ///   - seed: of the random numbers; any number, 0 unless said otherwise. Equal seeds give equal answers.
  public func answers(to questions: [Question], seed: UInt64 = 0) -> [Answer] {
    answers(to: questions, random: RandomStream(seed: seed))
  }

  /// Draws patients and judges as ``answers(to:seed:)``; replicate r has the r-th child of `random`.
  ///
  /// - Parameters:
  ///   - questions: what is judged.
  ///   - random: a stream of one's own.
  ///   - progress: called after each replicate, on any thread, with the number of those done.
  public func answers(
    to questions: [Question], random: RandomStream,
    progress: @escaping @Sendable (_ done: Int) -> Void = { _ in }
  ) -> [Answer] {
    let done = Atomic<Int>(0)
    return answers(to: questions) {
      progress(done.add(1, ordering: .relaxed).newValue)
      return random.child($0)
    }
  }

  /// Draws patients and judges; `generator` gives the random numbers of a replicate, on any thread.
  func answers(
    to questions: [Question],
    generator: @escaping @Sendable (_ replicate: Int) -> any RandomNumberGenerator
  ) -> [Answer] {
    precondition(
      questions.allSatisfy { $0.identity == patients.identity },
      "PatientBootstrap: a question is about patients of another PatientIndex; take a part of this one by selecting(_:)"
    )
    let (points, count) = (Self.curvePoints, questions.count)
    let wanting = questions.indices.filter { questions[$0].wantsCurves }
    let curveCount = wanting.count
    var curvePlaces = [Int?](repeating: nil, count: count)
    for (place, question) in wanting.enumerated() { curvePlaces[question] = place }
    var values = [Double](repeating: .nan, count: replicates * count * 2)
    var curves = [Float](repeating: .nan, count: replicates * curveCount * points * 2)
    values.withUnsafeMutableBufferPointer { values in
      curves.withUnsafeMutableBufferPointer { curves in
        // Safe: replicate r writes values[r · 2 · count ..<] and curves[r · 2 · curveCount · points ..<] alone, and
        // the loop returns when all calls have, while both buffers are still borrowed here.
        nonisolated(unsafe) let (values, curves) = (values, curves)
        let curvePlaces = curvePlaces
        Parallel.forEach(replicates) { replicate in
          let weights = draw(generator(replicate))
          weights.withUnsafeBufferPointer { weights in
            guard let weights = weights.baseAddress else { return }
            for (q, question) in questions.enumerated() {
              let counted: RankedFilms.Counted
              if let place = curvePlaces[q], let base = curves.baseAddress {
                let start =
                  base + (replicate * curveCount + place) * points * 2
                counted = question.ranked.counted(
                  weights, roc: start, precision: start + points, count: points)
              } else {
                counted = question.ranked.counted(weights)
              }
              values[(replicate * count + q) * 2] = counted.auc
              values[(replicate * count + q) * 2 + 1] = counted.averagePrecision
            }
          }
        }
      }
    }
    return questions.indices.map { q in
      let question = questions[q]
      func sample(_ offset: Int, _ influence: PatientInfluence?) -> BootstrapSample {
        BootstrapSample(
          (0..<replicates).map { values[($0 * count + q) * 2 + offset] },
          effectivePatients: question.area?.effectivePatients ?? 0,
          patients: question.area?.patients ?? 0, influence: influence)
      }
      func band(_ offset: Int) -> [BandPoint] {
        guard let place = curvePlaces[q] else { return [] }
        return (0..<points).compactMap { point in
          let heights = (0..<replicates).map {
            Double(curves[(($0 * curveCount + place) * 2 + offset) * points + point])
          }
          return BootstrapSample(heights, effectivePatients: 0, patients: 0).percentiles().map {
            BandPoint(x: Double(point) / Double(points - 1), interval: $0)
          }
        }
      }
      return Answer(
        auc: sample(0, question.area?.influence),
        averagePrecision: sample(1, question.precision?.influence), area: question.area,
        precisionSpread: question.precision,
        roc: band(0), precision: band(1))
    }
  }

  /// How often each patient is drawn.
  private func draw(_ generator: any RandomNumberGenerator) -> [UInt16] {
    var weights = [UInt16](repeating: 0, count: patients.count)
    var generator = OpaqueGenerator(generator)
    for _ in 0..<patients.count {
      weights[Int.random(in: 0..<patients.count, using: &generator)] &+= 1
    }
    return weights
  }

  /// The same numbers by a type that is known where the standard library draws with them: else its generic code runs,
  /// many times as slow.
  private struct OpaqueGenerator: RandomNumberGenerator {
    private var generator: any RandomNumberGenerator

    init(_ generator: any RandomNumberGenerator) { self.generator = generator }

    mutating func next() -> UInt64 { generator.next() }
  }
}
