import CXRMetrics

@testable import CXREvaluation

/// What is said of figures.
extension PageSentences {
  static let meaning: [PageSentence] = [
    PageSentence(
      "{} calls {} % of all film-and-finding pairs right at 0.5.", when: "a model is judged"
    ) { !$0.models.isEmpty },
    PageSentence(
      "It misses {} of {} findings and raises {} false alarms over {}, {} in 100.",
      when: "a model is judged"
    ) { !$0.models.isEmpty },
    PageSentence(
      "It says yes to most {} without the finding for {}: what it finds there costs as many alarms.",
      when: "a finding's specificity at 0.5 is below 0.5"
    ) { page in page.labels.contains { ($0.points.half.counts.specificity ?? 1) < 0.5 } },
    PageSentence(
      "A program that always says no is right for {} % of these pairs, and finds nothing.",
      when: "most pairs are without the finding"
    ) { page in
      guard let own = page.models.first?.labels else { return false }
      let (films, positives) = (
        own.reduce(0) { $0 + $1.films }, own.reduce(0) { $0 + $1.positives }
      )
      return films > 0 && 2 * positives < films
    },
    PageSentence(
      "At the thresholds that were chosen on validation patients ({}), {} finds {} of the findings and clears {} of the "
        + "film-and-finding pairs without one.", when: "a model has a chosen threshold"
    ) { page in page.hasChosen },
    PageSentence(
      "0.5 has no meaning of its own, least of all for a model that was trained with class weights.",
      when: "a model has a chosen threshold"
    ) { page in page.hasChosen },
    PageSentence(
      "A threshold chosen on other patients by a stated rule has one.",
      when: "a model has a chosen threshold"
    ) { page in page.hasChosen },
    PageSentence(
      "By accuracy {} wins; by findings found at 0.5 {} does, with {} more of them seen.",
      when: "the most accurate of several is not the one that finds most at 0.5"
    ) { $0.rewardsSilence },
    PageSentence("On rare findings accuracy rewards silence.", when: "the same") {
      $0.rewardsSilence
    },
    PageSentence(
      "Where a miss costs more than a false alarm, it is the wrong measure.", when: "the same"
    ) { $0.rewardsSilence },
    PageSentence(
      "At the chosen thresholds {} finds {} more findings than {}, with {} {} false alarms.",
      when: "two models have thresholds of as many findings, and one finds more"
    ) { ($0.foundMore ?? 0) > 0 },
    PageSentence(
      "At the chosen thresholds {} finds as many findings as {}, with {} {} false alarms.",
      when: "two models have thresholds of as many findings, and find as many"
    ) { $0.foundMore == 0 },
    PageSentence(
      "The mean AUC of {} less that of {} is {} (95 % interval {} to {}): {} ranks films better on average over findings and "
        + "thresholds.", when: "the interval of a difference does not hold 0"
    ) { page in
      page.differences.contains { $0.mean.auc.interval.map { !$0.contains(0) } ?? false }
    },
    PageSentence(
      "The mean AUC of {} less that of {} is {} (95 % interval {} to {}): these films do not show which ranks better; what "
        + "separates the two at 0.5 may be where they put their probabilities.",
      when: "the interval of a difference holds 0"
    ) { page in page.differences.contains { $0.mean.auc.interval?.contains(0) ?? false } },
    PageSentence(
      "Of {} findings that can be tested the difference is beyond chance, after Holm's correction, for none.",
      when: "a difference has an interval, findings have a p, and no corrected one is below 0.05"
    ) { page in
      page.differences.contains {
        $0.mean.auc.interval != nil && $0.isTested
          && !$0.labels.contains { ($0.corrected ?? 1) < 0.05 }
      }
    },
    PageSentence(
      "Of {} findings that can be tested the difference is beyond chance, after Holm's correction, for {}.",
      when: "a difference has an interval, and a finding's corrected p is below 0.05"
    ) { page in
      page.differences.contains {
        $0.mean.auc.interval != nil && $0.labels.contains { ($0.corrected ?? 1) < 0.05 }
      }
    },
  ]

  static let tables: [PageSentence] = [
    PageSentence(
      "Means over the findings that are defined, with 95 % intervals.", when: "a model is judged"
    ) { !$0.models.isEmpty },
    PageSentence(
      "Of all film-and-finding pairs, where frequent findings count most, and beside them means over the findings, where each "
        + "counts as much; at 0.5 and at thresholds chosen on validation patients, where there are some.",
      when: "a model is judged"
    ) { !$0.models.isEmpty },
  ]

