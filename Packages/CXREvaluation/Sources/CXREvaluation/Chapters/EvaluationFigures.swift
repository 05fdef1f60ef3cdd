import CXRMetrics
import CXRParallel

/// The figures of models on the same films: with intervals, at operating points, calibrated, by groups, and compared
/// with one another.
///
/// ```swift
/// let films = JudgedFilms(
///   labels: ["Mass"], truths: [true, false, nil, false], patients: ["1", "1", "2", "3"])
/// let ours = ScoredModel("ours", scores: [0.9, 0.2, 0.4, 0.1])
/// let theirs = ScoredModel("theirs", logits: [1.5, -2, 0, -3])
/// let figures = EvaluationFigures([ours, theirs], on: films)
/// print(figures.models[0].ranking.auc.text(digits: 3))
/// ```
public struct EvaluationFigures: Sendable {
  /// How figures are computed.
  public struct Options: Sendable {
    /// How often patients are drawn, at least once; 1,000 unless said otherwise. Fewer make intervals and p coarser.
    public var replicates = PatientBootstrap.usualReplicates
    /// Of the draws; 0 unless said otherwise.
    public var seed: UInt64 = 0
    /// How common a label is where the model will be used, 0…1 with the ends excluded, by label; none unless said otherwise.
    public var prevalences: [String: Double] = [:]

    /// A thousand draws of seed 0.
    public init() {}
  }

  /// What is known of the films.
  public let films: JudgedFilms
  /// In the order given.
  public let models: [ModelFigures]
  /// Each model with each that follows it.
  public let differences: [ModelDifference]
  /// Of the draws.
  public let options: Options

  /// The labels, in column order.
  public var labels: [String] { films.labels }
}

extension EvaluationFigures {
  /// Computes all figures, on all threads; the numbers follow from the films and the seed alone.
  ///
  /// - Parameters:
  ///   - models: with scores of all films.
  ///   - films: what is known of them.
  ///   - options: draws, seed and prevalences.
  ///   - progress: called with replicates done, on any thread.
  public init(
    _ models: [ScoredModel], on films: JudgedFilms, options: Options = Options(),
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) {
    (self.films, self.options) = (films, options)
    let judged = JudgedCells(models, films)
    let yardsticks = Yardsticks(models, films)
    let draws = Self.draws(
      for: judged.questions + yardsticks.questions, films.patients, options, progress: progress)
    let sides = models.enumerated().map { m, model in
      judged.side(m, named: model.name, draws: draws)
    }
    self.models = models.indices.map { m in
      let labels = judged.labels(m, draws: draws)
      let subgroups = films.groups.indices.map { g in
        SubgroupFigures(
          films.groups[g], of: films, labels: judged.labels(m, group: g, draws: draws))
      }
      return ModelFigures(
        model: models[m], labels: labels,
        ranking: MeanRanking(labels, draws: judged.draws(m, of: draws)),
        pooled: PooledPoints(labels, fit: models[m].fit),
        report: ClassificationReport(
          names: films.labels,
          predictions: models[m].scores.map {
            isCalledPositive($0, above: models[m].kind.half)
          },
          labels: films.truths, known: films.isKnown),
        subgroups: subgroups,
        groupDifferences: GroupDifference.all(
          subgroups,
          draws: films.groups.indices.map { judged.draws(m, group: $0, of: draws) }),
        yardstick: yardsticks.side(m, draws: draws.suffix(yardsticks.questions.count)).map {
          YardstickFigures($0, model: sides[m], labels: films.labels)
        }, shifts: PrevalenceShift.all(films, fit: models[m].fit))
    }
    differences = sides.indices.flatMap { a in
      sides.indices.dropFirst(a + 1).map { b in
        ModelDifference(sides[a], sides[b], labels: films.labels)
      }
    }
  }

  /// The answers to all questions by the same draws of patients.
  private static func draws(
    for questions: [PatientBootstrap.Question], _ patients: PatientIndex, _ options: Options,
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
  ) -> [PatientBootstrap.Answer] {
    let random = RandomStream(seed: options.seed).child("bootstrap").child("replicate")
    let total = options.replicates
    return PatientBootstrap(patients: patients, replicates: total).answers(
      to: questions, random: random, progress: { progress($0, total) })
  }
}
