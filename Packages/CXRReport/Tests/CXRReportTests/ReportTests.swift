import CXRTestSupport
import Foundation
import Testing

@testable import CXRReport

@Suite struct ReportTests {
  /// A page must open anywhere: nothing in it may point outside. What it is told is no markup.
  @Test func aPageIsOneFile() throws {
    let folder = try TemporaryFolder()
    let figures = try FigureSet(
      [
        .bars(
          "bars", description: "Bars", valueLabel: "films", categories: ["A <b>"],
          series: [("films", [3])]),
        .lines("lines", description: "Lines", xLabel: "x", yLabel: "y", series: []),
        .intervals(
          "intervals", description: "Intervals", valueLabel: "AUC", categories: ["A"],
          series: [("ours", [(0.7, 0.6, 0.8)]), ("theirs", [(nil, nil, nil)])], reference: 0.5),
        .panels(
          "panels", description: "Panels", xLabel: "x", yLabel: "y",
          panels: [
            Figure.Panel(title: "A"),
            Figure.Panel(
              title: "B",
              lines: [Figure.Series(title: "b", points: [(0, 0.2), (1, 0.4)], colour: 1)],
              marks: [Figure.Mark(x: 0.5, y: 0.3, interval: (0.1, 0.6), colour: 1, isHollow: true)],
              level: 0.25),
            Figure.Panel(
              title: "C", lines: [Figure.Series(title: "c", points: [(0, 1)], colour: 1)]),
          ], legend: [("ours <1>", 1)], diagonal: true),
      ], folder: folder.path)
    #expect(figures.problem == nil, "\(String(describing: figures.problem))")
    var page = ReportPage(title: "A & B", lead: "<lead>")
    for name in ["bars", "lines", "intervals", "panels", "none"] {
      figures.add(name, to: &page, caption: "of \(name)")
    }
    page.contactSheet([([0xFF, 0xD8], "film", "<1>")])
    try page.write(to: folder.path + "/report.html")
    let html = try String(contentsOfFile: folder.path + "/report.html", encoding: .utf8)
    #expect(outsideReferences(in: html).isEmpty)
    #expect(html.components(separatedBy: "<svg").count - 1 == 5)
    #expect(html.contains("ours &lt;1&gt;") && html.contains("<title>Panels: B</title>"))
    // On a page of many pictures no two parts have the same name, and each picture has one title.
    let ids = html.matches(of: /\sid=['"]([^'"]+)/).map(\.output.1)
    #expect(ids.count > 5 && Set(ids).count == ids.count)
    #expect(html.components(separatedBy: "<title>").count - 1 == 6)
    // A frame in which nothing would be drawn is left out, and said to be.
    #expect(
      html.contains("of panels Without a frame, because nothing is to be drawn: A.</figcaption>"))
    #expect(html.contains("A &amp; B") && html.contains("&lt;lead&gt;"))
    #expect(html.contains("data:image/jpeg;base64,/9g=") && html.contains("&lt;1&gt;"))
    #expect(html.contains("not a medical device"))
    for name in ["plots/panels-1", "plots/panels-2"] {
      #expect(FileManager.default.fileExists(atPath: "\(folder.path)/\(name).svg"), "\(name)")
    }
    for name in ["bars", "lines", "intervals"] {
      #expect(FileManager.default.fileExists(atPath: "\(folder.path)/\(name).svg"), "\(name)")
      #expect(FileManager.default.fileExists(atPath: "\(folder.path)/plots/\(name).gp"), "\(name)")
    }
    // Of a value without an interval both ends are its own place; what is undefined has no mark.
    let rows = try String(contentsOfFile: folder.path + "/plots/intervals-1.tsv", encoding: .utf8)
    #expect(rows.hasPrefix("0.7\t") && rows.hasSuffix("\t0.6\t0.8\n"))
    #expect(
      try String(contentsOfFile: folder.path + "/plots/intervals-2.tsv", encoding: .utf8).isEmpty)
  }

  @Test func figuresThatAreNotDrawnAreLeftOut() {
    let figures = FigureSet(undrawn: .gnuplotMissing(dataFolder: "plots"))
    var page = ReportPage(title: "t", lead: "l")
    figures.add("roc", to: &page, caption: "c")
    #expect(!page.html.contains("<figure>"))
    #expect(
      figures.problem?.description
        == "gnuplot is not installed, so there are no pictures; their data and scripts are in plots. "
        + "Run `make setup`, or install gnuplot-nox")
  }
}
