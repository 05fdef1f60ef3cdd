import CXRParallel
import CXRData
import CXRMetrics
import CXRTensor
import Synchronization

/// The figures of all models of an evaluation: with intervals, at operating points, calibrated, by groups, and
/// compared with one another.
public struct EvaluationFigures: Sendable {
  /// How figures are computed.
  public struct Options: Sendable {
    /// How often patients are drawn.
    public var replicates = 1000
    /// Of the draws.
    public var seed: UInt64 = 0
    /// How common a label is where the model will be used, 0…1 with the ends excluded, by label.
    public var prevalences: [String: Double] = [:]

    /// A thousand draws of seed 0.
    public init() {}
  }

  /// In the evaluation's order.
  public private(set) var models: [ModelFigures]
  /// Each model with each that follows it.
  public private(set) var differences: [ModelDifference] = []
  /// Of the draws.
  public let options: Options
  /// Labels that are more, or less, common than on the validation films beyond chance, by model.
  public let shifts: [[PrevalenceShift]]

  /// A label that is more, or less, common than on the validation films.
  public struct PrevalenceShift: Sendable {
    /// The label.
    public let label: String
    /// Its share of the validation films.
    public let validation: Double
    /// Its share of these films.
    public let here: Double
    /// That the difference is chance, after Holm's correction over the labels.
    public let corrected: Double
  }

  /// Computes all figures, on all threads; the numbers follow from the films and the seed alone.
  ///
  /// - Parameters:
  ///   - evaluation: models and films.
  ///   - options: draws, seed and prevalences.
  ///   - progress: called with replicates done, on any thread.
  public init(
    _ evaluation: Evaluation, options: Options = Options(),
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) {
    self.options = options
    let answers = evaluation.models.map { evaluation.answers(of: $0) }
    let groups = Self.groups(evaluation)
    let labels = evaluation.labels

    // Everything but the bootstrap: a figure for each model, group of films and label.
    let columns = labels.count
    let tasks = evaluation.models.indices.flatMap { m in
      (0...groups.count).flatMap { g in (0..<columns).map { (model: m, group: g, label: $0) } }
    }
    let results = Mutex(
      [(figures: LabelFigures, question: PatientBootstrap.Question)?](
        repeating: nil, count: tasks.count))
    Parallel.forEach(tasks.count) { t in
      let (m, g, k) = tasks[t]
      let model = evaluation.models[m]
      let known = answers[m].known(label: k, films: g == 0 ? nil : groups[g - 1].films)
      let figures = LabelFigures(
        known, name: labels[k], fit: model.fit?.labels[k],
        weightRatio: model.metadata?.weightRatio(of: k))
      let question = PatientBootstrap.Question(
        scores: known.scores, labels: known.truths, patients: known.patients, wantsCurves: g == 0)
      results.withLock { $0[t] = (figures, question) }
    }
    // Each task has filled its place.
    let computed = results.withLock { $0.compactMap { $0 } }
    let figures = computed.map(\.figures)
    var asked = computed.map(\.question)

    // The yardsticks, each once.
    let baselines = Self.baselines(evaluation)
    let baselineStart = asked.count
    for baseline in baselines.scores {
      let answers = answers[0].replacing(scores: baseline)
      for k in 0..<columns {
        let known = answers.known(label: k)
        asked.append(
          PatientBootstrap.Question(
            scores: known.scores, labels: known.truths, patients: known.patients))
      }
    }

    let random = RandomStream(seed: options.seed).child("bootstrap").child("replicate")
    let total = options.replicates
    let done = Atomic<Int>(0)
    let patients = answers.first?.patients ?? PatientIndex([Int]())
    let samples = PatientBootstrap(patients: patients, replicates: total).answers(
      to: asked,
      generator: { replicate in
        progress(done.add(1, ordering: .relaxed).newValue, total)
        return random.child(replicate)
      },
      concurrently: { count, body in Parallel.forEach(count, body) })

    func place(_ m: Int, _ g: Int, _ k: Int) -> Int { (m * (groups.count + 1) + g) * columns + k }
    func complete(_ m: Int, _ g: Int) -> [LabelFigures] {
      (0..<columns).map { k in
        var label = figures[place(m, g, k)]
        let sample = samples[place(m, g, k)]
        label.auc.interval = label.auc.value == nil ? nil : sample.auc.interval()
        label.averagePrecision.interval =
          label.averagePrecision.value == nil ? nil : sample.averagePrecision.interval()
        (label.rocBand, label.precisionBand) = (sample.roc, sample.precision)
        return label
      }
    }
    /// Of the mean over the labels whose figure is defined.
    func meanInterval(_ values: [Double?], _ sample: (Int) -> BootstrapSample) -> Interval? {
      let defined = values.enumerated().compactMap { k, value in value.map { ($0, sample(k)) } }
      return defined.isEmpty ? nil : BootstrapSample.mean(of: defined).interval()
    }

    var models: [ModelFigures] = []
    for (m, model) in evaluation.models.enumerated() {
      var own = ModelFigures(model, answers: answers[m], labels: complete(m, 0))
      own.meanAUC.interval = meanInterval(own.labels.map(\.auc.value)) {
        samples[place(m, 0, $0)].auc
      }
      own.meanAveragePrecision.interval = meanInterval(
        own.labels.map(\.averagePrecision.value)
      ) { samples[place(m, 0, $0)].averagePrecision }
      own.subgroups = groups.enumerated().map { g, group in
        var subgroup = ModelFigures.Subgroup(
          kind: group.kind, name: group.name, films: group.films.count, patients: group.patients,
          labels: complete(m, g + 1))
        let telling = subgroup.labels.map { subgroup.isTelling($0) ? $0.auc.value : nil }
        subgroup.meanAUC = Estimate(
          definedMean(telling), meanInterval(telling) { samples[place(m, g + 1, $0)].auc })
        return subgroup
      }
      models.append(own)
    }

    func areas(_ m: Int) -> (values: [Double?], samples: [BootstrapSample]) {
      (
        models[m].labels.map(\.auc.value),
        (0..<columns).map { samples[place(m, 0, $0)].auc }
      )
    }
    func deLong(_ left: FilmAnswers, _ right: FilmAnswers) -> [Double?] {
      (0..<columns).map { k in Self.deLongP(left.known(label: k), right.known(label: k)) }
    }
    for m in models.indices {
      guard let b = baselines.ofModel[m] else { continue }
      let other = answers[0].replacing(scores: baselines.scores[b])
      let values = (0..<columns).map { k -> Double? in
        let known = other.known(label: k)
        return rocAUC(scores: known.scores, labels: known.truths)
      }
      let own = (0..<columns).map { samples[baselineStart + b * columns + $0].auc }
      models[m].baseline = ModelFigures.Ranking(
        auc: (0..<columns).map {
          Estimate(values[$0], values[$0] == nil ? nil : own[$0].interval())
        },
        meanAUC: Estimate(
          definedMean(values), meanInterval(values) { own[$0] }))
      models[m].overBaseline = ModelDifference(
        models[m].name, "thumbnail regression", labels: labels, areas: areas(m),
        others: (values, own), deLong: deLong(answers[m], other))
    }
    for a in models.indices {
      for b in models.indices.dropFirst(a + 1) {
        differences.append(
          ModelDifference(
            models[a].name, models[b].name, labels: labels, areas: areas(a), others: areas(b),
            deLong: deLong(answers[a], answers[b])))
      }
    }
    self.models = models
    shifts = evaluation.models.indices.map { m in
      Self.shifts(answers[m], fit: evaluation.models[m].fit)
    }
  }