  static let ranking: [PageSentence] = [
    PageSentence("Areas under the ROC curve.", when: "a model is judged") { !$0.models.isEmpty },
    PageSentence(
      "Difference: {} less {}; p corrected for looking at {} findings.",
      when: "there are two models, and a finding has a p"
    ) { $0.models.count == 2 && $0.differences.contains { $0.isTested } },
    PageSentence(
      "Difference: {} less {}, of which too few patients have a finding to test any.",
      when: "there are two models, and no finding has a p"
    ) { $0.models.count == 2 && $0.differences.contains { !$0.isTested } },
    PageSentence(
      "Area under the ROC curve with 95 % intervals; dashed, chance.", when: "pictures are drawn"
    ) { $0.isDrawn },
    PageSentence(
      "A finding that is n/a has no mark.", when: "pictures are drawn, and an area is not defined"
    ) { page in page.isDrawn && page.labels.contains { $0.ranking.auc.value == nil } },
    PageSentence(
      "Findings found against false alarms, with bands that hold 95 % of the draws at each rate; n, films with the finding.",
      when: "pictures are drawn"
    ) { $0.isDrawn },
    PageSentence(
      "No band where fewer than 8 patients have the finding, or lack it.",
      when: "pictures are drawn, and a defined area has no interval"
    ) { page in
      page.isDrawn
        && page.labels.contains { $0.ranking.auc.value != nil && $0.ranking.auc.interval == nil }
    },
    PageSentence(
      "Without a frame, because nothing is to be drawn: {}.",
      when: "pictures are drawn, and a finding has no films with or without it"
    ) { page in page.isDrawn && page.labels.contains { $0.ranking.auc.value == nil } },
    PageSentence(
      "Dots are the chosen thresholds.", when: "pictures are drawn, and a threshold was chosen"
    ) { $0.isDrawn && $0.hasChosen },
    PageSentence(
      "Average precision depends on how many films have the finding, and is too high on average where few do: its interval is of "
        + "sets of this size, with as many positives, and it is not to be compared with that of a set of another.",
      when: "an average precision is defined"
    ) { page in page.labels.contains { $0.ranking.averagePrecision.value != nil } },
    PageSentence(
      "An interval is n/a where fewer than {} patients have the finding, or lack it.",
      when: "an average precision has no interval"
    ) { page in page.labels.contains { $0.ranking.averagePrecision.interval == nil } },
    PageSentence(
      "How many alarms are right against how many findings are found; dashed, how common the finding is, which is what chance "
        + "gives.", when: "pictures are drawn"
    ) { $0.isDrawn },
    PageSentence(
      "The rarer the finding, the lower the curve of the same network.", when: "pictures are drawn"
    ) { $0.isDrawn },
    PageSentence(
      "Average precision, and how a regression on thumbnails ranks the same films.",
      when: "there is a regression on thumbnails"
    ) { page in page.models.contains { $0.yardstick != nil } },
    PageSentence("Average precision.", when: "there is a model, and no regression on thumbnails") {
      page in !page.models.isEmpty && !page.models.contains { $0.yardstick != nil }
    },
    PageSentence("{}: ROC curves, AUC in the legend.", when: "pictures are drawn") { $0.isDrawn },
    PageSentence(
      "{}: precision against recall, average precision in the legend.", when: "pictures are drawn"
    ) { $0.isDrawn },
  ]

  static let comparison: [PageSentence] = [
    PageSentence(
      "The same patients were drawn for both models, so what they have in common cancels.",
      when: "there are several models"
    ) { !$0.differences.isEmpty },
    PageSentence(
      "p is how often so large a difference would be seen on sets like this one if both were equally good; corrected, for "
        + "looking at many findings at once (Holm).", when: "there are several models"
    ) { !$0.differences.isEmpty },
    PageSentence(
      "Sensitivity and specificity are compared film by film, at each model's own threshold: more of one is often paid with "
        + "less of the other.", when: "models are compared at thresholds"
    ) { !$0.paired.isEmpty },
    PageSentence(
      "AUC differences with 95 % intervals; dashed, none.",
      when: "there are several models, and pictures are drawn"
    ) { !$0.differences.isEmpty && $0.isDrawn },
    PageSentence("Beyond it on the right the first ranks better.", when: "the same") {
      !$0.differences.isEmpty && $0.isDrawn
    },
    PageSentence(
      "{} less {}; corrected over the {} of {} findings that can be tested.",
      when: "there are several models, and a finding has a p"
    ) { $0.differences.contains { $0.isTested } },
    PageSentence(
      "{} less {}; of too few patients to test the area of any finding.",
      when: "there are several models, and no finding has a p"
    ) { $0.differences.contains { !$0.isTested } },
    PageSentence(
      "Sensitivity and specificity are at 0.5, p of findings corrected likewise; all: the mean AUC, and all film-and-finding "
        + "pairs.",
      when: "models are compared at 0.5, because they have no thresholds of the same findings"
    ) { $0.paired.contains { $0.isHalf } },
    PageSentence(
      "Sensitivity and specificity are at the chosen thresholds, p of findings corrected likewise; all: the mean AUC, and all "
        + "film-and-finding pairs.", when: "models are compared at chosen thresholds"
    ) { $0.paired.contains { !$0.isHalf } },
  ]

