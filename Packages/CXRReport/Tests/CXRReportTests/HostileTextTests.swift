import CXRTestSupport
import Foundation
import Testing

@testable import CXRReport

/// Names come from files of strangers: none is taken for markup, for a command or for a place.
@Suite struct HostileTextTests {
  /// `OWNED` stands for a file that a command would make.
  static let texts = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a & b &lt; &#60;",
    "`touch OWNED`", "'`touch OWNED`", "''`touch OWNED`''", "a'';system('touch OWNED');''",
    "'; system(\"touch OWNED\"); '", "'\u{301}; system(\"touch OWNED\") #", "a'\u{301}b",
    "\"\u{301} onmouseover=alert(1) x=\"", "%d 100 % %\u{301}s", "{/Symbol a}_b^c", "\\", "a\\",
    "'", "''", "a'", "'a'b''c'", "two\nlines", "carriage\r\nreturn", "nul\u{0}bell\u{7}esc\u{1B}",
    "🫁 خط 日本", "@GPVAL_TERM@ $x", "'@picture-1-2-line@' using 1:2",
    " id='x' url(#a) xlink:href='#b'",
    "]]>", "--", "end", "", String(repeating: "é", count: 300),
  ]

  /// The words of pictures, as they are read.
  private func words(in html: String) -> [String] {
    html.matches(of: /<text>([^<]*)<\/text>/).map {
      String($0.output.1).replacing("&lt;", with: "<").replacing("&amp;", with: "&")
    }
  }

  @Test(arguments: texts.indices) func noTextIsMarkupOrCommand(index: Int) throws {
    let folder = try TemporaryFolder()
    let owned = folder.path + "/owned"
    let text = Self.texts[index].replacing("OWNED", with: owned)
    var page = ReportPage(title: text, lead: text)
    page.table(header: [text, text], rows: [[text, text]], caption: text)
    try page.plot(
      x: [1, 2, 3], series: [(text, [1, nil, 3]), (text, [1, 2, nil])], title: text, xLabel: text,
      yLabel: text, caption: text)
    try page.bars(
      categories: [text, text], series: [(text, [1, nil]), (text, [1, 2])], title: text,
      valueLabel: text, caption: text)
    try page.forest(
      categories: [text, text], estimates: [(1, 0, 2), (nil, nil, nil)], title: text,
      valueLabel: text, caption: text)
    try page.forest(
      categories: [text], estimates: [(1, 0, 2)], title: text, valueLabel: text,
      folder: folder.path + "/kept")
    #expect(!FileManager.default.fileExists(atPath: owned))
    #expect(outsideReferences(in: page.html).isEmpty)
    // Nothing has opened a tag or left an attribute that the page of a plain text does not have.
    #expect(!page.html.unicodeScalars.contains { $0.value < 9 || $0.value == 0x1B })
    let tags = page.html.matches(
      of: /<([a-zA-Z]+)((?:"[^"]*"|'[^']*'|[^<>"'])*)>/.matchingSemantics(.unicodeScalar))
    #expect(!tags.contains { ["script", "img"].contains($0.output.1.lowercased()) })
    let attributes = tags.map {
      $0.output.2.replacing(/"[^"]*"|'[^']*'/.matchingSemantics(.unicodeScalar), with: "")
    }
    #expect(!attributes.contains { $0.contains("onmouseover") || $0.contains("onerror") })
    #expect(page.html.components(separatedBy: "<svg").count == 5)
    // Labels are the text itself, but for lines and what XML does not know.
    let shown = String(
      text.map { $0.isNewline ? " " : String($0) }.joined().unicodeScalars
        .map { $0.value < 32 ? "\u{FFFD}" : Character($0) })
    if !shown.isEmpty {
      #expect(words(in: page.html).filter { $0 == shown }.count >= 5, "\(words(in: page.html))")
    }
  }

  /// The marks that a text ends itself with, in gnuplot and in a browser, are told from what follows by no accent.
  @Test func accentsHideNothing() {
    #expect(
      HTML.escaped("\"\u{301}<\u{338}&\u{301}>\u{338}")
        == "&quot;\u{301}&lt;\u{338}&amp;\u{301}&gt;\u{338}")
    #expect(Figure.quoted("a'b") == "'a''b'")
    #expect(Figure.quoted("b'") == "'b'''")
    #expect(Figure.quoted("'\u{301}a") == "'' . \"\\047\" . '\u{301}a'")
    #expect(Figure.quoted("a''b") == "'a' . \"\\047\" . '' . \"\\047\" . 'b'")
    #expect(Figure.tics(["%\u{301}d", "b"]) == "'%%\u{301}d' 0, 'b' 1")
  }
}
