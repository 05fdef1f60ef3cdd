import CXRMetrics
import Foundation
import Testing

@testable import CXRReport

@Suite struct ReportTests {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func evaluation(labels: [String]) -> EvaluationReport {
    let truths = (0..<40).map { $0 % 3 == 0 }
    let models = ["weighted", "plain"].enumerated().map { m, name in
      EvaluationReport.Model(
        name: name, patientsSeenInTraining: 0, note: "a <note> & more",
        labels: labels.enumerated().map { k, label in
          let scores = (0..<40).map { Float(($0 * (7 + m + k)) % 11) / 11 }
          return EvaluationReport.Label(
            name: label, scores: scores, truths: truths,
            auc: rocAUC(scores: scores, labels: truths),
            averagePrecision: averagePrecision(scores: scores, labels: truths),
            counts: ConfusionCounts(scores: scores, labels: truths),
            detection: DetectionRates(scores: scores, labels: truths))
        }, meanAUC: 0.5 + Double(m) / 10, reportText: "report")
    }
    return EvaluationReport(
      subset: "test", images: 40, patients: 20, models: models)
  }

  /// A page must open anywhere: nothing in it may point outside.
  private func expectSelfContained(_ html: String) {
    for outside in ["http://", "https://", "src=\"/", "<script", "<link", "@import"] {
      let text = html.replacingOccurrences(of: "http://www.w3.org/", with: "")
      #expect(!text.contains(outside), "\(outside)")
    }
  }

  @Test func evaluationPageHoldsEveryPicture() throws {
    let report = evaluation(labels: ["Mass", "Pleural_Thickening"])
    let problem = try report.write(to: folder)
    #expect(problem == nil, "\(String(describing: problem))")
    let html = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
    expectSelfContained(html)
    #expect(html.components(separatedBy: "<svg").count - 1 == 7)
    #expect(html.contains("Pleural_Thickening") && html.contains("a &lt;note&gt; &amp; more"))
    for name in ["roc-weighted", "precision-recall-plain", "auc", "positives-found"] {
      #expect(FileManager.default.fileExists(atPath: "\(folder)/\(name).svg"), "\(name)")
      #expect(FileManager.default.fileExists(atPath: "\(folder)/plots/\(name).gp"), "\(name)")
    }
  }

  @Test func namesThatGnuplotCouldMistakeAreDrawn() throws {
    let trap = folder + "/trap"
    var report = evaluation(
      labels: ["a'b\"c\\d", "x^2_{3} @y", "100 % <b>", "`touch \(trap)`", "a\nb\" `touch \(trap)`"])
    report.models[0].name = "bob's `touch \(trap)`"
    report.models[1].name = "bob-s--touch"
    let problem = try report.write(to: folder)
    #expect(problem == nil, "\(String(describing: problem))")
    #expect(!FileManager.default.fileExists(atPath: trap), "gnuplot ran what a name said")
  }

  @Test func undefinedNumbersAreSaid() throws {
    let truths = [Bool](repeating: false, count: 4)
    let scores: [Float] = [0.1, 0.2, 0.3, 0.4]
    let label = EvaluationReport.Label(
      name: "Hernia", scores: scores, truths: truths, auc: nil, averagePrecision: nil,
      counts: ConfusionCounts(scores: scores, labels: truths),
      detection: DetectionRates(scores: scores, labels: truths))
    let report = EvaluationReport(
      subset: "test", images: 4, patients: 4,
      models: [
        EvaluationReport.Model(
          name: "m", patientsSeenInTraining: 2, note: "", labels: [label], meanAUC: nil,
          reportText: "")
      ])
    let problem = try report.write(to: folder)
    #expect(problem == nil, "\(String(describing: problem))")
    let html = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
    #expect(html.contains("n/a") && html.contains("1 of them undefined"))
    #expect(html.contains("2 of these 4 patients' identifiers"))
  }

  @Test func trainingPageDrawsOneEpochToo() throws {
    let report = TrainingReport(
      name: "run", facts: [("loss", "bce")],
      curves: [
        TrainingReport.Curve(name: "loss", title: "loss", training: [1], validation: [2]),
        TrainingReport.Curve(name: "auc", title: "AUC", training: [nil], validation: [nil]),
      ], bestEpoch: 1, summary: "layers")
    let problem = try report.write(to: folder)
    #expect(problem == nil, "\(String(describing: problem))")
    expectSelfContained(try String(contentsOfFile: folder + "/report.html", encoding: .utf8))
  }

  @Test func explorePageShowsFilmsAndCounts() throws {
    let report = ExploreReport(
      source: "labels.csv", images: 10, patients: 5, labels: ["A", "B"], positives: [3, 0],
      labelsPerFilm: [7, 3],
      parts: ["train", "validation", "test"].map {
        ExploreReport.Part(name: $0, images: 3, patients: 2, positives: [1, 0])
      }, classWeights: [(0.6, 2.5), (0.5, nil)], augmentedTrainingImages: 12,
      tables: [
        ExploreReport.Table(
          title: "Sex", header: ["films", "train"], rows: [["F<1", "3 (100.0 %)"]], caption: "c")
      ], problems: [("implausible_age", "note", 2)], flagged: [([4, 5, 6], "inverted", "2.png")],
      films: [([1, 2, 3], "A", "1.png")])
    let problem = try report.write(to: folder)
    #expect(problem == nil, "\(String(describing: problem))")
    let html = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
    expectSelfContained(html)
    #expect(html.contains("data:image/png;base64,AQID") && html.contains("implausible age"))
    #expect(html.contains("F&lt;1") && html.contains("data:image/png;base64,BAUG"))
  }
}
