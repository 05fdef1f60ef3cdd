import CXRMetrics
import CXRReport
import Testing

@testable import CXREvaluation

/// What must be known before any figure.
extension EvaluationWordsTests {
  /// Below 0.5 something is exchanged, where that is beyond chance.
  @Test func aModelWorseThanACoinIsSaidToBe() {
    let words = "ranks films worse than a coin"
    let wrong = Self.model(
      "wrong",
      [
        Self.label("A", with: 4, found: 0, alarms: 2),
        Self.label("B", with: 0, found: 0, alarms: 1),
      ])
    // Two of six others are called, of four nobody: a third of the pairs is wrong, the others are ties.
    #expect(!page(of: report([wrong])).contains(words))
    // Half of forty patients have it, and score lower, or as the others do.
    func judged(lower: Double) -> String {
      let films = JudgedFilms(
        labels: ["A"], truths: (0..<40).map { $0 % 2 == 0 }, patients: 0..<40)
      let scores = (0..<40).map { film -> Double in
        let own = Double(film / 2 % 10) / 20
        return film % 2 == 0 ? own : own + lower
      }
      let model = ScoredModel("turned", scores: scores)
      var options = EvaluationFigures.Options()
      options.replicates = 50
      return page(
        of: EvaluationReport(
          EvaluationFigures([model], on: films, options: options), part: "test"))
    }
    #expect(judged(lower: 0.3).contains("<p class=\"callout\">turned \(words): mean AUC 0."))
    #expect(!judged(lower: 0.01).contains(words) && judged(lower: 0.01).contains("0.4"))
    #expect(!page(of: report([Self.silent])).contains(words))
  }

  /// What a reader must know of the films stands before any figure.
  @Test func warningsAndNotesStandBeforeAnyFigure() {
    var evaluation = report([Self.alarming])
    (evaluation.warnings, evaluation.notes) = (
      ["One <warning>.", "Two."], ["A note.", "Another."]
    )
    let before = page(of: evaluation).components(separatedBy: "<table>").first ?? ""
    #expect(before.contains("<p class=\"callout\">One &lt;warning&gt;.</p>"))
    #expect(before.contains("<p class=\"callout\">Two.</p>"))
    #expect(before.contains("<p>A note. Another.</p>"))
  }
}