  static let points: [PageSentence] = [
    PageSentence(
      "Chosen thresholds follow a rule: youden, the largest sensitivity + specificity; sensitivity=S or specificity=S, at least "
        + "that; f1, the largest F1; cost=C, the least cost where a miss costs C false alarms.",
      when: "thresholds of a model were to be chosen"
    ) { !$0.fitted.isEmpty },
    PageSentence(
      "They are worth what the validation films are: 0.2 on 5 was chosen on five films with the finding, and the others.",
      when: "the same"
    ) { !$0.fitted.isEmpty },
    PageSentence(
      "Those chosen on fewer than ten are written fainter.",
      when: "one was chosen on fewer than ten films with the finding"
    ) { page in
      page.fitted.contains { $0.model.fit?.labels.contains { $0.positives < 10 } ?? false }
    },
    PageSentence(
      "PPV is the share of alarms that are right, NPV the share of all-clears that are; false alarms per found are those that "
        + "come with each film of the finding that is called.", when: "a model is judged"
    ) { !$0.models.isEmpty },
    PageSentence("All three depend on how common the finding is.", when: "a model is judged") {
      !$0.models.isEmpty
    },
    PageSentence(
      "∞ stands for an upper end beyond the number of films without the finding.",
      when: "false alarms per found reach beyond it"
    ) { page in
      page.labels.contains { label in
        [label.points.half, label.points.fitted].contains {
          ($0?.falseAlarmsPerFound.interval?.high ?? 0) > Double(label.films - label.positives)
        }
      }
    },
    PageSentence(
      "Where a prevalence was given, PPV is shown for it too.",
      when: "a finding's prevalence was given"
    ) { !$0.models.isEmpty && $0.hasPrevalence },
    PageSentence(
      "{}, at the threshold chosen on validation patients ({}).",
      when: "thresholds of a model were to be chosen"
    ) { !$0.fitted.isEmpty },
    PageSentence("{}, at 0.5.", when: "a model is judged") { !$0.models.isEmpty },
    PageSentence(
      "{}: the scores of films with and without the finding, as shares of each; log-odds.",
      when: "pictures are drawn, and a model gives log-odds"
    ) { page in page.isDrawn && page.models.contains { $0.model.kind == .logit } },
    PageSentence(
      "{}: the scores of films with and without the finding, as shares of each; as given.",
      when: "pictures are drawn, and a model gives other scores"
    ) { page in page.isDrawn && page.models.contains { $0.model.kind == .probability } },
    PageSentence("Dashed, the threshold.", when: "pictures are drawn") { $0.isDrawn },
    PageSentence("The outermost bars hold what lies beyond them.", when: "pictures are drawn") {
      $0.isDrawn
    },
    PageSentence(
      "Of the films that have a finding, how many the model calls positive.",
      when: "pictures are drawn"
    ) { $0.isDrawn },
    PageSentence(
      "Of the films that lack it, how many the model calls negative.", when: "pictures are drawn"
    ) { $0.isDrawn },
  ]
}

extension ModelDifference {
  fileprivate var isTested: Bool { labels.contains { $0.pValue != nil } }
}

extension JudgedPage {
  var hasChosen: Bool { labels.contains { $0.points.fitted != nil } }
  var hasPlatt: Bool {
    fitted.contains { $0.model.fit?.labels.contains { $0.platt != nil } ?? false }
  }

  private func right(_ model: ModelFigures) -> (right: Int, found: Int) {
    let counts = model.labels.map(\.points.half.counts)
    let found = counts.reduce(0) { $0 + $1.truePositives }
    return (counts.reduce(found) { $0 + $1.trueNegatives }, found)
  }

  /// Whether the model that is right most often is another than the one that finds most.
  var rewardsSilence: Bool {
    guard let accurate = models.max(by: { right($0).right < right($1).right }),
      let careful = models.max(by: { right($0).found < right($1).found })
    else { return false }
    return models.count > 1 && accurate.name != careful.name
  }

  /// How many more findings the one of two models finds at chosen thresholds; `nil` where these are not of as many labels.
  var foundMore: Int? {
    guard models.count == 2 else { return nil }
    let points = models.map { $0.labels.compactMap(\.points.fitted) }
    guard !points[0].isEmpty, points[0].count == points[1].count else { return nil }
    let found = points.map { $0.reduce(0) { $0 + $1.figures.counts.truePositives } }
    return abs(found[0] - found[1])
  }
}
