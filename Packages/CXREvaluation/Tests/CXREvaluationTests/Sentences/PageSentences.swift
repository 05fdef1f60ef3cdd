import CXRMetrics

@testable import CXREvaluation

/// Every sentence that an evaluation's page can say, with its condition, in the order of the page.
///
/// `PageSentenceTests` holds pages against this list: what stands on a page is in it, and stands there exactly where its
/// condition is met. A new sentence is written here first.
enum PageSentences {
  static let all =
    lead + answers + warnings + meaning + tables + ranking + comparison + points + worth
    + calibration + groups + places + films + limits + methods

  /// Stand on each page, whatever was judged.
  static let unconditional = ["Figures describe the films named here and no others."]

  static let lead: [PageSentence] = [
    PageSentence("{} ({}), {} findings.", when: "all findings have films with and without") {
      page in
      page.models.first?.ranking.undefinedLabels.isEmpty ?? true
    },
    PageSentence(
      "{} ({}), {} findings, {} of them n/a here for want of films with and without it ({}).",
      when: "a finding has no films of one kind"
    ) { page in !(page.models.first?.ranking.undefinedLabels.isEmpty ?? true) },
    PageSentence(
      "Intervals are of 95 %, from {} draws of patients, each with all of their films (seed {}).",
      when: "a model is judged"
    ) { !$0.models.isEmpty },
    PageSentence("Made on {}.", when: "it is known how the page was made") {
      $0.report.made != nil
    },
  ]

