import CXRTestSupport
import Foundation
import Testing

@testable import CXRReport

/// What a page does not take, and how it says so.
@Suite struct RefusalTests {
  @Test func lengthsThatDifferAreNamed() {
    var page = ReportPage(title: "t", lead: "l")
    let before = page.html
    #expect(
      throws: ReportError.lengthsDiffer(
        picture: "Loss", series: "validation", values: 1, places: 3)
    ) {
      try page.plot(
        x: [1, 2, 3], series: ["training": [1, 2, 3], "validation": [1]], title: "Loss", xLabel: "x"
      )
    }
    #expect(
      throws: ReportError.lengthsDiffer(picture: "Films", series: "b", values: 2, places: 1)
    ) {
      try page.bars(
        categories: ["A"], series: [("a", [1]), ("b", [1, 2])], title: "Films", valueLabel: "x")
    }
    #expect(
      throws: ReportError.lengthsDiffer(picture: "AUC", series: "estimates", values: 0, places: 2)
    ) {
      try page.forest(categories: ["A", "B"], estimates: [], title: "AUC", valueLabel: "x")
    }
    #expect(page.html == before)
    #expect(
      ReportError.lengthsDiffer(picture: "Loss", series: "validation", values: 1, places: 3)
        .description
        == "Loss: the series validation has 1 value for 3 places. Give it one a place, nil where there is none"
    )
  }

  @Test func anIntervalThatRunsBackwardsIsRefused() {
    var page = ReportPage(title: "t", lead: "l")
    #expect(
      throws: ReportError.intervalReversed(picture: "AUC", category: "B", low: 0.9, high: 0.7)
    ) {
      try page.forest(
        categories: ["A", "B"], estimates: [(0.8, 0.8, 0.8), (0.8, 0.9, 0.7)], title: "AUC",
        valueLabel: "x")
    }
  }

  /// Where a number may stand in another's place there is no table, no page, and a word why.
  @Test(arguments: [["Mass"], ["Mass", "3", "4"], []])
  func aRaggedTableIsRefused(row: [String]) throws {
    let folder = try TemporaryFolder()
    var page = ReportPage(title: "t", lead: "l")
    #expect(page.problem == nil)
    page.table(header: ["finding", "films"], rows: [["Edema", "2"], row], caption: "Films <1>")
    let error = ReportError.raggedTable(
      caption: "Films <1>", row: 2, cells: row.count, columns: 2)
    #expect(page.problem == error)
    #expect(!page.html.contains("<table>") && !page.html.contains("Edema"))
    #expect(
      page.html.contains(
        "<p class=\"callout\">A table is left out. Row 2 of the table “Films &lt;1&gt;” has"))
    // The first is the one that is thrown.
    page.table(header: [], rows: [["a"]])
    let path = folder.path + "/page.html"
    #expect(throws: error) { try page.write(to: path) }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func messagesSayWhatToDo() {
    #expect(
      ReportError.raggedTable(caption: nil, row: 1, cells: 1, columns: 3).localizedDescription
        == "Row 1 of the table has 1 cell, the header 3. Give each row a cell a column, an empty text where there is nothing"
    )
    #expect(
      ReportError.gnuplotMissing(dataFolder: nil).localizedDescription
        == "gnuplot is not installed, so there is no picture. Install it (Debian, Ubuntu: apt-get install gnuplot-nox; "
        + "macOS: brew install gnuplot), and see that it is on the search path")
  }

  /// In a process of its own, whose search path is empty.
  @Test func withoutGnuplotThePageIsAsItWas() async {
    await #expect(processExitsWith: .success) {
      setenv("PATH", "", 1)
      var page = ReportPage(title: "t", lead: "l")
      let before = page.html
      #expect(throws: ReportError.gnuplotMissing(dataFolder: nil)) {
        try page.plot(x: [1], series: [("a", [1])], title: "t", xLabel: "x")
      }
      #expect(throws: ReportError.gnuplotMissing(dataFolder: nil)) {
        try page.bars(categories: ["a"], series: [("a", [1])], title: "t", valueLabel: "x")
      }
      // Data and script are there all the same where they were asked for.
      let folder = try TemporaryFolder()
      #expect(throws: ReportError.gnuplotMissing(dataFolder: folder.path + "/plots")) {
        try page.forest(
          categories: ["a"], estimates: [(1, 0, 2)], title: "t", valueLabel: "x",
          folder: folder.path)
      }
      #expect(FileManager.default.fileExists(atPath: folder.path + "/plots/picture-1.gp"))
      #expect(page.html == before)
    }
  }
}
