import CXRReport
import CXRTestSupport
import Foundation
import Testing

@testable import CXREvaluation

/// Pages say what ``PageSentences`` lists, each sentence where its condition is met and nowhere else.
@Suite struct PageSentenceTests {
  /// A listed sentence as it may begin a text, the longest first, so that none is taken for its own beginning.
  private static let patterns: [(sentence: Int, pattern: NSRegularExpression)] = {
    let all = PageSentences.all.enumerated().sorted {
      $0.element.text.count > $1.element.text.count
    }
    return all.compactMap { place, sentence in
      let words = sentence.text.components(separatedBy: "{}").map(
        NSRegularExpression.escapedPattern)
      // Within a name or a figure no sentence ends; the last full stop of a text may be missing.
      var pattern = "^" + words.joined(separator: "((?!\\. ).)+?")
      if pattern.hasSuffix("\\.") { pattern = String(pattern.dropLast(2)) + "(\\.(?= )|\\.?$)" }
      return (try? NSRegularExpression(pattern: pattern)).map { (place, $0) }
    }
  }()

  /// The sentences of a text, as places in the list, and what of it is not listed.
  private func sentences(in text: String) -> (listed: [Int], rest: String) {
    var (rest, listed) = (text, [Int]())
    while !rest.isEmpty {
      let whole = NSRange(rest.startIndex..., in: rest)
      let found = Self.patterns.lazy.compactMap { sentence, pattern in
        pattern.firstMatch(in: rest, range: whole).flatMap { Range($0.range, in: rest) }
          .map { (sentence, $0) }
      }.first
      guard let (sentence, range) = found else { break }
      listed.append(sentence)
      rest = rest[range.upperBound...].trimmingCharacters(in: .whitespaces)
    }
    return (listed, rest)
  }

  /// What a page says: its paragraphs, answers and captions; answers say several things.
  private func texts(of html: String) -> [String] {
    let body = html.components(separatedBy: "<body>").last ?? ""
    return body.matches(of: /(?s)<(p|dd|caption|figcaption)((?:\s[^>]*)?)>(.*?)<\/\1>/).flatMap {
      match -> [String] in
      let (tag, attributes, inner) = (match.output.1, match.output.2, match.output.3)
      // The words below a film are the film's; a bar of colours says nothing.
      guard !inner.contains("<br>"), !attributes.contains("bar") else { return [] }
      let text = inner.replacing(/<[^>]*>/, with: "").replacing("&lt;", with: "<")
        .replacing("&gt;", with: ">").replacing("&quot;", with: "\"").replacing("&amp;", with: "&")
      return tag == "dd" ? text.components(separatedBy: "; ") : [String(text)]
    }
  }

  /// A page and what it says.
  private func page(of scenario: SentenceScenario) throws -> (page: JudgedPage, texts: [String]) {
    let (report, folder) = (scenario.report, try TemporaryFolder())
    let figures = report.figures
    let pictures =
      scenario.isDrawn
      ? try FigureSet(
        figures.rankingPictures + figures.differencePictures + figures.operatingPointPictures
          + figures.decisionPictures + figures.calibrationPictures, folder: folder.path)
      : FigureSet(undrawn: .gnuplotMissing(dataFolder: "plots"))
    #expect((pictures.problem == nil) == scenario.isDrawn)
    let html = report.page(pictures).html
    for sentence in PageSentences.unconditional {
      #expect(html.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(sentence))
    }
    return (JudgedPage(report: report, isDrawn: scenario.isDrawn), texts(of: html))
  }

  @Test func eachStandsWhereItsConditionIsMetAndNowhereElse() throws {
    #expect(Self.patterns.count == PageSentences.all.count)
    var (said, absent) = (Set<Int>(), Set<Int>())
    for scenario in try SentenceScenario.all() {
      let (page, texts) = try page(of: scenario)
      var found: Set<Int> = []
      for text in texts {
        let (listed, rest) = sentences(in: text)
        #expect(rest.isEmpty, "\(scenario.name): not listed: \(rest)")
        found.formUnion(listed)
      }
      for (place, sentence) in PageSentences.all.enumerated() {
        #expect(
          found.contains(place) == sentence.holds(page),
          "\(scenario.name): “\(sentence.text)”, when \(sentence.condition)")
      }
      said.formUnion(found)
      absent.formUnion(Set(PageSentences.all.indices).subtracting(found))
    }
    for (place, sentence) in PageSentences.all.enumerated() {
      #expect(said.contains(place), "never said: \(sentence.text)")
      #expect(absent.contains(place), "never absent: \(sentence.text)")
    }
  }

  /// No sentence is listed twice, and each says when it stands.
  @Test func theListHasNoRepetition() {
    let texts = PageSentences.all.map(\.text)
    #expect(Set(texts).count == texts.count)
    #expect(PageSentences.all.allSatisfy { !$0.condition.isEmpty })
  }
}