  static let answers: [PageSentence] = [
    PageSentence(
      "Not to be said: no finding has films with and without it.",
      when: "there is a model, and no area is defined"
    ) { !$0.models.isEmpty && $0.bestArea.value == nil },
    PageSentence(
      "None: {} has the best mean AUC {}, no better than a coin.",
      when: "the best mean AUC is at most 0.5, and intervals are known"
    ) { ($0.bestArea.value ?? 1) <= 0.5 && !$0.isOfTooFew },
    PageSentence(
      "None yet: {} has the best mean AUC {}, and these films do not tell it from a coin.",
      when: "the best mean AUC is above 0.5, and its interval holds 0.5"
    ) { page in
      (page.bestArea.value ?? 0) > 0.5 && page.bestArea.interval?.contains(0.5) == true
        && !page.isOfTooFew
    },
    PageSentence("{}: mean AUC {}.", when: "the best is better than a coin, and beside no other") {
      $0.isOfUse && $0.isTold.isEmpty
    },
    PageSentence(
      "Not to be said: too few patients have the findings to say which to use.",
      when: "there are several, and no difference has an interval"
    ) { $0.isOfTooFew && $0.models.count > 1 },
    PageSentence(
      "Not to be said: too few patients have the findings to say whether it is of any use.",
      when: "there is one, and its mean AUC has no interval"
    ) { $0.isOfTooFew && $0.models.count == 1 },
    PageSentence(
      "{} has a mean area under the ROC curve of {}.", when: "the same"
    ) { $0.isOfTooFew },
    PageSentence("{} ranks films better.", when: "the best is told from all others") {
      $0.isChoice && $0.isTold.allSatisfy { $0 }
    },
    PageSentence("Either: which ranks better is not shown.", when: "there are two, not told apart")
    {
      $0.isChoice && $0.models.count == 2 && !$0.isTold.contains(true)
    },
    PageSentence(
      "Any: which ranks better is not shown.", when: "the best is told from none of several"
    ) {
      $0.isChoice && $0.models.count > 2 && !$0.isTold.contains(true)
    },
    PageSentence(
      "{} or {}: which of them ranks better is not shown.",
      when: "the best is told from some of the others"
    ) { $0.isChoice && $0.isTold.contains(true) && $0.isTold.contains(false) },
    PageSentence(
      "{} has mean AUC {}: better than {} by {} ({} to {}), p {}.",
      when: "it is told from the first of the others"
    ) { $0.isChoice && $0.isTold.first == true },
    PageSentence(
      "{} has mean AUC {}: not told from {}, {} less, p {}.",
      when: "it is not told from the first of the others"
    ) { $0.isChoice && $0.isTold.first == false },
    PageSentence(
      "better than {} by {} ({} to {}), p {}.", when: "it is told from one that follows"
    ) { $0.isChoice && $0.isTold.dropFirst().contains(true) },
    PageSentence(
      "not told from {}, {} less, p {}.", when: "it is not told from one that follows"
    ) { $0.isChoice && $0.isTold.dropFirst().contains(false) },
    PageSentence("{}: no film has a finding.", when: "no film has a finding") { page in
      page.models.contains { model in model.labels.allSatisfy { $0.positives == 0 } }
    },
    PageSentence(
      "{} at 0.5 finds {} of 100 findings, with {} false alarms in 100 {}, all findings together.",
      when: "a model has no chosen threshold, and a film has a finding"
    ) { page in
      page.models.contains { model in
        model.labels.contains { $0.positives > 0 }
          && !model.labels.contains { $0.points.fitted != nil }
      }
    },
    PageSentence(
      "{} at chosen thresholds ({}) finds {} of 100 findings, with {} false alarms in 100 {}, all findings together.",
      when: "a model has chosen thresholds, and a film has a finding"
    ) { page in
      page.models.contains { model in
        model.labels.contains { $0.points.fitted != nil && $0.positives > 0 }
      }
    },
    PageSentence(
      "{}, as it is: not to be said, of too few patients.",
      when: "a model has no Platt's line, and no finding has intervals of O:E, slope and intercept"
    ) { page in page.promises.contains { !$0.hasPlatt && $0.intervals == 0 } },
    PageSentence(
      "{}, as it is: right within chance for {} of {} findings, by O:E, slope and intercept together.",
      when: "a model has no Platt's line, and a finding has these intervals"
    ) { page in page.promises.contains { !$0.hasPlatt && $0.intervals > 0 } },
    PageSentence(
      "{}, read by Platt's line: not to be said, of too few patients.",
      when: "a model has Platt's lines, and no finding has these intervals"
    ) { page in page.promises.contains { $0.hasPlatt && $0.intervals == 0 } },
    PageSentence(
      "{}, read by Platt's line: right within chance for {} of {} findings, by O:E, slope and intercept together.",
      when: "a model has Platt's lines, and a finding has these intervals"
    ) { page in page.promises.contains { $0.hasPlatt && $0.intervals > 0 } },
    PageSentence("{}: {}, AUC {}.", when: "an area of the best is defined") {
      $0.bestArea.value != nil
    },
    PageSentence("{}: n/a.", when: "none is") { !$0.models.isEmpty && $0.bestArea.value == nil },
    PageSentence("no groups could be compared.", when: "the best has no groups to compare") {
      page in
      page.best.map(\.groupDifferences.isEmpty) ?? false
    },
    PageSentence(
      "of groups, {} beside {}: mean AUC less by {}.",
      when: "a group of the best is below the largest of its kind beyond chance"
    ) { page in page.best?.groupDifferences.contains { $0.isWorse } ?? false },
    PageSentence(
      "no group's mean AUC is beyond chance below that of the largest of its kind.",
      when: "groups of the best are compared, and none is"
    ) { page in
      page.best.map { !$0.groupDifferences.isEmpty && !$0.groupDifferences.contains { $0.isWorse } }
        ?? false
    },
  ]

