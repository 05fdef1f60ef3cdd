import CXRMetrics
import CXRReport
import Testing

@testable import CXREvaluation

/// The four lines that stand first.
extension EvaluationWordsTests {
  private func answer(
    _ question: Int, _ models: [ModelFigures], _ mean: Estimate? = nil
  ) throws -> String {
    let differences = mean.map {
      ModelDifference(
        name: models[0].name, other: models[1].name, labels: [],
        mean: ModelDifference.Row(label: "", auc: $0, pValue: 0.012, corrected: nil), atHalf: nil,
        atOperatingPoint: nil)
    }
    let lines = report(models, differences.map { [$0] } ?? []).answer
    try #require(lines.count == 4)
    return lines[question].answer
  }

  /// Finds all of A, and four of six of B; none of their calls is an alarm.
  static let right = model(
    "right",
    [label("A", with: 4, found: 4, alarms: 0), label("B", with: 6, found: 4, alarms: 0)])

  /// The first line names the model to use, and how sure that is.
  @Test func theFirstLineNamesTheModelToUse() throws {
    // A ranks all pairs right, of B one in six is a tie of a missed film: (1 + 5/6)/2.
    let better = try answer(0, [Self.right, Self.alarming], Estimate(0.25, Interval(0.1, 0.4)))
    #expect(
      better
        == "right ranks films better. right has mean AUC 0.917 (n/a): better than alarming by 0.250 "
        + "(0.100 to 0.400), p 0.012.")
    let turned = try answer(0, [Self.alarming, Self.right], Estimate(-0.25, Interval(-0.4, -0.1)))
    #expect(turned == better)
    #expect(
      try answer(0, [Self.right, Self.alarming], Estimate(0.25, Interval(-0.1, 0.4)))
        == "Either: which ranks better is not shown. right has mean AUC 0.917 (n/a): not told from alarming, "
        + "0.250 less, p 0.012.")
    // So few patients recommend neither.
    #expect(
      try answer(0, [Self.alarming, Self.right], Estimate(-0.25))
        == "Not to be said: too few patients have the findings to say which to use. alarming has a mean area under the "
        + "ROC curve of 0.521, right of 0.917.")
    // Of three the best may be told from one of the others only.
    func difference(_ name: String, _ other: String, _ interval: Interval) -> ModelDifference {
      ModelDifference(
        name: name, other: other, labels: [],
        mean: ModelDifference.Row(
          label: "", auc: Estimate((interval.low + interval.high) / 2, interval), pValue: 0.5,
          corrected: nil), atHalf: nil, atOperatingPoint: nil)
    }
    let three = [Self.right, Self.alarming, Self.silent]
    func first(_ one: Interval, _ other: Interval) throws -> String {
      let differences = [
        difference("right", "alarming", one), difference("right", "silent", other),
        difference("alarming", "silent", Interval(-0.1, 0.1)),
      ]
      return try #require(report(three, differences).answer.first).answer
    }
    let (told, open) = (Interval(0.1, 0.3), Interval(-0.1, 0.3))
    #expect(try first(told, told).hasPrefix("right ranks films better. "))
    #expect(
      try first(told, open).hasPrefix(
        "right or silent: which of them ranks better is not shown. right has"))
    #expect(try first(open, open).hasPrefix("Any: which ranks better is not shown. "))
    #expect(
      try answer(0, [Self.right])
        == "Not to be said: too few patients have the findings to say whether it is of any use. right has a mean area "
        + "under the ROC curve of 0.917.")
    #expect(try answer(0, [Self.silent]).hasPrefix("Not to be said: too few patients"))
    let none = Self.model("none", [Self.label("A", with: 0, found: 0, alarms: 1)])
    #expect(
      try answer(0, [none]) == "Not to be said: no finding has films with and without it.")
  }

  @Test func theOtherLinesSayWhatIsFoundRightAndWeakest() throws {
    let found = try answer(1, [Self.right])
    #expect(
      found.hasPrefix("right at 0.5 finds 80 (")
        && found.hasSuffix(
          " of 100 findings, with 0 false alarms in 100 films, all findings together.")
    )
    #expect(try answer(1, [Self.alarming]).contains("with 80 false alarms in 100 films"))
    let chosen = Self.model(
      "chosen", [Self.label("A", with: 4, found: 3, alarms: 4, chosen: 0.25), Self.alarms[1]],
      rule: "youden")
    #expect(
      try answer(1, [chosen]).hasPrefix(
        "chosen at chosen thresholds (youden (1 of 2 findings)) finds "))
    let none = Self.model("none", [Self.label("A", with: 0, found: 0, alarms: 1)])
    #expect(try answer(1, [none]) == "none: no film has a finding.")
    // Of four and six patients nothing is known of how sure a ratio is.
    #expect(
      try answer(2, [Self.right]) == "right, as it is: not to be said, of too few patients.")
    #expect(
      try answer(3, [Self.right]) == "right: B, AUC 0.83 (n/a); no groups could be compared.")
  }
}
