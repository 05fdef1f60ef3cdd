import CXRMetrics
import CXRTestSupport
import Foundation
import Synchronization
import Testing

@testable import CXRReport

/// What pages say in words follows from the figures, by hand.
@Suite struct EvaluationWordsTests {
  /// Ten films of ten patients: called by scores above 0.5.
  private static func label(
    _ name: String, with positives: Int, found: Int, alarms: Int, chosen: Double? = nil,
    prevalence: Double? = nil
  ) -> EvaluationReport.Label {
    let truths = (0..<10).map { $0 < positives }
    let scores = (0..<10).map { i -> Double in
      (i < positives ? i < found : i - positives < alarms) ? 0.8 : 0.2
    }
    func figures(_ threshold: Double) -> OperatingFigures {
      OperatingFigures(
        scores: scores, labels: truths, patients: PatientIndex(0..<10), threshold: threshold)
    }
    return EvaluationReport.Label(
      name: name, scores: scores, truths: truths, patientsWith: positives,
      auc: Estimate(rocAUC(scores: scores, labels: truths)),
      averagePrecision: Estimate(averagePrecision(scores: scores, labels: truths)),
      half: figures(0.5), fitted: chosen.map(figures), validationPositives: chosen.map { _ in 7 },
      prevalence: prevalence, detection: DetectionRates(scores: scores, labels: truths))
  }

  /// Finds 3 of 4 and 1 of 2, with 4 false alarms of 6 and 4 of 8.
  private static let alarming = EvaluationReport.Model(
    name: "alarming", note: "", patientsSeenInTraining: 0,
    labels: [label("A", with: 4, found: 3, alarms: 4), label("B", with: 2, found: 1, alarms: 4)],
    meanAUC: Estimate(0.5), reportText: "")
  /// Calls nothing.
  private static let silent = EvaluationReport.Model(
    name: "silent", note: "", patientsSeenInTraining: 0,
    labels: [label("A", with: 4, found: 0, alarms: 0), label("B", with: 2, found: 0, alarms: 0)],
    meanAUC: Estimate(0.5), reportText: "")

  private func report(
    _ models: [EvaluationReport.Model], _ differences: [EvaluationReport.Difference] = []
  ) -> EvaluationReport {
    EvaluationReport(
      subset: "test", images: 10, patients: 10, replicates: 100, models: models,
      differences: differences)
  }

  /// The text of a page, whose pictures are not drawn.
  private func page(_ write: (FileWriter) throws -> ReportError?) throws -> String {
    let pages = Mutex<[String]>([])
    let problem = try write(
      FileWriter { bytes, path in
        guard path.hasSuffix("report.html") else {
          throw ReportError.gnuplotMissing(dataFolder: "plots")
        }
        pages.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
      })
    let text = try #require(pages.withLock { $0.first })
    // Why there are no pictures is said, with what to install.
    #expect(problem == .gnuplotMissing(dataFolder: "plots"))
    #expect(text.contains("<p class=\"callout\">gnuplot is not installed"))
    #expect(text.contains("install gnuplot-nox") && !text.contains("<svg"))
    #expect(text.contains("not a medical device"))
    return text
  }

  private func page(of report: EvaluationReport) throws -> String {
    let folder = try TemporaryFolder()
    return try page { try report.write(to: folder.path, by: $0) }
  }

