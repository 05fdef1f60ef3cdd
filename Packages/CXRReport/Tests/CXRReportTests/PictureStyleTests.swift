import CXRMetrics
import Testing

@testable import CXRReport

/// Pictures that are read on light and on dark paper, by people who cannot tell colours apart and by those who cannot see.
@Suite struct PictureStyleTests {
  private static let scores = (0..<40).map { Double(($0 * 7) % 11) / 11 }
  private static let truths = (0..<40).map { $0 % 3 == 0 }

  private func figures(labels count: Int) -> [Figure] {
    let (scores, truths) = (Self.scores, Self.truths)
    let labels = (0..<count).map { k in
      EvaluationReport.Label(
        name: "L\(k)", scores: scores, truths: truths, patientsWith: 14, auc: Estimate(0.5),
        averagePrecision: Estimate(0.4),
        half: OperatingFigures(
          scores: scores, labels: truths, patients: PatientIndex(0..<40), threshold: 0.5),
        detection: DetectionRates(scores: scores, labels: truths))
    }
    return EvaluationReport(
      subset: "test", images: 40, patients: 40, replicates: 100,
      models: [
        EvaluationReport.Model(
          name: "m", note: "", patientsSeenInTraining: 0, labels: labels, meanAUC: Estimate(0.5),
          reportText: "")
      ]
    ).figures
  }

  private func script(_ name: String, labels count: Int = 2) throws -> String {
    try #require(figures(labels: count).first { $0.name == name }).script
  }

  /// Eight colours, solid; from the ninth curve on the same colours, dashed.
  @Test func coloursComeBackDashed() throws {
    #expect(Figure.palette.count == 8 && Set(Figure.palette).count == 8)
    for picture in ["roc-m", "precision-recall-m"] {
      let curves = try script(picture, labels: 14)
        .matches(of: /lw 2 dt (\d+) lc rgb '(#[0-9A-F]+)' title 'L(\d+) [0-9]/)
      try #require(curves.count == 14)
      for (k, curve) in curves.enumerated() {
        #expect(String(curve.output.3) == "\(k)")
        #expect(String(curve.output.1) == (k < 8 ? "1" : "2"), "\(picture) \(k)")
        #expect(String(curve.output.2) == Figure.palette[k % 8], "\(picture) \(k)")
      }
    }
  }

  /// Chance is a diagonal of ROC curves, and 0.5 of areas; precision has none.
  @Test func chanceIsDrawnWhereItLies() throws {
    let diagonal = /^ *(plot )? *x with lines/.anchorsMatchLineEndings()
    for picture in ["roc-m", "roc-by-finding"] {
      #expect(try script(picture).contains(diagonal), "\(picture)")
    }
    for picture in ["precision-recall-m", "precision-recall-by-finding"] {
      #expect(try !script(picture).contains(diagonal), "\(picture)")
    }
    #expect(try script("roc-m").contains("title 'chance'"))
    #expect(try script("auc").contains("set arrow 1 from 0.5, graph 0 to 0.5, graph 1 nohead"))
    for picture in ["roc-m", "precision-recall-m"] {
      #expect(try script(picture).contains("set xrange [0:1]\nset yrange [0:1]"))
    }
    for picture in ["positives-found", "negatives-found"] {
      #expect(try script(picture).contains("set xrange [0:100]"))
    }
    // Each axis says what it is.
    for (picture, x, y) in [
      ("roc-m", "false-positive rate (false alarms)", "true-positive rate (findings found)"),
      ("precision-recall-m", "recall (findings found)", "precision (alarms that are right)"),
      ("roc-by-finding", "false alarms", "findings found"),
      ("precision-recall-by-finding", "findings found", "alarms that are right"),
    ] {
      let text = try script(picture)
      #expect(
        text.contains("set xlabel '\(x)'") && text.contains("set ylabel '\(y)'"), "\(picture)")
    }
  }

  /// An interval's line runs from its low to its high end, through the figure; without an interval it is the point.
  @Test func intervalsAreDrawnFromLowToHigh() {
    let figure = Figure.intervals(
      "auc", description: "", valueLabel: "", categories: ["A", "B", "C"],
      series: [
        ("one", [Estimate(0.75, Interval(0.5, 0.875)), Estimate(nil), Estimate(0.25)]),
        ("two", [Estimate(0.5), Estimate(nil), Estimate(nil)]),
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
    let text = SVGStyle.adapted(svg, description: "Curves of <m>")
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

  /// The film lies to the left, the film with the map to the right, and the scale below it runs from the least to the most.
  @Test func theMapIsBesideItsFilm() throws {
    let svg = MapPicture(
      title: "t", verdict: "v", film: [0x89, 1], overlay: [0xFF, 2], size: (200, 100),
      stops: (1...3).map { ColourStop(red: $0, green: 0, blue: 0) }, range: (-1.25, 2),
      notes: ["first", "second"]
    ).svg
    let pictures = svg.matches(of: /<image x="([0-9.]+)" .* href="data:image\/([a-z]+);/)
    // A margin of a fortieth of the longer side: 5, and 5 + 200 + 5.
    #expect(pictures.map { "\($0.output.1) \($0.output.2)" } == ["5.00 png", "210.00 jpeg"])
    let texts = svg.matches(of: /<text x="([0-9.]+)" .* text-anchor="([a-z]+)">([^<]*)<\/text>/)
      .map { "\($0.output.1) \($0.output.2) \($0.output.3)" }
    for text in ["210.00 start -1.25", "410.00 end 2.00", "310.00 middle log-odds"] {
      #expect(texts.contains(text), "\(texts)")
    }
    let places = ["5.00 start first", "5.00 start second"].compactMap { texts.firstIndex(of: $0) }
    #expect(places.count == 2 && places == places.sorted())
    let stops = svg.matches(of: /<stop offset="([0-9.]+)" stop-color="rgb\((\d),0,0\)"/)
    #expect(stops.map { "\($0.output.1) \($0.output.2)" } == ["0.00 1", "0.50 2", "1.00 3"])
    var page = ReportPage(title: "t", lead: "l")
    page.colourBar(
      [ColourStop(red: 1, green: 2, blue: 3), ColourStop(red: 4, green: 5, blue: 6)],
      low: "least", high: "most")
    #expect(page.html.contains(/least.*linear-gradient\(90deg,rgb\(1,2,3\),rgb\(4,5,6\)\).*most/))
  }
}
