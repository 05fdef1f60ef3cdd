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

  /// A run that ended while its loss was falling says so; one that ran out of patience, or was best before, does not.
  @Test func aRunThatHasNotConvergedSaysSo() {
    func page(best: Int, stoppedEarly: Bool = false) -> String {
      var report = TrainingReport(
        name: "run", facts: [],
        curves: [.init(name: "loss", title: "loss", training: [3, 2], validation: [3, 2])],
        bestEpoch: best, summary: "")
      report.stoppedEarly = stoppedEarly
      return report.page(FigureSet(undrawn: .gnuplotMissing(dataFolder: "plots"))).html
    }
    let words =
      "<p class=\"callout\">Not converged: the lowest validation loss is that of the last epoch"
    #expect(page(best: 2).contains(words))
    #expect(!page(best: 1).contains(words) && !page(best: 2, stoppedEarly: true).contains(words))
    #expect(!page(best: 0).contains(words))
  }

  /// One grid, whose frames are files of their own; the best epoch is marked in each.
  @Test func curvesStandInOneGrid() throws {
    let report = TrainingReport(
      name: "run", facts: [],
      curves: [
        .init(name: "loss", title: "loss", training: [3, 2, 1], validation: [3, 1, 2]),
        .init(name: "rate", title: "learning rate", training: [0.1, 0.05, 0.02]),
      ], bestEpoch: 2, summary: "")
    #expect(try report.write(to: folder.path) == nil)
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)
    }
    let page = try text("report.html")
    #expect(page.components(separatedBy: "<div class=\"panels\">").count == 2)
    #expect(page.components(separatedBy: "<svg").count == 3)
    #expect(page.contains("Dashed, the epoch of best.npz."))
    for name in ["loss", "rate"] {
      #expect(try text(name + ".svg").contains("<title>By epoch: "))
      #expect(
        try text("plots/\(name).gp").contains("set arrow 1 from 2.0, graph 0 to 2.0, graph 1"))
    }
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
