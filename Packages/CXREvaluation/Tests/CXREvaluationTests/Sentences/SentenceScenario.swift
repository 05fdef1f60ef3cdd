import CXRData
import CXRMetrics
import Testing

@testable import CXREvaluation

/// A report whose page says some sentences and not others.
struct SentenceScenario {
  let name: String
  let report: EvaluationReport
  var isDrawn = false

  /// Together they bring every sentence once, and leave it out once.
  static func all() throws -> [SentenceScenario] {
    handMade + [
      try oneModel(), try twoModels(), try ofNoUse(), exchanged(), equals(), try fewOfOneKind(),
    ]
  }

  private typealias Hand = EvaluationWordsTests

  /// Of figures made by hand, without pictures.
  private static var handMade: [SentenceScenario] {
    let hand = Hand()
    func scenario(
      _ name: String, _ models: [ModelFigures], _ differences: [ModelDifference] = [],
      prevalences: [String: Double] = [:]
    ) -> SentenceScenario {
      SentenceScenario(
        name: name, report: hand.report(models, differences, prevalences: prevalences))
    }
    func difference(
      _ name: String, _ other: String, _ value: Double, _ interval: Interval?,
      corrected: Double? = nil
    ) -> ModelDifference {
      func row(_ label: String, _ corrected: Double?) -> ModelDifference.Row {
        ModelDifference.Row(
          label: label, auc: Estimate(value, interval), pValue: interval == nil ? nil : 0.01,
          corrected: corrected)
      }
      return ModelDifference(
        name: name, other: other, labels: [row("A", corrected), row("B", nil)], mean: row("", nil),
        atHalf: nil, atOperatingPoint: nil)
    }
    let (right, alarming, silent) = (Hand.right, Hand.alarming, Hand.silent)
    let (up, open, down) = (Interval(0.1, 0.3), Interval(-0.1, 0.3), Interval(-0.3, -0.1))
    let wrong = Hand.model(
      "wrong",
      [
        Hand.label("A", with: 4, found: 0, alarms: 2),
        Hand.label("B", with: 2, found: 0, alarms: 1),
      ]
    ) { $0.patientsSeenInTraining = nil }
    let known = Hand.model(
      "known", [Hand.label("A", with: 4, found: 3, alarms: 4, chosen: 0.25), Hand.alarms[1]],
      rule: "f1"
    ) {
      ($0.patientsSeenInTraining, $0.patientsSeenInValidation) = (3, 2)
      // As its findings are, which know of a threshold alone.
      $0.fit?.labels[0].platt = nil
      $0.fit?.labels[0].vector = nil
    }
    return [
      scenario("no model", []),
      scenario("one, of few patients", [right]),
      scenario("one like a coin", [silent]),
      scenario("one worse than a coin", [wrong]),
      scenario(
        "no film with a finding",
        [
          Hand.model(
            "none",
            [
              Hand.label("A", with: 0, found: 0, alarms: 1),
              Hand.label("B", with: 0, found: 0, alarms: 0),
            ])
        ]),
      scenario("one that knows the patients", [known], prevalences: ["A": 0.1]),
      scenario(
        "told apart", [alarming, right],
        [difference("alarming", "right", -0.2, down, corrected: 0.01)]),
      scenario("not told apart", [right, silent], [difference("right", "silent", 0.2, open)]),
      scenario("silence", [alarming, silent], [difference("alarming", "silent", 0.2, nil)]),
      scenario(
        "three, one told", [right, alarming, silent],
        [
          difference("right", "alarming", 0.2, up), difference("right", "silent", 0.2, open),
          difference("alarming", "silent", 0, open),
        ]),
      scenario(
        "three, none told", [right, alarming, silent],
        [
          difference("right", "alarming", 0.2, open), difference("right", "silent", 0.2, open),
          difference("alarming", "silent", 0, open),
        ]),
      scenario(
        "three, all told", [right, alarming, silent],
        [
          difference("right", "alarming", 0.2, up), difference("right", "silent", 0.2, up),
          difference("alarming", "silent", 0, open),
        ]),
    ]
  }

