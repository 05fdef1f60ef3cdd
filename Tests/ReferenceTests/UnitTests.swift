import CXRData
import CXREvaluation
import CXRMetrics
import Testing

/// Studies and patients as units, and log-odds as scores, against scikit-learn and NumPy.
@Suite struct UnitTests {
  private struct Answers: Decodable {
    struct Label: Decodable {
      let films: Int
      let positives: Int
      let auc: Double?
      let average_precision: Double?
      let at_half: [Int]
      let youden: [Double]?
    }
    struct Case: Decodable {
      let unit: String
      let count: Int
      let labels: [Label]
    }
    let labels: [String]
    let patients: [Int]
    let studies: [Int]
    let truths: [Int]
    let logits: [Double]
    let probabilities: [Double]
    let auc_of_probabilities: Double
    let cases: [Case]
  }

  private let answers: Answers
  private let films: JudgedFilms
  private let model: ScoredModel

  init() throws {
    answers = try Fixture.json("units", as: Answers.self)
    films = JudgedFilms(
      labels: answers.labels, truths: answers.truths.map { $0 < 0 ? nil : $0 == 1 },
      patients: answers.patients)
    model = ScoredModel(
      "network", logits: answers.logits, probabilities: answers.probabilities)
  }

  /// The films and the model of a unit.
  private func joined(_ name: String) throws -> (JudgedFilms, ScoredModel) {
    let unit = try #require(JudgementUnit(name))
    let units =
      switch unit.kind {
      case .film: nil as PatientIndex?
      case .study: PatientIndex(answers.studies)
      case .patient: PatientIndex(answers.patients)
      }
    guard let units else { return (films, model) }
    return (
      films.joined(by: units), model.joined(by: units, unit.score, labels: answers.labels.count)
    )
  }

  private func figures(_ films: JudgedFilms, _ model: ScoredModel) -> ModelFigures {
    var options = EvaluationFigures.Options()
    options.replicates = 2
    return EvaluationFigures([model], on: films, options: options).models[0]
  }

  private func isClose(_ found: Double?, _ expected: Double?) -> Bool {
    guard let found, let expected else { return found == nil && expected == nil }
    return abs(found - expected) < 1e-12
  }

  @Test func unitsAreJudgedAsByScikitLearn() throws {
    #expect(
      answers.cases.map(\.unit) == ["film", "study", "study=mean", "patient", "patient=mean"])
    for item in answers.cases {
      let (films, model) = try joined(item.unit)
      #expect(films.count == item.count, "\(item.unit)")
      let figures = figures(films, model)
      for (label, expected) in zip(figures.labels, item.labels) {
        let what = Comment(rawValue: "\(item.unit) \(label.name)")
        #expect(label.films == expected.films && label.positives == expected.positives, what)
        #expect(isClose(label.ranking.auc.value, expected.auc), what)
        #expect(isClose(label.ranking.averagePrecision.value, expected.average_precision), what)
        let counts = label.points.half.counts
        #expect(
          [
            counts.truePositives, counts.falsePositives, counts.trueNegatives,
            counts.falseNegatives,
          ] == expected.at_half, what)
      }
    }
  }

  /// Thresholds lie between the two scores between which scikit-learn's largest sensitivity + specificity lies, and the
  /// probability is their logistic function.
  @Test func thresholdsAreChosenOnLogOdds() throws {
    for item in answers.cases {
      let (films, model) = try joined(item.unit)
      let fit = ValidationFit(rule: .youden, answers: model.answers(films))
      for (label, expected) in zip(fit.labels, item.labels) {
        guard let ends = expected.youden else {
          #expect(label.logitThreshold == nil && label.threshold == nil)
          continue
        }
        let threshold = try #require(label.logitThreshold)
        #expect(ends[1] <= threshold && threshold < ends[0], "\(item.unit) \(label.label)")
        let probability = ScoredModel("", logits: [threshold]).probabilities[0]
        #expect(label.threshold == probability)
      }
      var chosen = model
      chosen.fit = fit
      // A film is called on the scale on which its threshold was chosen.
      let label = figures(films, chosen).labels[0]
      let fitted = try #require(label.points.fitted)
      #expect(fitted.logitThreshold == fit.labels[0].logitThreshold)
      #expect(fitted.counts.trueNegatives > 0 && fitted.counts.truePositives > 0)
    }
  }

  /// Where most probabilities are 1.0, they rank films at chance, and log-odds do not.
  @Test func probabilitiesOfOneStillRank() throws {
    #expect(answers.probabilities.count { $0 == 1 } > answers.probabilities.count / 3)
    let flat = figures(films, ScoredModel("flat", scores: answers.probabilities)).labels[0]
    #expect(isClose(flat.ranking.auc.value, answers.auc_of_probabilities))
    let own = figures(films, model).labels[0]
    #expect(isClose(own.ranking.auc.value, answers.cases[0].labels[0].auc))
    #expect(try #require(own.ranking.auc.value) > 0.6 && answers.auc_of_probabilities < 0.55)
    // What is calibrated are the probabilities of both.
    #expect(own.calibration(.none)?.brier == flat.calibration(.none)?.brier)
  }

  /// Thresholds of files that know no log-odds call films on probabilities, as they always did.
  @Test func thresholdsOfOlderFilesAreProbabilities() throws {
    var fit = ValidationFit(rule: .youden, answers: model.answers(films))
    for k in fit.labels.indices {
      (fit.labels[k].threshold, fit.labels[k].logitThreshold) = (0.4, nil)
    }
    var older = model
    older.fit = fit
    let edema = figures(films, older).labels[1]
    let fitted = try #require(edema.points.fitted)
    #expect(fitted.threshold == 0.4 && fitted.logitThreshold == nil)
    let called = (0..<films.count).count {
      answers.probabilities[$0 * 3 + 1] > 0.4 && films.isKnown[$0 * 3 + 1]
    }
    #expect(fitted.counts.truePositives + fitted.counts.falsePositives == called && called > 0)
  }
}
