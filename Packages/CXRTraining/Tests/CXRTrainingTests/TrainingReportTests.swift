import CXRReport
import CXRTestSupport
import Foundation
import Testing

@testable import CXRTraining

@Suite struct TrainingReportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func trainingPageDrawsOneEpochToo() throws {
    let report = TrainingReport(
      name: "run", facts: [("loss", "bce")],
      curves: [
        TrainingReport.Curve(name: "loss", title: "loss", training: [1], validation: [2]),
        TrainingReport.Curve(name: "auc", title: "AUC", training: [nil], validation: [nil]),
      ], bestEpoch: 1, summary: "layers")
    let problem = try report.write(to: folder.path)
    #expect(problem == nil, "\(String(describing: problem))")
    #expect(
      outsideReferences(
        in: try String(contentsOfFile: folder.path + "/report.html", encoding: .utf8)
      ).isEmpty)
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

  @Test func warningsAndNotesStandBeforeAnyFigure() {
    var report = TrainingReport(
      name: "run", facts: [("loss", "bce")],
      curves: [.init(name: "loss", title: "loss", training: [1], validation: [2])], bestEpoch: 1,
      summary: "")
    (report.warnings, report.notes) = (["One <warning>.", "Two."], ["A note.", "Another."])
    let html = report.page(FigureSet(undrawn: .gnuplotMissing(dataFolder: "plots"))).html
    let before = html.components(separatedBy: "<table>").first ?? ""
    #expect(before.contains("<p class=\"callout\">One &lt;warning&gt;.</p>"))
    #expect(before.contains("<p class=\"callout\">Two.</p>"))
    #expect(before.contains("<p>A note. Another.</p>"))
  }
}
