import CXRTestSupport
import Foundation
import Testing

@testable import CXRReport

/// Pictures that a page draws of plain values.
@Suite struct PagePictureTests {
  private func page() -> ReportPage { ReportPage(title: "A page", lead: "Of plain values.") }

  /// The rows of a kept file.
  private func rows(_ name: String, in folder: TemporaryFolder) throws -> [String] {
    try String(contentsOfFile: "\(folder.path)/plots/\(name).tsv", encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  /// What an ordinary reader of gnuplot's SVG finds: a path a line.
  private func lines(in html: String) -> [[(x: Double, y: Double)]] {
    html.matches(of: /stroke='rgb\([^)]*\)'\s+d='([^']*)'/).flatMap { path in
      var runs: [[(x: Double, y: Double)]] = []
      for step in path.output.1.matches(of: /([ML])([\d.]+),([\d.]+)/) {
        let point = (x: Double(step.output.2) ?? .nan, y: Double(step.output.3) ?? .nan)
        if step.output.1 == "M" { runs.append([]) }
        runs[runs.count - 1].append(point)
      }
      return runs
    }
  }

  @Test func aLineHasAGapWhereAValueIsUndefined() throws {
    let folder = try TemporaryFolder()
    var page = page()
    try page.plot(
      x: [1, 2, 3, 4, 5, .nan, 7],
      series: [
        "whole": [1, 2, 3, 4, 5, 6, 7], "torn": [0.5, 0.25, nil, .nan, 0.75, 1, .infinity],
        "nothing": [nil, nil, nil, nil, nil, nil, nil],
      ], title: "Two lines", xLabel: "epoch", yLabel: "loss", caption: "Below.",
      folder: folder.path)
    #expect(
      try rows("picture-1-1-line", in: folder)
        == ["1.0\t1.0", "2.0\t2.0", "3.0\t3.0", "4.0\t4.0", "5.0\t5.0"])
    #expect(try rows("picture-1-1-points", in: folder) == ["7.0\t7.0"])
    #expect(try rows("picture-1-2-line", in: folder) == ["1.0\t0.5", "2.0\t0.25"])
    #expect(try rows("picture-1-2-points", in: folder) == ["5.0\t0.75"])
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/plots/picture-1-3-line.tsv"))
    for name in ["picture-1.svg", "plots/picture-1.gp"] {
      #expect(FileManager.default.fileExists(atPath: "\(folder.path)/\(name)"), "\(name)")
    }
    #expect(
      page.html.contains(
        "<title>Two lines. whole: from 1 to 7, lowest 1, highest 7; torn: from 0.5 to 0.75, lowest 0.25, highest 0.75; "
          + "nothing: n/a.</title>"))
    #expect(page.html.contains("<figcaption><b>Two lines</b><br>Below.</figcaption>"))
    #expect(page.html.contains("<text>epoch</text>") && page.html.contains("<text>loss</text>"))
  }

  /// Read off the picture itself: two pieces of one line, evenly spaced, and nothing between them.
  @Test func whatIsDrawnIsWhatWasGiven() throws {
    var page = page()
    try page.plot(
      x: [0, 1, 2, 3, 4, 5], series: [("a", [0, 4, 2, nil, 3, 1])], title: "t", xLabel: "x")
    let pieces = lines(in: page.html).filter { $0.count == 3 || $0.count == 2 }
    let long = try #require(pieces.first { $0.count == 3 })
    let (step, rise) = (long[1].x - long[0].x, long[0].y - long[1].y)
    #expect(step > 50 && rise > 100)
    #expect(abs(long[2].x - long[0].x - 2 * step) < 0.1)
    #expect(abs(long[0].y - long[2].y - rise / 2) < 0.1)
    // From (4, 3) to (5, 1).
    #expect(
      pieces.contains {
        $0.count == 2 && abs($0[0].x - long[0].x - 4 * step) < 0.1
          && abs(long[0].y - $0[0].y - 0.75 * rise) < 0.1
          && abs(long[0].y - $0[1].y - 0.25 * rise) < 0.1
      })
    #expect(outsideReferences(in: page.html).isEmpty)
  }

  /// Of many values a line has no points but where one stands alone.
  @Test func aValueBetweenTwoGapsIsAPoint() throws {
    let n = 200
    let values = (0..<n).map { $0 == 50 || $0 == 52 ? nil : Double?(1) }
    let figure = Figure.brokenLines(
      "f", description: "", xLabel: "", yLabel: "", x: (0..<n).map(Double.init),
      series: [("a", values)])
    try #require(figure.data.map(\.name) == ["f-1-line", "f-1-points"])
    #expect(figure.data[1].rows == [["51.0", "1.0"]])
    #expect(figure.data[0].rows.count == 50 + 1 + 147)
    #expect(figure.data[0].rows.firstIndex(of: []) == 50)
    #expect(
      figure.script.contains("using 1:2 with lines lw 2") && !figure.script.contains("linespoints"))
  }

  @Test func barsAreHeldAgainstTheirValues() throws {
    let folder = try TemporaryFolder()
    var page = page()
    try page.bars(
      categories: ["Mass", "Hernia"], series: ["training": [120, 0], "test": [-30, .nan]],
      title: "Films", valueLabel: "films", folder: folder.path)
    // Two bars share 0.8 of a category: their middles lie 0.2 above and below its own.
    let training = try rows("picture-1-1", in: folder).map { $0.split(separator: "\t").prefix(2) }
    #expect(training.map { $0.map { Double($0) ?? .nan } } == [[120, -0.2], [0, 0.8]])
    let test = try rows("picture-1-2", in: folder).map { $0.split(separator: "\t").prefix(2) }
    let bar = try #require(test.count == 1 ? test[0].compactMap { Double($0) } : nil)
    #expect(bar.first == -30 && bar.count == 2 && abs(bar[1] - 0.2) < 1e-12)
    #expect(
      page.html.contains(
        "<title>Films. training: Mass 120, Hernia 0; test: Mass -30, Hernia n/a.</title>"))
    #expect(page.html.components(separatedBy: "<text>n/a</text>").count == 2)
    // Both ends are seen, and a little more.
    let script = try String(contentsOfFile: folder.path + "/plots/picture-1.gp", encoding: .utf8)
    #expect(script.contains("set xrange [-33.0:123.0]") && script.contains("set xtics 50.0"))
  }

  @Test func aForestHasAPointWithItsIntervalARow() throws {
    let folder = try TemporaryFolder()
    var page = page()
    try page.forest(
      categories: ["Mass", "Nodule", "Hernia", "Edema"],
      estimates: [(0.75, 0.5, 0.875), (0.5, nil, 0.625), (nil, 0.1, 0.2), (.nan, nil, nil)],
      title: "AUC", valueLabel: "AUC", reference: 0.25, folder: folder.path)
    #expect(try rows("picture-1-intervals", in: folder) == ["0.5\t0\t0.875"])
    #expect(try rows("picture-1-points", in: folder) == ["0.75\t0", "0.5\t1"])
    #expect(
      page.html.contains(
        "<title>AUC. Mass 0.75 (0.5 to 0.875), Nodule 0.5, Hernia n/a, Edema n/a; a line stands at 0.25.</title>"
      ))
    #expect(page.html.components(separatedBy: "<text>n/a</text>").count == 3)
    // From 0.25, where the line stands, to 0.875, and a twentieth of 0.625 on either side.
    let script = try String(contentsOfFile: folder.path + "/plots/picture-1.gp", encoding: .utf8)
    #expect(script.contains("set xrange [0.21875:0.90625]"))
    #expect(script.contains("set arrow 1 from 0.25, graph 0"))
  }

  @Test func whatHoldsNothingIsDrawnAllTheSame() throws {
    var page = page()
    try page.plot(x: [], series: [:], title: "a", xLabel: "x")
    try page.plot(x: [1, 1], series: [("a", [nil, .infinity])], title: "b", xLabel: "x")
    try page.plot(x: [1e300, 1e308], series: [("a", [-1e308, 1])], title: "c", xLabel: "x")
    try page.plot(x: [3], series: [("a", [3])], title: "d", xLabel: "x")
    try page.bars(categories: [], series: [("a", [])], title: "e", valueLabel: "x")
    try page.bars(categories: ["a"], series: [("a", [0])], title: "f", valueLabel: "x")
    try page.bars(categories: ["a"], series: [("a", [1e308])], title: "g", valueLabel: "x")
    try page.forest(categories: [], estimates: [], title: "h", valueLabel: "x", reference: 1)
    try page.forest(
      categories: ["a"], estimates: [(nil, nil, nil)], title: "i", valueLabel: "x", reference: .nan)
    #expect(page.html.components(separatedBy: "<svg").count == 10)
    #expect(page.html.components(separatedBy: "<text>undefined</text>").count == 4)
    // Each has identifiers of its own.
    let ids = page.html.matches(of: /\sid=['"]([^'"]+)/).map(\.output.1)
    #expect(ids.count > 20 && Set(ids).count == ids.count)
  }

  @Test func theAlternativeIsTheCallersWhereGiven() throws {
    var page = page()
    try page.plot(
      x: [1, 2], series: [("a", [1, 2])], title: "t", xLabel: "x", alternative: "It rises <fast>.")
    #expect(page.html.contains("<title>It rises &lt;fast&gt;.</title>"))
    // Of many categories the ends alone are told.
    try page.bars(
      categories: (0..<50).map { "c\($0)" }, series: [("a", (0..<50).map { Double($0) / 4 })],
      title: "many", valueLabel: "x")
    #expect(page.html.contains("<title>many. a: lowest 0, highest 12.25.</title>"))
  }
}