  // MARK: Of simulated films

  private static let labels = ["Edema", "Mass", "Nodule"]

  /// Two films a patient; the first group of films has view PA, the others AP.
  private static func films(
    _ count: Int, common: Double, seed: UInt64, labels: [String] = labels
  ) -> JudgedFilms {
    var noise = Noise(seed)
    var films = JudgedFilms(
      labels: labels, truths: (0..<count * labels.count).map { _ in noise.next() < common },
      patients: (0..<count).map { $0 / 2 })
    let half = count * 3 / 5
    films.groups = [
      JudgedFilms.Group(kind: "view", name: "PA", films: Array(0..<half)),
      JudgedFilms.Group(kind: "view", name: "AP", films: Array(half..<count)),
      JudgedFilms.Group(kind: "age", name: "0-19", films: [0, 1]),
    ]
    return films
  }

  /// Log-odds that are higher by `distance` with the finding; on films from `blind` on they know nothing.
  private static func logits(
    _ films: JudgedFilms, distance: Double, seed: UInt64, blind: Int = .max
  ) -> [Double] {
    var noise = Noise(seed)
    return films.truths.indices.map { cell in
      let sees = cell / films.labels.count < blind
      return noise.normal() + (films.truths[cell] && sees ? distance : 0) - 0.5
    }
  }

  private static func fit(_ common: Double, distance: Double) -> ValidationFit {
    let others = films(300, common: common, seed: 99)
    return ValidationFit(
      rule: .youden,
      answers: FilmAnswers(
        films: others, logits: logits(others, distance: distance, seed: 98),
        probabilities: logits(others, distance: distance, seed: 98).map(ScoreKind.logit.probability)
      ))
  }

  private static func report(_ models: [ScoredModel], _ films: JudgedFilms) -> EvaluationReport {
    var options = EvaluationFigures.Options()
    options.replicates = 200
    return EvaluationReport(EvaluationFigures(models, on: films, options: options), part: "test")
  }

  private static func place(_ share: Double) throws -> Localisation.Case {
    Localisation.Case(
      label: 0, patient: try #require(PatientID("1")), isTruePositive: true,
      peak: FilmPlace(x: 0.5, y: 0.5),
      boxes: [BoxList.Box(x: 0.4, y: 0.4, width: 0.2, height: 0.2)], blindShare: share,
      coverage: Localisation.thresholds.map { _ in (0.5, 0.1) })
  }

  private static func example(boxes: Int, hasMap: Bool = true) -> Example {
    var example = Example(
      label: "Mass", kind: .found, film: "1.png", score: 0.9, threshold: 0.3,
      picture: [0xFF, 0xD8, 0xFF])
    (example.boxCount, example.hasMap) = (boxes, hasMap)
    return example
  }

  /// A good one by itself, judged by study, trained with weights, worse on AP films; with films and boxes, one out of reach.
  private static func oneModel() throws -> SentenceScenario {
    let films = films(400, common: 0.3, seed: 1)
    let logits = logits(films, distance: 2.5, seed: 2, blind: 240)
    var model = ScoredModel("ours", logits: logits, fit: fit(0.3, distance: 1.5))
    model.weightRatios = [3, 3, nil]
    model.patientsSeenInTraining = 0
    model.baselineScores = Self.logits(films, distance: 0.3, seed: 3)
    model.localisation = try Localisation([place(0), place(0.2)], labels: labels)
    model.examples = [example(boxes: 1)]
    var report = report([model], films)
    report.unit = JudgementUnit(.study)
    (report.warnings, report.notes) = (["A warning of films."], ["A note of films."])
    (report.made, report.program) = ("Made on Monday.", "a program 1.0")
    return SentenceScenario(name: "one good", report: report, isDrawn: true)
  }

