import CXRFiles
import CXRMetrics
import CXRReport

extension EvaluationReport {
  /// How the figures were made, to be copied into a paper.
  func addMethods(to page: inout ReportPage) {
    page.heading("Methods, to copy")
    page.paragraph(methods)
  }

  /// The sentences; those of what was not done are left out.
  private var methods: String {
    let rules = Set(figures.models.compactMap { $0.model.fit?.operatingPoint }).sorted()
    let hasGroups = figures.models.contains { !$0.groupDifferences.isEmpty }
    let methods = Set(
      figures.models.flatMap { $0.labels.flatMap { $0.calibrations.map(\.method) } })
    let isRanked = figures.models.contains { $0.ranking.auc.value != nil }
    return [
      !isRanked
        ? nil
        : "Areas under the ROC curve have score intervals (Newcombe) whose variance is that of leaving patients out; average "
          + "precision has an interval on log-odds from \(figures.options.replicates) bootstrap draws of patients (seed "
          + "\(figures.options.seed)), each with all of their films.",
      "Sensitivity, specificity and predictive values have mid-P intervals of as many films as the patients' are worth "
        + "(Korn and Graubard).",
      rules.isEmpty
        ? nil
        : "Thresholds were chosen on validation patients by \(rules.joined(separator: " and ")), and applied to other patients.",
      methods.contains(.platt)
        ? "Probabilities were calibrated by Platt's lines, fitted on validation patients." : nil,
      methods.contains(.vector)
        ? "Vector scaling, all findings' lines together, was fitted on the same patients." : nil,
      figures.models.contains { $0.labels.contains { $0.decision != nil } } ? netBenefit : nil,
      figures.models.contains { $0.yardstick != nil }
        ? "Models were held against a ridge regression on thumbnails of \(ThumbnailRidge.side) × \(ThumbnailRidge.side) cells, fitted "
          + "on training patients." : nil,
      figures.models.contains { $0.model.localisation != nil }
        ? "Localisation is how often a map's strongest place lies in a box in which the finding was drawn."
        : nil,
      figures.differences.isEmpty
        ? nil
        : "Areas were compared by the same draws of patients, sensitivities and specificities by McNemar's test with patients as "
          + "clusters, with Holm's correction over the findings.",
      hasGroups
        ? "Groups were compared with the largest of their kind on the findings with ten patients with and ten without it in both."
        : nil,
      "All intervals are of \(Interval.defaultLevelText).",
      figures.differences.isEmpty && !hasGroups ? nil : "All tests are two-sided.",
      program.map { "Figures were made by \($0)." },
    ].compactMap { $0 }.joined(separator: " ")
  }

  private var netBenefit: String {
    let ends = [DecisionCurve.usualThresholds.first, DecisionCurve.usualThresholds.last]
      .map { fixedPoint($0, digits: 2) }
    return "Net benefit was computed at probabilities from \(ends[0]) to \(ends[1])."
  }
}
