import CXRMetrics
import CXRReport

@testable import CXREvaluation

/// A sentence of the evaluation's page, and when it stands there.
struct PageSentence: Sendable {
  /// What is said; `{}` stands for a name, a figure or a list.
  let text: String
  /// When, in words.
  let condition: String
  /// Whether the condition is met.
  let holds: @Sendable (JudgedPage) -> Bool

  init(_ text: String, when condition: String, _ holds: @escaping @Sendable (JudgedPage) -> Bool) {
    (self.text, self.condition, self.holds) = (text, condition, holds)
  }
}

/// A report, and whether its page has pictures: what conditions speak of.
struct JudgedPage: Sendable {
  let report: EvaluationReport
  let isDrawn: Bool

  var models: [ModelFigures] { report.figures.models }
  var differences: [ModelDifference] { report.figures.differences }
  var labels: [LabelFigures] { models.flatMap(\.labels) }
  var calibrations: [CalibrationFigures] { labels.flatMap(\.calibrations) }
  var groups: [SubgroupFigures] { models.flatMap(\.subgroups) }
  var groupDifferences: [GroupDifference] { models.flatMap(\.groupDifferences) }
  var examples: [Example] { models.flatMap(\.model.examples) }
  var places: [Localisation] { models.compactMap(\.model.localisation) }
  /// Models with thresholds, or with a fit of which there are none.
  var fitted: [ModelFigures] { models.filter { $0.model.fit != nil } }
  /// Comparisons at thresholds that are on the page: at chosen ones, or at 0.5 where none are chosen.
  var paired: [(isHalf: Bool, PairedPoints)] {
    differences.compactMap { difference in
      difference.atOperatingPoint.map { (false, $0) } ?? difference.atHalf.map { (true, $0) }
    }
  }
  var hasPrevalence: Bool {
    report.figures.labels.contains { report.figures.options.prevalences[$0] != nil }
  }

  /// The largest mean area's model, and how the others stand to it.
  var best: ModelFigures? {
    models.max { ($0.ranking.auc.value ?? -1) < ($1.ranking.auc.value ?? -1) }
  }
  /// Of the best: its mean area.
  var bestArea: Estimate { best?.ranking.auc ?? Estimate(nil) }
  /// Whether so few patients have the findings that neither the difference of areas nor, of one model, its area has an interval.
  var isOfTooFew: Bool {
    guard let best, bestArea.value != nil else { return false }
    let own = differences.filter { $0.name == best.name || $0.other == best.name }
    return own.isEmpty
      ? bestArea.interval == nil : own.allSatisfy { $0.mean.auc.interval == nil }
  }
  /// Whether the best is better than a coin, as far as can be told.
  var isOfUse: Bool {
    guard let value = bestArea.value, value > 0.5, !isOfTooFew else { return false }
    return bestArea.interval.map { !$0.contains(0.5) } ?? true
  }
  /// Of each other model, whether the best is told from it.
  var isTold: [Bool] {
    guard let best else { return [] }
    return differences.filter { $0.name == best.name || $0.other == best.name }.map {
      $0.mean.auc.interval.map { !$0.contains(0) } ?? false
    }
  }
  /// Whether a person must choose among models that are of use.
  var isChoice: Bool { isOfUse && !isTold.isEmpty }
}
