import CXRMetrics
import CXRReport
import CXRTestSupport
import Foundation
import Testing

@testable import CXREvaluation

/// Pages of whole evaluations, with their pictures.
@Suite struct EvaluationPageTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Forty films of twenty patients, and two models that rank them as chance does; the first has thresholds.
  private func report(
    labels: [String], names: (String, String) = ("weighted", "plain")
  ) -> EvaluationReport {
    let columns = labels.count
    var films = JudgedFilms(
      labels: labels, truths: (0..<40 * columns).map { $0 / columns % 3 == 0 },
      patients: (0..<40).map { $0 / 2 })
    films.groups = [JudgedFilms.Group(kind: "view", name: "PA", films: Array(0..<20))]
    func scores(_ shift: Int) -> [Double] {
      (0..<40 * columns).map { Double((($0 / columns) * (7 + shift + $0 % columns)) % 11) / 11 }
    }
    var weighted = ScoredModel(names.0, scores: scores(0), note: "a <note> & more")
    weighted.patientsSeenInTraining = 0
    weighted.baselineScores = scores(3)
    var fit = ValidationFit(
      rule: .youden, answers: FilmAnswers(films: films, scores: scores(0)))
    for k in fit.labels.indices {
      (fit.labels[k].threshold, fit.labels[k].positives) = (0.3, 7)
      (fit.labels[k].films, fit.labels[k].effectiveFilms) = (700, 700)
    }
    weighted.fit = fit
    weighted.examples = [
      Example(
        label: labels[0], kind: .found, film: "1.png", score: 0.9, threshold: 0.3,
        picture: [0xFF, 0xD8, 0xFF])
    ]
    var plain = ScoredModel(names.1, scores: scores(1), note: "")
    plain.patientsSeenInTraining = 0
    for k in fit.labels.indices { fit.labels[k].threshold = k == 0 ? nil : 0.5 }
    plain.fit = fit
    var options = EvaluationFigures.Options()
    options.replicates = 100
    options.prevalences = Dictionary(uniqueKeysWithValues: labels.map { ($0, 0.02) })
    var report = EvaluationReport(
      EvaluationFigures([weighted, plain], on: films, options: options), part: "test")
    report.mapColours = [ColourStop(red: 0, green: 0, blue: 9)]
    return report
  }

  @Test func aPageHoldsEveryPicture() throws {
    let problem = try report(labels: ["Mass", "Pleural_Thickening"]).writePage(to: folder.path)
    #expect(problem == nil, "\(String(describing: problem))")
    let html = try String(contentsOfFile: folder.path + "/report.html", encoding: .utf8)
    #expect(outsideReferences(in: html).isEmpty)
    // Two curves a model, AUC and its differences, two rates; by finding two curves, decisions, and reliability and
    // scores a model.
    #expect(html.components(separatedBy: "<svg").count - 1 == 4 + 2 + 2 + 2 * 2 + 2 + 4 * 2)
    for text in [
      "cannot be told from a regression", "35.0 % instead of 1.0 %", "data:image/jpeg;base64",
      "at 2.0 %", "0.300 on 7", "<th scope=\"row\">Mass</th><td>n/a</td>",
      "<th scope=\"row\">films</th><td>20</td>",
      "weighted: no two groups of a kind share a finding with enough patients.",
      "these films do not show which ranks better",
      "plain: no threshold could be chosen, because all validation films score alike: Mass.",
    ] { #expect(html.contains(text), "\(text)") }
    #expect(html.contains("Pleural_Thickening") && html.contains("a &lt;note&gt; &amp; more"))
    for name in ["roc-weighted", "precision-recall-plain", "auc", "positives-found"] {
      #expect(FileManager.default.fileExists(atPath: "\(folder.path)/\(name).svg"), "\(name)")
      #expect(FileManager.default.fileExists(atPath: "\(folder.path)/plots/\(name).gp"), "\(name)")
    }
  }

  @Test func namesThatGnuplotCouldMistakeAreDrawn() throws {
    let trap = folder.path + "/trap"
    let report = report(
      labels: [
        "a'b\"c\\d", "x^2_{3} @y", "100 % <b>", "`touch \(trap)`", "a\nb\" `touch \(trap)`",
      ],
      names: ("bob's `touch \(trap)`", "by-finding"))
    let problem = try report.writePage(to: folder.path)
    #expect(problem == nil, "\(String(describing: problem))")
    #expect(!FileManager.default.fileExists(atPath: trap), "gnuplot ran what a name said")
  }

  /// There are eight colours; the dashes tell the ninth finding's curve from the first's.
  @Test func noTwoCurvesOfAPictureLookAlike() throws {
    _ = try report(labels: (1...14).map { "Finding \($0)" }).writePage(to: folder.path)
    for name in ["roc-weighted", "precision-recall-plain"] {
      let script = try String(contentsOfFile: "\(folder.path)/plots/\(name).gp", encoding: .utf8)
      let looks = script.matches(of: /dt (\d+) lc rgb '(#[0-9A-F]+)' title 'Finding/)
        .map { "\($0.output.1) \($0.output.2)" }
      #expect(looks.count == 14 && Set(looks).count == 14, "\(name): \(looks)")
    }
  }

  @Test func undefinedNumbersAreSaid() throws {
    let films = JudgedFilms(
      labels: ["Hernia"], truths: [Bool?](repeating: false, count: 4), patients: 0..<4)
    var model = ScoredModel("m", scores: [0.1, 0.2, 0.3, 0.4])
    model.patientsSeenInTraining = 2
    var options = EvaluationFigures.Options()
    options.replicates = 10
    let report = EvaluationReport(
      EvaluationFigures([model], on: films, options: options), part: "test")
    let problem = try report.writePage(to: folder.path)
    #expect(problem == nil, "\(String(describing: problem))")
    let html = try String(contentsOfFile: folder.path + "/report.html", encoding: .utf8)
    #expect(html.contains("n/a") && html.contains("1 of them n/a here"))
    #expect(html.contains("2 of these 4 patients' identifiers"))
  }
}
