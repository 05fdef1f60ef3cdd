import CXRReport
import Testing

@testable import CXREvaluation

/// Films on which a model was sure, on a page.
@Suite struct ExampleTests {
  private func example(_ label: String, _ kind: Example.Kind, film: String = "1.png") -> Example {
    Example(
      label: label, kind: kind, film: film, score: 0.25, threshold: 0.5, picture: [0xFF, 0xD8])
  }

  @Test func noFilmIsShownTwice() {
    let chosen = Example.withoutRepetition([
      [.found: [4, 5], .missed: [4, 7, 8]], [.found: [4], .falseAlarm: [5, 7, 8], .missed: [7]],
    ])
    // Of the second label film 4 is taken, and nothing is left that it could show.
    #expect(chosen == [[.found: 0, .missed: 1], [.falseAlarm: 0]])
    #expect(Example.withoutRepetition([[:], [:]]) == [[:], [:]])
  }

  @Test func theProbabilityStandsFirst() {
    var one = example("Mass", .found)
    #expect(
      one.detail == "1.png · output 0.250, threshold of outputs 0.500 · has none of the findings")
    (one.probability, one.findings, one.note) = (0.125, ["Edema", "Mass"], "as prepared")
    one.boxCount = 1
    #expect(
      one.detail
        == "1.png · probability 0.125, output 0.250, threshold of outputs 0.500 · has Edema, Mass · box drawn · as prepared"
    )
    one.boxCount = 2
    #expect(one.detail.contains(" · 2 boxes drawn · "))
  }

  /// A map of one cell tells no place: it is not shown, nor is a bar of its colours.
  @Test func aMapOfOneCellIsNotShown() {
    func html(_ hasMap: [Bool]) -> String {
      var page = ReportPage(title: "t", lead: "l")
      Example.addChapter(
        hasMap.enumerated().map { place, hasMap in
          var one = example("Mass", .found)
          one.hasMap = hasMap
          return ("model \(place)", [one])
        }, colours: [ColourStop(red: 0, green: 0, blue: 9)], to: &page)
      return page.html
    }
    #expect(html([true]).contains("with the map of the finding over it. The map is"))
    #expect(html([true]).contains("class=\"bar\"") && !html([true]).contains("of one cell"))
    #expect(
      html([false]).contains(
        "<p>Maps of model 0 are of one cell, which tells no place, and are not"))
    #expect(
      !html([false]).contains("beside the same film") && !html([false]).contains("class=\"bar\""))
    #expect(html([true, false]).contains("over it, where there is one. The map is"))
  }

  /// A row a finding, three places in each.
  @Test func aRowIsAFinding() {
    var page = ReportPage(title: "t", lead: "l")
    Example.addChapter(
      [
        (
          "ours",
          [example("Edema", .missed), example("Mass", .found), example("Mass", .falseAlarm)]
        ),
        ("none", []),
      ], colours: [], to: &page)
    let html = page.html
    #expect(html.contains("<summary>ours: 3 films</summary>") && !html.contains("none: "))
    let rows = html.components(separatedBy: "<h3>").dropFirst()
    #expect(rows.map { $0.prefix { $0 != "<" } } == ["Edema", "Mass"])
    let places = rows.map { row in
      row.matches(of: /<figcaption>([^<]*)<br><small>([^<]*)</).map {
        "\($0.output.1): \($0.output.2.components(separatedBy: " · ")[0])"
      }
    }
    #expect(
      places == [
        ["found: none left to show", "false alarm: none left to show", "missed: 1.png"],
        ["found: 1.png", "false alarm: 1.png", "missed: none left to show"],
      ])
    #expect(rows.map { $0.components(separatedBy: "<img ").count - 1 } == [1, 2])
  }
}
