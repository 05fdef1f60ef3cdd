import CXRReport
import CXRTestSupport
import Foundation
import Testing

@testable import CXRFilms

@Suite struct ExplorePageTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

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
    #expect(outsideReferences(in: html).isEmpty)
    #expect(html.contains("data:image/png;base64,AQID") && html.contains("implausible age"))
    #expect(html.contains("F&lt;1") && html.contains("data:image/png;base64,BAUG"))
  }

  @Test func whoseFilmsTheseAreIsSaid() {
    var report = ExploreReport(
      source: "labels.csv", images: 10, patients: 5, labels: ["A"], positives: [3],
      labelsPerFilm: [7, 3], parts: [], classWeights: [(0.6, 2.5)], augmentedTrainingImages: 12,
      tables: [], problems: [], flagged: [], films: [])
    func page() -> String {
      report.page(FigureSet(undrawn: .gnuplotMissing(dataFolder: "plots"))).html
    }
    (report.warnings, report.notes) = (["One <warning>.", "Two."], ["A note.", "Another."])
    let before = page().components(separatedBy: "<table>").first ?? ""
    #expect(before.contains("<p class=\"callout\">One &lt;warning&gt;.</p>"))
    #expect(before.contains("<p class=\"callout\">Two.</p>"))
    #expect(before.contains("<p>A note. Another.</p>"))
    #expect(page().contains("No patient is in two parts"))
    report.areFilmsPatients = true
    #expect(
      page().contains("Each film counts as a patient.") && !page().contains("No patient is in"))
  }
}
