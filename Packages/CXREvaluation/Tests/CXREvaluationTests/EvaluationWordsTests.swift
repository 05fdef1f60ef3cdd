import CXRMetrics
import CXRReport
import CXRTestSupport
import Foundation
import Testing

@testable import CXREvaluation

/// What pages say in words follows from the figures, by hand.
@Suite struct EvaluationWordsTests {
  /// Ten films of ten patients: called by scores above 0.5.
  static func label(
    _ name: String, with positives: Int, found: Int, alarms: Int, chosen: Double? = nil
  ) -> LabelFigures {
    let truths = (0..<10).map { $0 < positives }
    let scores = (0..<10).map { i -> Double in
      (i < positives ? i < found : i - positives < alarms) ? 0.8 : 0.2
    }
    return LabelFigures(
      FilmAnswers.Known(
        films: Array(0..<10), scores: scores, probabilities: scores, kind: .probability,
        truths: truths, patients: PatientIndex(0..<10)),
      name: name,
      fit: chosen.map {
        ValidationFit.Label(
          label: name, films: 20, positives: 7, effectiveFilms: 20, threshold: $0)
      }, weightRatio: nil, isOfAll: true)
  }

  /// A model with these figures, and with thresholds where a rule is named.
  static func model(
    _ name: String, _ labels: [LabelFigures], rule: String? = nil,
    yardstick: YardstickFigures? = nil, changing change: (inout ScoredModel) -> Void = { _ in }
  ) -> ModelFigures {
    var model = ScoredModel(name, scores: [], note: "")
    model.patientsSeenInTraining = 0
    if let rule {
      let films = JudgedFilms(labels: ["A"], truths: [true, false], patients: ["1", "2"])
      var fit = ValidationFit(
        rule: .youden, answers: FilmAnswers(films: films, scores: [0.8, 0.2]))
      fit.operatingPoint = rule
      model.fit = fit
    }
    change(&model)
    return ModelFigures(
      model: model, labels: labels, ranking: MeanRanking(labels, draws: []),
      pooled: PooledPoints(labels, fit: model.fit),
      report: ClassificationReport(names: ["A"], predictions: [false], labels: [false]),
      subgroups: [], groupDifferences: [],
      yardstick: yardstick, shifts: [])
  }

  /// Finds 3 of 4 and 1 of 2, with 4 false alarms of 6 and 4 of 8.
  static let alarms = [
    label("A", with: 4, found: 3, alarms: 4), label("B", with: 2, found: 1, alarms: 4),
  ]
  static let alarming = model("alarming", alarms)
  /// Calls nothing.
  static let silent = model(
    "silent",
    [label("A", with: 4, found: 0, alarms: 0), label("B", with: 2, found: 0, alarms: 0)])

  func report(
    _ models: [ModelFigures], _ differences: [ModelDifference] = [],
    prevalences: [String: Double] = [:]
  ) -> EvaluationReport {
    var options = EvaluationFigures.Options()
    (options.replicates, options.prevalences) = (100, prevalences)
    let films = JudgedFilms(
      labels: ["A", "B"], truths: [Bool?](repeating: false, count: 20), patients: 0..<10)
    return EvaluationReport(
      EvaluationFigures(
        films: films, models: models, differences: differences, options: options), part: "test")
  }

  /// The text of a page, whose pictures are not drawn.
  func page(of report: EvaluationReport) -> String {
    let text = report.page(FigureSet(undrawn: .gnuplotMissing(dataFolder: "plots"))).html
    // Why there are no pictures is said, with what to install.
    #expect(text.contains("<p class=\"callout\">gnuplot is not installed"))
    #expect(text.contains("install gnuplot-nox") && !text.contains("<svg"))
    #expect(text.contains("not a medical device"))
    return text
  }

  private static let silence =
    "A program that always says no is right for 70.0 % of these pairs, and finds nothing."

