import CXRReport

extension EvaluationReport {
  /// What must be known of a model before any figure.
  func addWarnings(of model: ModelFigures, to page: inout ReportPage) {
    let (name, patients) = (model.name, figures.films.patientCount)
    if model.model.patientsSeenInTraining == nil {
      page.callout(
        "Whether \(name) was trained on some of these patients is not known; if it was, figures flatter it."
      )
    }
    if let seen = model.model.patientsSeenInTraining, seen > 0 {
      page.callout(
        "\(seen) of these \(patients) patients' identifiers also occur in the "
          + "training part of \(name); where they are the same people, figures flatter it.")
    }
    if let chosenOn = model.model.patientsSeenInValidation, chosenOn > 0, model.model.fit != nil {
      page.callout(
        "The thresholds and calibrations of \(name) were chosen on patients of whom "
          + "\(chosenOn) have the identifiers of these \(patients); where they are the same "
          + "people, what is said of thresholds and calibrations here flatters them.")
    }
    if !model.pooled.labelsOfEqualScores.isEmpty {
      page.callout(
        "\(name): no threshold could be chosen, because all validation films score alike: "
          + model.pooled.labelsOfEqualScores.joined(separator: ", ") + ".")
    }
    if let interval = model.ranking.auc.interval, interval.high < 0.5 {
      page.callout(
        "\(name) ranks films worse than a coin: mean AUC \(model.ranking.auc.text(digits: 3)). Of one trained on these findings "
          + "that is no small fault: are its columns, or yes and no, exchanged?")
    }
    PrevalenceShift.addWarning(model.shifts, of: name, to: &page)
    model.yardstick?.addWarning(of: name, to: &page)
  }

  /// What figures do not say.
  func addLimits(to page: inout ReportPage) {
    page.heading("What these figures do not say")
    let hasIntervals = figures.models.contains {
      $0.labels.contains { $0.ranking.auc.interval != nil }
    }
    let hasMaps = figures.models.contains {
      $0.model.localisation != nil || $0.model.examples.contains(where: \.hasMap)
    }
    page.sentences([
      hasIntervals
        ? "The intervals speak of other patients of the same kind, seen with the same devices and labelled the same way. "
          + "They do not speak of another hospital, of another training run of the same network, or of how right the "
          + "labels are, which a program may have read from reports."
        : "These \(figures.films.patientCount) patients are too few: no area has an interval, and what is said of ranking may be "
          + "chance.",
      hasMaps ? "A map shows what the network added up, not why." : nil,
      "Predictive values hold where the finding is as common as here.",
      figures.models.contains { !$0.groupDifferences.isEmpty }
        ? "A difference between groups may come from what else differs between them." : nil,
    ])
  }
}