  /// A good one and a poor one with thresholds, chosen where findings are far more common, one on few films.
  private static func twoModels() throws -> SentenceScenario {
    let films = films(400, common: 0.15, seed: 4)
    var chosen = fit(0.6, distance: 1.5)
    chosen.labels[0].positives = 9
    var good = ScoredModel("good", logits: logits(films, distance: 2.5, seed: 5), fit: chosen)
    good.patientsSeenInTraining = 0
    good.localisation = try Localisation([place(0.2)], labels: labels)
    good.examples = [example(boxes: 0)]
    var poor = ScoredModel(
      "poor", scores: logits(films, distance: 0.8, seed: 6).map(ScoreKind.logit.probability))
    poor.fit = chosen
    for k in labels.indices { poor.fit?.labels[k].logitThreshold = nil }
    poor.examples = [example(boxes: 0, hasMap: false)]
    poor.patientsSeenInTraining = 0
    return SentenceScenario(name: "two", report: report([good, poor], films))
  }

  /// One that knows next to nothing, and less than the regression.
  private static func ofNoUse() throws -> SentenceScenario {
    let films = films(300, common: 0.3, seed: 7)
    var model = ScoredModel("idle", logits: logits(films, distance: 0.1, seed: 8))
    model.patientsSeenInTraining = 0
    model.baselineScores = logits(films, distance: 2, seed: 9)
    return SentenceScenario(name: "of no use", report: report([model], films))
  }

  /// One that ranks films the wrong way round.
  private static func exchanged() -> SentenceScenario {
    let films = films(300, common: 0.3, seed: 15)
    var model = ScoredModel("exchanged", logits: logits(films, distance: -1.5, seed: 16))
    model.patientsSeenInTraining = 0
    model.examples = [example(boxes: 0, hasMap: false)]
    return SentenceScenario(name: "exchanged", report: report([model], films))
  }

  /// Two of the same scores, no better than the regression, judged at 0.5.
  private static func equals() -> SentenceScenario {
    let films = films(200, common: 0.3, seed: 10)
    let scores = logits(films, distance: 1.2, seed: 11)
    let models = ["one", "other"].map { name -> ScoredModel in
      var model = ScoredModel(name, logits: scores)
      model.patientsSeenInTraining = 0
      model.baselineScores = logits(films, distance: 1.2, seed: 12)
      return model
    }
    return SentenceScenario(name: "equals", report: report(models, films))
  }

  /// Two of the same scores with thresholds, as log-odds and as probabilities; of one finding all validation films score alike,
  /// another no film has, and one at most six patients have.
  private static func fewOfOneKind() throws -> SentenceScenario {
    var films = films(60, common: 0.4, seed: 13)
    let truths = films.truths.enumerated().map { cell, truth in
      truth && cell % 3 != 2 && (cell % 3 != 0 || cell < 12 * 3)
    }
    let groups = films.groups
    films = JudgedFilms(labels: labels, truths: truths, patients: (0..<60).map { $0 / 2 })
    films.groups = groups
    var chosen = fit(0.4, distance: 1.5)
    (chosen.labels[1].threshold, chosen.labels[1].logitThreshold) = (nil, nil)
    for k in labels.indices { (chosen.labels[k].platt) = k == 2 ? chosen.labels[k].platt : nil }
    let scores = logits(films, distance: 1.2, seed: 14)
    let one = ScoredModel("one", logits: scores, fit: chosen)
    var other = ScoredModel("other", scores: scores.map(ScoreKind.logit.probability))
    for k in labels.indices { chosen.labels[k].logitThreshold = nil }
    other.fit = chosen
    let models = [one, other].map { model -> ScoredModel in
      var model = model
      model.patientsSeenInTraining = 0
      return model
    }
    return SentenceScenario(
      name: "few of one kind", report: report(models, films), isDrawn: true)
  }
}

/// Numbers that are the same each time (SplitMix64).
private struct Noise {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  /// Of 0…1.
  mutating func next() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) / 9_007_199_254_740_992
  }

  /// Near enough to a standard normal one.
  mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + next() } }
}