  /// Films by view, sex and age; those of which it is not known are in no group.
  private static func groups(
    _ evaluation: Evaluation
  ) -> [(kind: String, name: String, films: [Int], patients: Int)] {
    let records = evaluation.rows.map { evaluation.collection.file.records[$0] }
    func parts(
      _ kind: String, _ value: (FilmRecord) -> String?
    ) -> [(kind: String, name: String, films: [Int], patients: Int)] {
      var films: [String: [Int]] = [:]
      for (n, record) in records.enumerated() {
        if let value = value(record), !value.isEmpty { films[value, default: []].append(n) }
      }
      // More groups than a table holds are no groups.
      guard films.count <= 8 else { return [] }
      return films.sorted { $0.key < $1.key }.map { name, films in
        (kind, name, films, Set(films.map { records[$0].patient }).count)
      }
    }
    let byAge = parts("age") { $0.age.flatMap(Demographics.band) }
    return parts("view", \.view) + parts("sex", \.sex)
      + Demographics.ageBands.compactMap { band in byAge.first { $0.name == band.name } }
  }

  /// The yardsticks' scores, each once, and which is whose.
  private static func baselines(_ evaluation: Evaluation) -> (scores: [[Double]], ofModel: [Int?]) {
    var scores: [[Double]] = []
    let places = evaluation.models.map { model -> Int? in
      guard let own = model.baselineScores else { return nil }
      if let place = scores.firstIndex(of: own) { return place }
      scores.append(own)
      return scores.count - 1
    }
    return (scores, places)
  }

  /// That two scores rank the same films equally well, by DeLong's covariance with patients as clusters.
  private static func deLongP(_ left: FilmAnswers.Known, _ right: FilmAnswers.Known) -> Double? {
    guard let a = DeLong(scores: left.scores, labels: left.truths),
      let b = DeLong(scores: right.scores, labels: right.truths),
      let ofA = a.variance(patients: left.patients), let ofB = b.variance(patients: left.patients),
      let ofBoth = a.covariance(with: b, patients: left.patients)
    else { return nil }
    let variance = ofA + ofB - 2 * ofBoth
    return variance > 0
      ? NormalDistribution.twoSidedP((a.auc - b.auc) / variance.squareRoot()) : nil
  }

  private static func shifts(_ answers: FilmAnswers, fit: ValidationFit?) -> [PrevalenceShift] {
    guard let fit else { return [] }
    let shares = answers.labels.indices.map { k in
      let known = answers.known(label: k)
      return PatientProportion(known.truths, patients: known.patients)
    }
    let pValues = zip(shares, fit.labels).map { share, label in
      PatientProportion.pValue(
        share,
        PatientProportion(
          hits: label.positives, films: label.films, effectiveFilms: label.effectiveFilms))
    }
    return zip(zip(shares, fit.labels), holmCorrected(pValues)).compactMap { pair, corrected in
      guard let corrected, corrected < 0.05, let here = pair.0.value, pair.1.films > 0 else {
        return nil
      }
      return PrevalenceShift(
        label: pair.1.label, validation: Double(pair.1.positives) / Double(pair.1.films),
        here: here, corrected: corrected)
    }
  }
}
