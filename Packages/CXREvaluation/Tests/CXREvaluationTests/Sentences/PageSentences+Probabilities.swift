import CXRMetrics

@testable import CXREvaluation

/// What is said of probabilities.
extension PageSentences {
  static let worth: [PageSentence] = [
    PageSentence(
      "Net benefit counts findings found, less false alarms at the rate at which you would take them: whoever acts from a "
        + "probability of 0.1 on takes nine false alarms for one finding found.",
      when: "a model is judged"
    ) { !$0.models.isEmpty },
    PageSentence(
      "A model is worth acting on where its line lies above both calling all films (grey) and calling none (nought).",
      when: "a model is judged"
    ) { !$0.models.isEmpty },
    PageSentence("All values are in decision_curves.csv.", when: "a model is judged") {
      !$0.models.isEmpty
    },
    PageSentence(
      "Probabilities are read by Platt's line where there is one.",
      when: "a model has a Platt's line"
    ) { $0.hasPlatt },
    PageSentence(
      "Net benefit, findings a film, against the probability from which films are called; each frame has its own height.",
      when: "pictures are drawn"
    ) { $0.isDrawn },
  ]

  static let calibration: [PageSentence] = [
    PageSentence(
      "Films in ten groups of rising probability: what the model says against how many have the finding.",
      when: "a model is judged"
    ) { !$0.models.isEmpty },
    PageSentence("On the diagonal a probability means what it says.", when: "a model is judged") {
      !$0.models.isEmpty
    },
    PageSentence(
      "Class weights push probabilities up by design; taking them out again needs no data.",
      when: "a model was trained with class weights"
    ) { page in page.models.contains { $0.model.weightRatios?.contains { $0 != nil } ?? false } },
    PageSentence(
      "Platt's lines, and those of vector scaling, all findings' together, were fitted on validation patients.",
      when: "a model has a Platt's line"
    ) { $0.hasPlatt },
    PageSentence(
      "Brier skill is by how much probabilities come nearer to the truths than the finding's share of these films does, 1 at "
        + "best, below 0 where they are worse than that.", when: "a model is judged"
    ) { !$0.models.isEmpty },
    PageSentence(
      "The calibration error (ECE) is never 0 on a set of this size: beside it stands what chance alone would give, were all "
        + "probabilities right and films independent.",
      when: "there are a hundred films of a finding"
    ) { page in page.labels.contains { $0.films >= 100 } },
    PageSentence(
      "O:E is how many have the finding to how many the probabilities promise; intercept and slope are what would have to be "
        + "added to log-odds, and by what they would have to be multiplied: 0 and 1 where they are right.",
      when: "a model is judged"
    ) { !$0.models.isEmpty },
    PageSentence(
      "{}: observed against predicted; bars, 95 % intervals of a group's films; rings, groups of fewer than {} films.",
      when: "pictures are drawn"
    ) { $0.isDrawn },
    PageSentence(
      "{}: means over the findings, and for how many the interval of O:E holds 1.",
      when: "a model is judged"
    ) { !$0.models.isEmpty },
    PageSentence("{}, as it is.", when: "a model is judged") { !$0.models.isEmpty },
    PageSentence("{}, weights taken out.", when: "a model was trained with class weights") { page in
      page.models.contains { $0.model.weightRatios?.contains { $0 != nil } ?? false }
    },
    PageSentence("{}, Platt.", when: "a model has a Platt's line") { $0.hasPlatt },
    PageSentence("{}, vector scaling.", when: "a model has a line of vector scaling") { page in
      page.fitted.contains { $0.model.fit?.labels.contains { $0.vector != nil } ?? false }
    },
  ]
}