  static let warnings: [PageSentence] = [
    PageSentence(
      "gnuplot is not installed, so there are no pictures; their data and scripts are in {}.",
      when: "pictures could not be drawn"
    ) { !$0.isDrawn },
    PageSentence("Run `make setup`, or install gnuplot-nox.", when: "the same") { !$0.isDrawn },
    PageSentence("A warning {}.", when: "the films come with a warning") {
      !$0.report.warnings.isEmpty
    },
    PageSentence("A note {}.", when: "something of the films is not used") {
      !$0.report.notes.isEmpty
    },
    PageSentence(
      "Judged by {}: a {}'s score is the {} of its films' scores, and it has a finding where one of them has.",
      when: "units are studies or patients"
    ) { $0.report.unit.kind != .film },
    PageSentence("Where figures speak of films, these are {}.", when: "the same") {
      $0.report.unit.kind != .film
    },
    PageSentence(
      "Whether {} was trained on some of these patients is not known; if it was, figures flatter it.",
      when: "it is not known on whom a model was trained"
    ) { page in page.models.contains { $0.model.patientsSeenInTraining == nil } },
    PageSentence(
      "{} of these {} patients' identifiers also occur in the training part of {}; where they are the same people, figures "
        + "flatter it.", when: "a model was trained on some of the patients"
    ) { page in page.models.contains { ($0.model.patientsSeenInTraining ?? 0) > 0 } },
    PageSentence(
      "The thresholds and calibrations of {} were chosen on patients of whom {} have the identifiers of these {}; where they are "
        + "the same people, what is said of thresholds and calibrations here flatters them.",
      when: "thresholds of a model were chosen on some of the patients"
    ) { page in page.fitted.contains { ($0.model.patientsSeenInValidation ?? 0) > 0 } },
    PageSentence(
      "{}: no threshold could be chosen, because all validation films score alike: {}.",
      when: "all validation films of a finding score alike"
    ) { page in
      page.fitted.contains { model in
        model.model.fit?.labels.contains {
          $0.threshold == nil && $0.positives > 0 && $0.positives < $0.films
        } ?? false
      }
    },
    PageSentence(
      "{} ranks films worse than a coin: mean AUC {}.",
      when: "the interval of a model's mean AUC lies below 0.5"
    ) { page in page.models.contains { ($0.ranking.auc.interval?.high ?? 1) < 0.5 } },
    PageSentence(
      "Of one trained on these findings that is no small fault: are its columns, or yes and no, exchanged?",
      when: "the same"
    ) { page in page.models.contains { ($0.ranking.auc.interval?.high ?? 1) < 0.5 } },
    PageSentence(
      "{}: these findings are more or less common here than on the validation films, beyond chance: {}.",
      when: "a finding is more or less common than on the validation films, p below 0.05 after Holm"
    ) { page in page.models.contains { !$0.shifts.isEmpty } },
    PageSentence(
      "Predictive values and calibrated probabilities do not carry over; AUC, sensitivity and specificity may.",
      when: "the same"
    ) { page in page.models.contains { !$0.shifts.isEmpty } },
    PageSentence(
      "On these films {} cannot be told from a regression on thumbnails of 16 × 16 cells (mean AUC less that of the "
        + "regression: {}).",
      when: "the interval of a model's difference from the regression holds 0"
    ) { page in
      page.models.contains {
        $0.yardstick?.difference.mean.auc.interval.map { $0.low <= 0 && $0.high >= 0 } ?? false
      }
    },
    PageSentence(
      "On these films {} ranks worse than a regression on thumbnails of 16 × 16 cells (mean AUC less that of the "
        + "regression: {}).", when: "it lies below 0"
    ) { page in
      page.models.contains {
        ($0.yardstick?.difference.mean.auc.interval?.high ?? 0) < 0
      }
    },
    PageSentence(
      "A network must beat that to have learned more than where films are bright.",
      when: "a model does not beat the regression"
    ) { page in
      page.models.contains {
        ($0.yardstick?.difference.mean.auc.interval?.low ?? 1) <= 0
      }
    },
  ]
}

extension JudgedPage {
  /// Of each model, whether it has Platt's lines, and of how many findings the three intervals of calibration are known.
  fileprivate var promises: [(hasPlatt: Bool, intervals: Int)] {
    models.map { model in
      let hasPlatt = model.model.fit?.labels.contains { $0.platt != nil } ?? false
      let method = hasPlatt ? CalibrationMethod.platt : .none
      let lines = model.labels.compactMap { $0.calibration(method)?.line }
      return (
        hasPlatt,
        lines.count {
          $0.observedToExpected.interval != nil && $0.slope.interval != nil
            && $0.intercept.interval != nil
        }
      )
    }
  }
}

extension GroupDifference {
  fileprivate var isWorse: Bool { (areas.mean.auc.interval?.high ?? 0) < 0 }
}