  @Test func missesAndAlarmsAreCounted() {
    // Right are 3 + 2 and 1 + 4 of twenty; half of those without B are cleared, and a third of those without A.
    #expect(
      report([Self.alarming]).meaning == [
        "alarming calls 50.0 % of all film-and-finding pairs right at 0.5. It misses 2 of 6 findings and raises 8 "
          + "false alarms over 10 films, 0.8 a film. It says yes to most films without the finding for A: what it "
          + "finds there costs as many alarms."
      ])
    #expect(
      report([Self.silent]).meaning == [
        "silent calls 70.0 % of all film-and-finding pairs right at 0.5. It misses 6 of 6 findings and raises 0 "
          + "false alarms over 10 films, 0.0 a film."
      ])
  }

  @Test func accuracyRewardsSilence() {
    let words =
      "By accuracy silent wins; by findings found at 0.5 alarming does, with 4 more of them seen."
    for models in [[Self.alarming, Self.silent], [Self.silent, Self.alarming]] {
      let meaning = report(models).meaning
      #expect(meaning.count == 3 && meaning.last?.hasPrefix(words) == true)
    }
    // One that finds more and is right more often wins by both.
    var better = Self.alarming
    better.name = "better"
    better.labels = [
      Self.label("A", with: 4, found: 4, alarms: 0), Self.label("B", with: 2, found: 1, alarms: 0),
    ]
    #expect(!report([Self.silent, better]).meaning.contains { $0.hasPrefix("By accuracy") })
  }

  @Test func chosenThresholdsAreSpokenOfWhereThereAreSome() {
    #expect(!report([Self.alarming]).meaning.contains { $0.contains("no meaning of its own") })
    var model = Self.alarming
    model.operatingPoint = "f1"
    #expect(report([model]).meaning.count == 1)
    // At 0.1 all ten films are called, of which four have A; B has no threshold.
    model.labels[0] = Self.label("A", with: 4, found: 3, alarms: 4, chosen: 0.1)
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
      let difference = EvaluationReport.Difference(
        name: "alarming", other: "silent",
        labels: corrected.map { .init(auc: Estimate(value), pValue: 0.001, corrected: $0) },
        mean: .init(auc: Estimate(value, interval), pValue: 0.001, corrected: nil))
      return report([Self.alarming, Self.silent], [difference]).meaning
        .filter { $0.hasPrefix("The mean AUC of alarming less that of silent is ") }
    }
    let up = try #require(try words(0.02, Interval(0.01, 0.03), corrected: [0.049, 0.05]).first)
    #expect(up.contains("0.020 (95 % interval 0.010 to 0.030): alarming ranks films better"))
    #expect(
      up.hasSuffix("For 1 of 2 findings the difference is beyond chance after Holm's correction."))
    let down = try #require(try words(-0.02, Interval(-0.03, -0.01)).first)
    #expect(down.contains("-0.020 (95 % interval -0.030 to -0.010): silent ranks films better"))
    #expect(
      down.hasSuffix(
        "For no single finding the difference is beyond chance after Holm's correction."))
    for interval in [Interval(-0.01, 0.03), Interval(0, 0.03), Interval(-0.03, 0)] {
      let open = try #require(try words(0.02, interval).first)
      #expect(open.contains("other patients could as well have turned it around"))
      #expect(!open.contains("ranks films better"))
    }
    #expect(try words(0.02, nil).isEmpty)
  }

  /// A network must beat the regression on thumbnails beyond chance, or the page says that it does not.
  @Test func aNetworkIsHeldAgainstThumbnails() throws {
    func words(_ over: Estimate?) throws -> String? {
      var model = Self.alarming
      model.overBaseline = over
      return try page(of: report([model])).components(separatedBy: "<p class=\"callout\">")
        .first { $0.contains("16 × 16 cells") }
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
      var model = Self.alarming
      model.patientsSeenInTraining = training
      model.patientsSeenInValidation = validation
      model.operatingPoint = rule
      let parts = try page(of: report([model])).components(separatedBy: "<p class=\"callout\">")
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
    let one = try page(of: report([Self.alarming]))
    #expect(one.contains("<h1>Evaluation of one model</h1>"))
    #expect(one.contains("<h2>What the figures mean</h2>"))
    #expect(!one.contains("One model against another"))
    #expect(
      one.contains(
        ">10 films of 10 patients (test), 2 findings. Intervals are of 95 %, from 100 draws of patients"
      ))
    #expect(one.contains("threshold chosen on validation patients; none was chosen.</caption>"))
    let two = try page(of: report([Self.alarming, Self.silent]))
    #expect(two.contains("<h1>2 models compared</h1>"))
    #expect(two.contains("<h2>What the difference means</h2>"))
  }

  /// How many findings have a threshold is said where not all have one; a prevalence is a finding's own.
  @Test func thresholdsAreSaidToBeOfSomeFindings() throws {
    var model = Self.alarming
    model.operatingPoint = "youden"
    model.labels = [
      Self.label("A", with: 4, found: 3, alarms: 4, chosen: 0.25, prevalence: 0.1),
      Self.label("B", with: 2, found: 1, alarms: 4, chosen: 0.5),
    ]
    let all = try page(of: report([model]))
    #expect(all.contains("<td>chosen: youden</td>"))
    #expect(all.contains("<td>0.250 on 7</td>") && all.contains("<td>0.500 on 7</td>"))
    // Of a hundred films ten have it, of which 7.5 are called, and so are 60 of ninety others.
    let cells = all.components(separatedBy: "<tr>").filter { $0.contains(" at 10.0 %</td>") }
    #expect(cells.count == 2 && cells.allSatisfy { $0.contains("<td>0.11 (") })
    // Of B no prevalence was given.
    let others = all.components(separatedBy: "<tr>").filter {
      $0.hasPrefix("<td>B</td><td>0.500</td>")
    }
    #expect(others.count == 1 && others.first?.contains("<td>n/a</td></tr>") == true)
    model.labels[1] = Self.label("B", with: 2, found: 1, alarms: 4)
    #expect(
      try page(of: report([model])).contains("<td>chosen: youden (1 of 2 findings)</td>"))
  }

  /// What a reader must know of the films stands on every page before any figure.
  @Test func warningsAndNotesStandOnEveryPage() throws {
    let folder = try TemporaryFolder()
    var evaluation = report([Self.alarming])
    (evaluation.warnings, evaluation.notes) = (
      ["One <warning>.", "Two."], ["A note.", "Another."]
    )
    var training = TrainingReport(
      name: "run", facts: [("loss", "bce")],
      curves: [.init(name: "loss", title: "loss", training: [1], validation: [2])], bestEpoch: 1,
      summary: "")
    (training.warnings, training.notes) = (evaluation.warnings, evaluation.notes)
    var explore = ExploreReport(
      source: "labels.csv", images: 10, patients: 5, labels: ["A"], positives: [3],
      labelsPerFilm: [7, 3], parts: [], classWeights: [(0.6, 2.5)], augmentedTrainingImages: 12,
      tables: [], problems: [], flagged: [], films: [])
    (explore.warnings, explore.notes) = (evaluation.warnings, evaluation.notes)
    for text in [
      try page { try evaluation.write(to: folder.path, by: $0) },
      try page { try training.write(to: folder.path, by: $0) },
      try page { try explore.write(to: folder.path, by: $0) },
    ] {
      let before = text.components(separatedBy: "<table>").first ?? ""
      #expect(before.contains("<p class=\"callout\">One &lt;warning&gt;.</p>"))
      #expect(before.contains("<p class=\"callout\">Two.</p>"))
      #expect(before.contains("<p>A note. Another.</p>"))
    }
    #expect(
      try page { try explore.write(to: folder.path, by: $0) }.contains("No patient is in two parts")
    )
    explore.areFilmsPatients = true
    let each = try page { try explore.write(to: folder.path, by: $0) }
    #expect(each.contains("Each film counts as a patient.") && !each.contains("No patient is in"))
  }
}
