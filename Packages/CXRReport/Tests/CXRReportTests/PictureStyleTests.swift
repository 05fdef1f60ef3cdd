import Testing

@testable import CXRReport

/// Pictures that are read on light and on dark paper, by people who cannot tell colours apart and by those who cannot see.
@Suite struct PictureStyleTests {
  /// An interval's line runs from its low to its high end, through the figure; without an interval it is the point.
  @Test func intervalsAreDrawnFromLowToHigh() {
    let figure = Figure.intervals(
      "auc", description: "", valueLabel: "", categories: ["A", "B", "C"],
      series: [
        ("one", [(0.75, 0.5, 0.875), (nil, nil, nil), (0.25, nil, nil)]),
        ("two", [(0.5, nil, nil), (nil, nil, nil), (nil, nil, nil)]),
      ], reference: nil)
    // Two series share 0.7 of a category: a quarter of it above, a quarter below.
    #expect(figure.data.map(\.name) == ["auc-1", "auc-2"])
    let rows = figure.data.map { $0.rows.map { $0.compactMap(Double.init) } }
    func isClose(_ found: [[Double]], _ expected: [[Double]]) -> Bool {
      found.count == expected.count
        && zip(found.joined(), expected.joined()).allSatisfy { abs($0 - $1) < 1e-12 }
    }
    #expect(isClose(rows[0], [[0.75, -0.175, 0.5, 0.875], [0.25, 1.825, 0.25, 0.25]]))
    #expect(isClose(rows[1], [[0.5, 0.175, 0.5, 0.5]]))
    #expect(figure.script.contains("using 1:2:3:4 with xerrorbars"))
  }

  @Test func blackInkIsTheReaders() throws {
    let svg = """
      <?xml version="1.0"?><svg width="9"><title>Gnuplot</title><desc>Produced by GNUPLOT</desc>
      <g stroke='black'/><g fill="black"/><path stroke='rgb(  0,   0,   0)' fill='rgb( 0, 0, 0)'/>
      <text fill="#000000" color='black'>a</text><g stroke='#D55E00' fill='none'/></svg>
      """
    let text = SVGStyle.adapted(svg, name: "curves", description: "Curves of <m>")
    #expect(!text.contains("black") && !text.contains("rgb(") && !text.contains("#000000"))
    #expect(text.components(separatedBy: "stroke=\"currentColor\"").count == 3)
    #expect(text.components(separatedBy: "fill=\"currentColor\"").count == 4)
    #expect(text.contains("class=\"ink\"") && text.contains("stroke='#D55E00' fill='none'"))
    // What it shows is said to those who do not see it, and nothing else.
    #expect(text.contains("<title>Curves of &lt;m&gt;</title>"))
    #expect(!text.contains("Gnuplot") && !text.contains("GNUPLOT"))
    #expect(text.contains("role=\"img\"") && text.contains("prefers-color-scheme:dark"))
    #expect(SVGStyle.inline(text).hasPrefix("<svg "))
    let page = ReportPage(title: "t", lead: "l").html
    #expect(page.contains("<meta name=\"color-scheme\" content=\"light dark\">"))
    #expect(page.contains("@media(prefers-color-scheme:dark)"))
    #expect(page.contains("Research software, not a medical device."))
  }

  @Test func textIsEscapedOnce() {
    #expect(HTML.escaped("a<b&c>\"d\"") == "a&lt;b&amp;c&gt;&quot;d&quot;")
    #expect(HTML.escaped("&lt;") == "&amp;lt;")
    #expect(HTML.escaped("a\u{0}b\u{1B}c\td\n") == "a\u{FFFD}b\u{FFFD}c\td\n")
  }

  @Test func aBarOfColoursRunsFromLowToHigh() {
    var page = ReportPage(title: "t", lead: "l")
    page.colourBar(
      [ColourStop(red: 1, green: 2, blue: 3), ColourStop(red: 4, green: 5, blue: 6)],
      low: "least", high: "most")
    #expect(page.html.contains(/least.*linear-gradient\(90deg,rgb\(1,2,3\),rgb\(4,5,6\)\).*most/))
  }
}
