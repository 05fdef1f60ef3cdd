import CXRMetrics

@testable import CXREvaluation

/// What is said of groups, places, films, limits and methods.
extension PageSentences {
  static let groups: [PageSentence] = [
    PageSentence(
      "A finding is judged within a group where at least ten patients have it and ten are without; otherwise it is n/a there.",
      when: "there are groups"
    ) { !$0.groups.isEmpty },
    PageSentence(
      "Groups are compared with the largest of their kind, on the findings that both can be judged on, by the same draws of "
        + "patients: over all their findings means would differ because the findings do.",
      when: "groups can be compared"
    ) { !$0.groupDifferences.isEmpty },
    PageSentence(
      "{}: no two groups of a kind share a finding with enough patients.",
      when: "there are groups, and none can be compared"
    ) { page in
      page.models.contains { !$0.subgroups.isEmpty && $0.groupDifferences.isEmpty }
    },
    PageSentence(
      "{}: groups beside the largest of their kind, on findings of both.",
      when: "groups can be compared"
    ) { !$0.groupDifferences.isEmpty },
    PageSentence("{}: AUC a finding and group.", when: "there are groups") { !$0.groups.isEmpty },
    PageSentence(
      "At the chosen thresholds, or 0.5 where none was chosen; ECE after Platt's line, or of the output as it is where there "
        + "is none.", when: "a group has enough patients of a finding"
    ) { page in page.groups.contains { $0.hasJudged } },
    PageSentence(
      "{}, {}; {} findings n/a, of too few patients.",
      when: "a group has enough patients of a finding"
    ) { page in page.groups.contains { $0.hasJudged } },
    PageSentence("{}, {}: no finding has enough patients.", when: "a group has not") { page in
      page.groups.contains { !$0.hasJudged }
    },
  ]

  static let places: [PageSentence] = [
    PageSentence(
      "Beside boxes in which the finding was drawn: how often the strongest place of the map lies in one, of all films and of "
        + "those called at the chosen threshold, or 0.5; how often a place chosen blindly would, of those that can be a map's "
        + "strongest; and how often the strongest places of other films with the finding would, which is what looking at the "
        + "usual place is worth.", when: "there are boxes"
    ) { !$0.places.isEmpty },
    PageSentence(
      "A map has no place near a film's edge, where no cell is centred: boxes that lie there wholly are out of reach.",
      when: "a film's boxes lie where no map reaches"
    ) { page in page.places.contains { $0.total.unreachable > 0 } },
    PageSentence("They count as misses.", when: "the same") { page in
      page.places.contains { $0.total.unreachable > 0 }
    },
    PageSentence("{}: places beside boxes.", when: "there are boxes") { !$0.places.isEmpty },
    PageSentence(
      "{}: the share of the boxes, and of the whole film, that lies above a share of the way from the map's least to its most.",
      when: "there are boxes"
    ) { !$0.places.isEmpty },
  ]

  static let films: [PageSentence] = [
    PageSentence(
      "Of each finding the film with it that scores highest, the film without it that is called and scores highest, and the film "
        + "with it that is missed and scores lowest; no film is shown twice for a model, so where one is shown already, the next "
        + "is.", when: "films are shown"
    ) { !$0.examples.isEmpty },
    PageSentence(
      "Each film stands beside the same film with the map of the finding over it.",
      when: "films are shown, each with a map of several cells"
    ) { $0.hasShownMaps && !$0.hasHiddenMaps },
    PageSentence(
      "Each film stands beside the same film with the map of the finding over it, where there is one.",
      when: "films are shown, some with a map of several cells and some without"
    ) { $0.hasShownMaps && $0.hasHiddenMaps },
    PageSentence(
      "Maps of {} are of one cell, which tells no place, and are not shown.",
      when: "films are shown of a model whose maps have one cell"
    ) { $0.hasHiddenMaps },
    PageSentence(
      "The map is no estimate: the network's log-odds are the mean of what its cells say.",
      when: "films are shown with maps"
    ) { $0.hasShownMaps },
    PageSentence(
      "But each cell looks at a wide field around its place, and each map has a scale of its own, from its least to its most: what "
        + "shines on a film without the finding adds more than the rest, and may still speak against it.",
      when: "films are shown with maps"
    ) { $0.hasShownMaps },
    PageSentence(
      "White frames are boxes in which the finding was drawn.", when: "a film is shown with a box"
    ) { page in page.examples.contains { $0.boxCount > 0 } },
  ]