  @Test func missesAndAlarmsAreCounted() {
    // Right are 3 + 2 and 1 + 4 of twenty; half of those without B are cleared, and a third of those without A.
    #expect(
      report([Self.alarming]).meaning == [
        "alarming calls 50.0 % of all film-and-finding pairs right at 0.5. It misses 2 of 6 findings and raises 8 "
          + "false alarms over 10 films, 80.0 in 100. It says yes to most films without the finding for A: what it "
          + "finds there costs as many alarms.", Self.silence,
      ])
    #expect(
      report([Self.silent]).meaning == [
        "silent calls 70.0 % of all film-and-finding pairs right at 0.5. It misses 6 of 6 findings and raises 0 "
          + "false alarms over 10 films, 0.0 in 100.", Self.silence,
      ])
  }

  @Test func accuracyRewardsSilence() {
    let words =
      "By accuracy silent wins; by findings found at 0.5 alarming does, with 4 more of them seen."
    for models in [[Self.alarming, Self.silent], [Self.silent, Self.alarming]] {
      let meaning = report(models).meaning
      #expect(meaning.count == 4 && meaning.last?.hasPrefix(words) == true)
    }
    // One that finds more and is right more often wins by both.
    let better = Self.model(
      "better",
      [
        Self.label("A", with: 4, found: 4, alarms: 0),
        Self.label("B", with: 2, found: 1, alarms: 0),
      ])
    #expect(!report([Self.silent, better]).meaning.contains { $0.hasPrefix("By accuracy") })
  }

  @Test func chosenThresholdsAreSpokenOfWhereThereAreSome() {
    #expect(!report([Self.alarming]).meaning.contains { $0.contains("no meaning of its own") })
    #expect(report([Self.model("alarming", Self.alarms, rule: "f1")]).meaning.count == 2)
    // At 0.1 all ten films are called, of which four have A; B has no threshold.
    let model = Self.model(
      "alarming", [Self.label("A", with: 4, found: 3, alarms: 4, chosen: 0.1), Self.alarms[1]],
      rule: "f1")
    let meaning = report([model, Self.silent]).meaning
    #expect(
      meaning.contains(
        "At the thresholds that were chosen on validation patients (f1), alarming finds 100.0 % of the findings and "
          + "clears 0.0 % of the film-and-finding pairs without one."))
    #expect(meaning.filter { $0.hasPrefix("0.5 has no meaning of its own") }.count == 1)
    #expect(meaning.filter { $0.hasPrefix("At the thresholds") }.count == 1)
  }

  @Test func aDifferenceIsOneBeyondItsInterval() throws {
    func words(
      _ value: Double, _ interval: Interval?, corrected: [Double?] = [nil, nil]
    ) throws -> [String] {
      let difference = ModelDifference(
        name: "alarming", other: "silent",
        labels: corrected.map { Self.row(Estimate(value), corrected: $0) },
        mean: Self.row(Estimate(value, interval)), atHalf: nil, atOperatingPoint: nil)
      return report([Self.alarming, Self.silent], [difference]).meaning
        .filter { $0.hasPrefix("The mean AUC of alarming less that of silent is ") }
    }
    let up = try #require(try words(0.02, Interval(0.01, 0.03), corrected: [0.049, 0.05]).first)
    #expect(up.contains("0.020 (95 % interval 0.010 to 0.030): alarming ranks films better"))
    #expect(
      up.hasSuffix(
        "Of 2 findings that can be tested the difference is beyond chance, after Holm's correction, for 1."
      ))
    let down = try #require(try words(-0.02, Interval(-0.03, -0.01)).first)
    #expect(down.contains("-0.020 (95 % interval -0.030 to -0.010): silent ranks films better"))
    #expect(
      down.hasSuffix(
        "Of 2 findings that can be tested the difference is beyond chance, after Holm's correction, for none."
      ))
    // Where p is known of none, nothing is said of findings.
    let untested = ModelDifference(
      name: "alarming", other: "silent",
      labels: ["A", "B"].map {
        ModelDifference.Row(label: $0, auc: Estimate(0.1), pValue: nil, corrected: nil)
      }, mean: Self.row(Estimate(0.02, Interval(0.01, 0.03))), atHalf: nil, atOperatingPoint: nil)
    let whole = page(of: report([Self.alarming, Self.silent], [untested]))
    #expect(!whole.contains("looking at 0") && !whole.contains("the 0 of"))
    #expect(!whole.contains("after Holm&#39;s") && !whole.contains("after Holm's correction"))
    for interval in [Interval(-0.01, 0.03), Interval(0, 0.03), Interval(-0.03, 0)] {
      let open = try #require(try words(0.02, interval).first)
      #expect(open.contains("these films do not show which ranks better"))
      #expect(!open.contains("ranks films better"))
    }
    #expect(try words(0.02, nil).isEmpty)
  }

  private static func row(_ auc: Estimate, corrected: Double? = nil) -> ModelDifference.Row {
    ModelDifference.Row(label: "", auc: auc, pValue: 0.001, corrected: corrected)
  }

  /// A network must beat the regression on thumbnails beyond chance, or the page says that it does not.
  @Test func aNetworkIsHeldAgainstThumbnails() throws {
    func words(_ over: Estimate?) throws -> String? {
      let yardstick = over.map {
        YardstickFigures(
          auc: [Estimate(0.6), Estimate(0.6)], meanAUC: Estimate(0.6),
          difference: ModelDifference(
            name: "alarming", other: "thumbnail regression", labels: [], mean: Self.row($0),
            atHalf: nil, atOperatingPoint: nil))
      }
      let model = Self.model("alarming", Self.alarms, yardstick: yardstick)
      return page(of: report([model])).components(separatedBy: "<p class=\"callout\">")
        .first { $0.contains("A network must beat that") }
    }
    let equal = try #require(try words(Estimate(0.05, Interval(-0.01, 0.11))))
    #expect(
      equal.hasPrefix("On these films alarming cannot be told from a regression on thumbnails"))
    #expect(equal.contains("(mean AUC less that of the regression: 0.050 (-0.010 to 0.110))"))
    #expect(try words(Estimate(0.05, Interval(0, 0.1)))?.contains("cannot be told from") == true)
    #expect(try words(Estimate(-0.05, Interval(-0.1, 0)))?.contains("cannot be told from") == true)
    let worse = try #require(try words(Estimate(-0.05, Interval(-0.1, -0.01))))
    #expect(worse.hasPrefix("On these films alarming ranks worse than a regression"))
    #expect(try words(Estimate(0.05, Interval(0.01, 0.1))) == nil)
    #expect(try words(Estimate(0.05)) == nil && words(nil) == nil)
  }

  /// Figures flatter a network on patients whom it knows, and thresholds on patients on whom they were chosen.
  @Test func patientsSeenBeforeAreSpokenOf() throws {
    func words(_ training: Int?, _ validation: Int, rule: String?) throws -> [String] {
      let model = Self.model("alarming", Self.alarms, rule: rule) {
        ($0.patientsSeenInTraining, $0.patientsSeenInValidation) = (training, validation)
      }
      let parts = page(of: report([model])).components(separatedBy: "<p class=\"callout\">")
      return parts.dropFirst(2).map { $0.components(separatedBy: "</p>")[0] }
    }
    #expect(try words(0, 0, rule: "youden").isEmpty)
    #expect(
      try words(nil, 0, rule: nil) == [
        "Whether alarming was trained on some of these patients is not known; if it was, figures flatter it."
      ])
    #expect(
      try words(3, 0, rule: nil) == [
        "3 of these 10 patients' identifiers also occur in the training part of alarming; where they are the same "
          + "people, figures flatter it."
      ])
    #expect(
      try words(0, 2, rule: "youden") == [
        "The thresholds and calibrations of alarming were chosen on patients of whom 2 have the identifiers of these "
          + "10; where they are the same people, what is said of thresholds and calibrations here flatters them."
      ])
    // Where none was chosen nothing is flattered.
    #expect(try words(0, 2, rule: nil).isEmpty)
  }

  @Test func aPageOfOneModelSpeaksOfOne() throws {
    let one = page(of: report([Self.alarming]))
    #expect(one.contains("<h1>alarming on 10 films of 10 patients</h1>"))
    #expect(one.contains(">What the figures mean</h2>"))
    #expect(!one.contains("One model against another"))
    #expect(
      one.contains(
        ">10 films of 10 patients (test), 2 findings. Intervals are of 95 %, from 100 draws of patients"
      ))
    #expect(one.contains("<caption>alarming, at 0.5.</caption>"))
    #expect(!one.contains("at the threshold chosen on") && !one.contains("The same at 0.5"))
    let two = page(of: report([Self.alarming, Self.silent]))
    #expect(two.contains("<h1>alarming against silent on 10 films of 10 patients</h1>"))
    #expect(two.contains(">What the difference means</h2>"))
    let three = page(of: report([Self.alarming, Self.silent, Self.model("third", Self.alarms)]))
    #expect(three.contains("<h1>3 models on 10 films of 10 patients: alarming, silent, third</h1>"))
  }

  /// How many findings have a threshold is said where not all have one; a prevalence is a finding's own.
  @Test func thresholdsAreSaidToBeOfSomeFindings() throws {
    let chosen = Self.label("A", with: 4, found: 3, alarms: 4, chosen: 0.25)
    let model = Self.model(
      "alarming", [chosen, Self.label("B", with: 2, found: 1, alarms: 4, chosen: 0.5)],
      rule: "youden")
    let all = page(of: report([model], prevalences: ["A": 0.1]))
    #expect(all.contains("<td>chosen: youden</td>"))
    #expect(all.contains("<td>0.250 on 7</td>") && all.contains("<td>0.500 on 7</td>"))
    // Of a hundred films ten have it, of which 7.5 are called, and so are 60 of ninety others.
    let cells = all.components(separatedBy: "<tr>").filter { $0.contains(" at 10.0 %</td>") }
    #expect(cells.count == 2 && cells.allSatisfy { $0.contains("<td>0.11 ") })
    // Of B no prevalence was given.
    let others = all.components(separatedBy: "<tr>").filter {
      $0.hasPrefix("<th scope=\"row\">B</th><td>0.500</td>")
    }
    #expect(others.count == 1 && others.first?.contains("<td>n/a</td></tr>") == true)
    let one = Self.model("alarming", [chosen, Self.alarms[1]], rule: "youden")
    #expect(page(of: report([one])).contains("<td>chosen: youden (1 of 2 findings)</td>"))
  }
}
