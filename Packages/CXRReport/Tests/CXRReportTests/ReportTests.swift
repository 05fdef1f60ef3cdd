import CXRMetrics
import CXRTestSupport
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@testable import CXRReport

@Suite struct ReportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func evaluation(labels: [String]) -> EvaluationReport {
    let truths = (0..<40).map { $0 % 3 == 0 }
    let patients = PatientIndex((0..<40).map { $0 / 2 })
    let models = ["weighted", "plain"].enumerated().map { m, name in
      EvaluationReport.Model(
        name: name, note: "a <note> & more", patientsSeenInTraining: 0,
        operatingPoint: m == 0 ? "youden" : nil, labelsOfEqualScores: m == 1 ? [labels[0]] : [],
        labels: labels.enumerated().map { k, label in
          let scores = (0..<40).map { Double(($0 * (7 + m + k)) % 11) / 11 }
          return EvaluationReport.Label(
            name: label, scores: scores, truths: truths, patientsWith: 13,
            auc: Estimate(rocAUC(scores: scores, labels: truths), Interval(0.4, 0.9)),
            averagePrecision: Estimate(averagePrecision(scores: scores, labels: truths)),
            half: OperatingFigures(
              scores: scores, labels: truths, patients: patients, threshold: 0.5),
            fitted: m == 0
              ? OperatingFigures(
                scores: scores, labels: truths, patients: patients, threshold: 0.3) : nil,
            validationPositives: 7, prevalence: 0.02,
            detection: DetectionRates(scores: scores, labels: truths),
            calibrations: [
              EvaluationReport.Calibration(
                name: "as it is", brier: 0.2, expectedError: nil,
                curve: ReliabilityCurve(probabilities: scores, labels: truths))
            ], rocBand: [BandPoint(x: 0, interval: Interval(0, 0.3))])
        }, meanAUC: Estimate(0.5 + Double(m) / 10, Interval(0.4, 0.7)),
        overBaseline: m == 0 ? Estimate(0.01, Interval(-0.1, 0.1)) : nil,
        shifts: [(labels[0], 0.01, 0.2)],
        subgroups: [
          EvaluationReport.Subgroup(
            name: "view PA", images: 20, patients: 9, meanAUC: Estimate(nil),
            labels: labels.map { _ in nil })
        ],
        examples: [
          EvaluationReport.Example(
            label: labels[0], kind: "found", detail: "1.png", picture: [0xFF, 0xD8, 0xFF])
        ], reportText: "report")
    }
    let row = EvaluationReport.Difference.Row(
      auc: Estimate(0.1, Interval(-0.1, 0.3)), pValue: 0.0001, corrected: 0.3)
    return EvaluationReport(
      subset: "test", images: 40, patients: 20, replicates: 100, models: models,
      differences: [
        EvaluationReport.Difference(
          name: "weighted", other: "plain", labels: labels.map { _ in row }, mean: row)
      ], mapColours: [ColourStop(red: 0, green: 0, blue: 9)], tables: ["labels.csv"])
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
    let problem = try report.write(to: folder.path)
    #expect(problem == nil, "\(String(describing: problem))")
    let html = try String(contentsOfFile: folder.path + "/report.html", encoding: .utf8)
    expectSelfContained(html)
    // Two curves and a reliability diagram a model, AUC, two rates, and the curves by finding.
    #expect(html.components(separatedBy: "<svg").count - 1 == 11)
    for text in [
      "cannot be told from a regression", "20.0 % instead of 1.0 %", "&lt;0.001",
      "data:image/jpeg;base64", "at 2.0 %", "0.300 on 7", "<td></td><td>n/a</td>", "0 of 2",
      "could as well have turned it around",
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
    var report = evaluation(
      labels: ["a'b\"c\\d", "x^2_{3} @y", "100 % <b>", "`touch \(trap)`", "a\nb\" `touch \(trap)`"])
    report.models[0].name = "bob's `touch \(trap)`"
    report.models[1].name = "by-finding"
    let problem = try report.write(to: folder.path)
    #expect(problem == nil, "\(String(describing: problem))")
    #expect(!FileManager.default.fileExists(atPath: trap), "gnuplot ran what a name said")
  }