  static let limits: [PageSentence] = [
    PageSentence(
      "The intervals speak of other patients of the same kind, seen with the same devices and labelled the same way.",
      when: "an area has an interval"
    ) { $0.hasIntervals },
    PageSentence(
      "They do not speak of another hospital, of another training run of the same network, or of how right the labels are, which "
        + "a program may have read from reports.", when: "an area has an interval"
    ) { $0.hasIntervals },
    PageSentence(
      "These {} patients are too few: no area has an interval, and what is said of ranking may be chance.",
      when: "a model is judged, and no area has an interval"
    ) { !$0.models.isEmpty && !$0.hasIntervals },
    PageSentence(
      "A map shows what the network added up, not why.",
      when: "there are boxes, or films are shown with maps"
    ) { !$0.places.isEmpty || $0.hasShownMaps },
    PageSentence(
      "Predictive values hold where the finding is as common as here.", when: "a model is judged"
    ) { !$0.models.isEmpty },
    PageSentence(
      "A difference between groups may come from what else differs between them.",
      when: "groups can be compared"
    ) { !$0.groupDifferences.isEmpty },
  ]

  static let methods: [PageSentence] = [
    PageSentence(
      "Areas under the ROC curve have score intervals (Newcombe) whose variance is that of leaving patients out; average precision "
        + "has an interval on log-odds from {} bootstrap draws of patients (seed {}), each with all of their films.",
      when: "an area is defined"
    ) { page in page.labels.contains { $0.ranking.auc.value != nil } },
    PageSentence(
      "Sensitivity, specificity and predictive values have mid-P intervals of as many films as the patients' are worth (Korn and "
        + "Graubard).", when: "a model is judged"
    ) { !$0.models.isEmpty },
    PageSentence(
      "Thresholds were chosen on validation patients by {}, and applied to other patients.",
      when: "thresholds of a model were to be chosen"
    ) { !$0.fitted.isEmpty },
    PageSentence(
      "Probabilities were calibrated by Platt's lines, fitted on validation patients.",
      when: "a model has a Platt's line"
    ) { $0.hasPlatt },
    PageSentence(
      "Vector scaling, all findings' lines together, was fitted on the same patients.",
      when: "a model has a line of vector scaling"
    ) { page in
      page.fitted.contains { $0.model.fit?.labels.contains { $0.vector != nil } ?? false }
    },
    PageSentence(
      "Net benefit was computed at probabilities from 0.01 to 0.50.", when: "a model is judged"
    ) { !$0.models.isEmpty },
    PageSentence(
      "Models were held against a ridge regression on thumbnails of 16 × 16 cells, fitted on training patients.",
      when: "there is a regression on thumbnails"
    ) { page in page.models.contains { $0.yardstick != nil } },
    PageSentence(
      "Localisation is how often a map's strongest place lies in a box in which the finding was drawn.",
      when: "there are boxes"
    ) { !$0.places.isEmpty },
    PageSentence("Figures were made by {}.", when: "it is known by which program") {
      $0.report.program != nil && !$0.models.isEmpty
    },
    PageSentence(
      "Areas were compared by the same draws of patients, sensitivities and specificities by McNemar's test with patients as "
        + "clusters, with Holm's correction over the findings.", when: "there are several models"
    ) { !$0.differences.isEmpty },
    PageSentence(
      "Groups were compared with the largest of their kind on the findings with ten patients with and ten without it in both.",
      when: "groups can be compared"
    ) { !$0.groupDifferences.isEmpty },
    PageSentence("All intervals are of 95 %.", when: "a model is judged") { !$0.models.isEmpty },
    PageSentence("All tests are two-sided.", when: "models or groups are compared") {
      !$0.differences.isEmpty || !$0.groupDifferences.isEmpty
    },
    PageSentence("All tables as files: {}.", when: "a model is judged") { !$0.models.isEmpty },
  ]
}

extension JudgedPage {
  fileprivate var hasShownMaps: Bool { examples.contains { $0.hasMap } }
  fileprivate var hasHiddenMaps: Bool { examples.contains { !$0.hasMap } }
  fileprivate var hasIntervals: Bool { labels.contains { $0.ranking.auc.interval != nil } }
}

extension SubgroupFigures {
  /// Whether a finding has ten patients with and ten without it.
  fileprivate var hasJudged: Bool {
    labels.contains { $0.patientsWith >= 10 && $0.patientsWithout >= 10 }
  }
}