  /// There are eight colours; the dashes tell the ninth finding's curve from the first's.
  @Test func noTwoCurvesOfAPictureLookAlike() throws {
    _ = try evaluation(labels: (1...14).map { "Finding \($0)" }).write(to: folder.path)
    for name in ["roc-weighted", "precision-recall-plain"] {
      let script = try String(contentsOfFile: "\(folder.path)/plots/\(name).gp", encoding: .utf8)
      let looks = script.matches(of: /dt (\d+) lc rgb '(#[0-9A-F]+)' title 'Finding/)
        .map { "\($0.output.1) \($0.output.2)" }
      #expect(looks.count == 14 && Set(looks).count == 14, "\(name): \(looks)")
    }
  }

  @Test func undefinedNumbersAreSaid() throws {
    let truths = [Bool](repeating: false, count: 4)
    let scores = [0.1, 0.2, 0.3, 0.4]
    let label = EvaluationReport.Label(
      name: "Hernia", scores: scores, truths: truths, patientsWith: 0, auc: Estimate(nil),
      averagePrecision: Estimate(nil),
      half: OperatingFigures(
        scores: scores, labels: truths, patients: PatientIndex(0..<4), threshold: 0.5),
      detection: DetectionRates(scores: scores, labels: truths))
    let report = EvaluationReport(
      subset: "test", images: 4, patients: 4, replicates: 10,
      models: [
        EvaluationReport.Model(
          name: "m", note: "", patientsSeenInTraining: 2, labels: [label], meanAUC: Estimate(nil),
          reportText: "")
      ])
    let problem = try report.write(to: folder.path)
    #expect(problem == nil, "\(String(describing: problem))")
    let html = try String(contentsOfFile: folder.path + "/report.html", encoding: .utf8)
    #expect(html.contains("n/a") && html.contains("1 of them n/a here"))
    #expect(html.contains("2 of these 4 patients' identifiers"))
  }

  @Test func mapPictureIsOneFile() throws {
    let picture = MapPicture(
      title: "<Mass>", verdict: "yes & no", film: [0x89, 1], overlay: [0xFF, 2], size: (200, 100),
      stops: [ColourStop(red: 1, green: 2, blue: 3), ColourStop(red: 4, green: 5, blue: 6)],
      range: (-1.25, 2), notes: ["note"])
    try picture.write(to: folder.path + "/map.svg")
    let svg = try String(contentsOfFile: folder.path + "/map.svg", encoding: .utf8)
    expectSelfContained(svg)
    #expect(svg.contains("&lt;Mass&gt;") && svg.contains("-1.25") && svg.contains("rgb(4,5,6)"))
    // The scale begins beside the film and is as wide as it; nought lies 1.25 of 3.25 along it.
    #expect(svg.contains("<path d=\"M286.92 ") && svg.contains("<text x=\"286.92\" "))
    #expect(svg.contains("<text x=\"210.00\" ") && svg.contains("<text x=\"410.00\" "))
    var positive = picture
    positive.range = (0.5, 2)
    #expect(!positive.svg.contains(">0</text>"))
    #expect(svg.contains("image/png;base64,iQE=") && svg.contains("image/jpeg;base64,/wI="))
    #expect(try XMLDocument(xmlString: svg).rootElement()?.name == "svg")
  }

  @Test func trainingPageDrawsOneEpochToo() throws {
    let report = TrainingReport(
      name: "run", facts: [("loss", "bce")],
      curves: [
        TrainingReport.Curve(name: "loss", title: "loss", training: [1], validation: [2]),
        TrainingReport.Curve(name: "auc", title: "AUC", training: [nil], validation: [nil]),
      ], bestEpoch: 1, summary: "layers")
    let problem = try report.write(to: folder.path)
    #expect(problem == nil, "\(String(describing: problem))")
    expectSelfContained(try String(contentsOfFile: folder.path + "/report.html", encoding: .utf8))
  }

  @Test func trainingPageNamesTheBestEpoch() throws {
    let report = TrainingReport(
      name: "run", facts: [],
      curves: [
        TrainingReport.Curve(
          name: "loss", title: "loss", training: [3, 2, 1], validation: [3, 1, 2])
      ], bestEpoch: 2, summary: "layers")
    #expect(try report.write(to: folder.path) == nil)
    let page = try String(contentsOfFile: folder.path + "/report.html", encoding: .utf8)
    #expect(
      page.contains("3 epochs; best.npz holds the weights of epoch 2, the lowest validation loss."))
  }

  /// Of ten films three have A and two may; nobody has B, and of five it is not known.
  @Test func whatIsNotKnownIsNotWithout() throws {
    var report = ExploreReport(
      source: "labels.csv", images: 10, patients: 5, labels: ["A", "B"], positives: [3, 0],
      labelsPerFilm: [7, 3], parts: [], classWeights: [(0.6, 2.5), (0.5, nil)],
      augmentedTrainingImages: 12, tables: [], problems: [], flagged: [], films: [])
    report.unknowns = [2, 5]
    #expect(try report.write(to: folder.path) == nil)
    func heights(_ series: Int) throws -> [Double?] {
      try String(
        contentsOfFile: "\(folder.path)/plots/positives-negatives-\(series).tsv", encoding: .utf8
      ).split(separator: "\n").map { $0.split(separator: "\t").first.flatMap { Double($0) } }
    }
    #expect(try heights(1) == [30, 0] && heights(2) == [50, 50] && heights(3) == [20, 50])
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
    let problem = try report.write(to: folder.path)
    #expect(problem == nil, "\(String(describing: problem))")
    let html = try String(contentsOfFile: folder.path + "/report.html", encoding: .utf8)
    expectSelfContained(html)
    #expect(html.contains("data:image/png;base64,AQID") && html.contains("implausible age"))
    #expect(html.contains("F&lt;1") && html.contains("data:image/png;base64,BAUG"))
  }
}
