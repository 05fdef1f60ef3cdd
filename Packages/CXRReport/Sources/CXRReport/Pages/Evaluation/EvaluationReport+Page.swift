import CXRFiles
import CXRMetrics

extension EvaluationReport {
  /// Draws the pictures and writes `report.html`.
  ///
  /// - Returns: why there are no pictures, if gnuplot is missing or failed.
  /// - Throws: `FileError`.
  public func write(
    to folder: String
  ) throws -> ReportError? {
    let figures = try FigureSet(figures, folder: folder)
    let undefined = models.first?.labels.filter { $0.auc.value == nil }.map(\.name) ?? []
    var page = ReportPage(
      title: models.count > 1 ? "\(models.count) models compared" : "Evaluation of one model",
      lead: "\(images) films of \(patients) patients (\(subset)), \(labels.count) findings"
        + (undefined.isEmpty
          ? ". "
          : ", \(undefined.count) of them n/a here for want of films with and without it "
            + "(\(undefined.joined(separator: ", "))). ")
        + "Intervals are of 95 %, from \(replicates) draws of patients, each with all of their films."
    )
    if let problem = figures.problem { page.callout(problem.description) }
    for warning in warnings { page.callout(warning) }
    if !notes.isEmpty { page.paragraph(notes.joined(separator: " ")) }
    addWarnings(to: &page)
    addHeadline(to: &page)
    page.heading(models.count > 1 ? "What the difference means" : "What the figures mean")
    for line in meaning { page.paragraph(line) }
    addDifferences(to: &page)
    addRanking(figures, to: &page)
    addOperatingPoints(figures, to: &page)
    addCalibration(figures, to: &page)
    addSubgroups(to: &page)
    addPlaces(to: &page)
    addExamples(to: &page)
    addReports(to: &page)
    addLimits(to: &page)
    try page.write(to: folder + "/report.html")
    return figures.problem
  }

  private func percent(_ value: Double?) -> String {
    value.map { fixedPoint($0 * 100, digits: 1) + " %" } ?? "n/a"
  }

  private func addWarnings(to page: inout ReportPage) {
    for model in models {
      if model.patientsSeenInTraining == nil {
        page.callout(
          "Whether \(model.name) was trained on some of these patients is not known; if it was, figures flatter it."
        )
      }
      if let seen = model.patientsSeenInTraining, seen > 0 {
        page.callout(
          "\(seen) of these \(patients) patients' identifiers also occur in the "
            + "training part of \(model.name); where they are the same people, figures flatter it.")
      }
      if model.patientsSeenInValidation > 0, model.operatingPoint != nil {
        page.callout(
          "The thresholds and calibrations of \(model.name) were chosen on patients of whom "
            + "\(model.patientsSeenInValidation) have the identifiers of these \(patients); where they are the same "
            + "people, what is said of thresholds and calibrations here flatters them.")
      }
      if !model.labelsOfEqualScores.isEmpty {
        page.callout(
          "\(model.name): no threshold could be chosen, because all validation films score alike: "
            + model.labelsOfEqualScores.joined(separator: ", ") + ".")
      }
      if !model.shifts.isEmpty {
        page.callout(
          "\(model.name): these findings are more or less common here than on the validation films, beyond "
            + "chance: "
            + model.shifts.map {
              "\($0.label) \(percent($0.here)) instead of \(percent($0.validation))"
            }.joined(separator: ", ")
            + ". Predictive values and calibrated probabilities do not carry over; AUC, sensitivity and "
            + "specificity may.")
      }
      if let over = model.overBaseline, let interval = over.interval, interval.low <= 0 {
        page.callout(
          "On these films \(model.name) \(interval.high < 0 ? "ranks worse than" : "cannot be told from") a regression "
            + "on thumbnails of 16 × 16 cells (mean AUC "
            + "less that of the regression: \(over.text(digits: 3))). A network must beat that to have learned "
            + "more than where films are bright.")
      }
    }
  }

  private func addHeadline(to page: inout ReportPage) {
    let hasBaseline = models.contains { $0.baseline != nil }
    page.table(
      header: ["model", "mean AUC", "mean average precision"]
        + (hasBaseline ? ["thumbnail regression's AUC", "over it"] : []),
      rows: models.map { model in
        [
          model.name, model.meanAUC.text(digits: 3), model.meanAveragePrecision.text(digits: 3),
        ]
          + (hasBaseline
            ? [
              model.baseline?.text(digits: 3) ?? "n/a",
              model.overBaseline?.text(digits: 3) ?? "n/a",
            ] : [])
      }, caption: "Means over the findings that are defined, with 95 % intervals.")
    page.table(
      header: [
        "model", "trained with", "threshold", "sensitivity", "specificity", "accuracy",
        "precision", "F1",
      ],
      rows: models.flatMap { model -> [[String]] in
        func row(_ point: String, _ counts: ConfusionCounts) -> [String] {
          [
            model.name, model.note, point, percent(counts.recall), percent(counts.specificity),
            percent(counts.accuracy), fixedPoint(counts.precision, digits: 3),
            fixedPoint(counts.f1, digits: 3),
          ]
        }
        var rows = [row("0.5", model.counts)]
        if let counts = model.fittedCounts {
          let count = model.labels.filter { $0.fitted != nil }.count
          rows.append(
            row(
              "chosen: \(model.operatingPoint ?? "")"
                + (count < model.labels.count
                  ? " (\(count) of \(model.labels.count) findings)" : ""),
              counts))
        }
        return rows
      },
      caption:
        "Pooled over films and findings, at 0.5 and at thresholds chosen on validation patients, where there are some."
    )
  }

  private func addDifferences(to page: inout ReportPage) {
    guard !differences.isEmpty else { return }
    page.heading("One model against another")
    page.paragraph(
      "The same patients were drawn for both models, so what they have in common cancels. p is the chance of such "
        + "a difference if there were none; corrected, for looking at many findings at once (Holm)."
    )
    for difference in differences {
      page.table(
        header: ["finding", "AUC difference", "p", "p corrected"],
        rows: zip(labels, difference.labels).map { name, row in
          [name, row.auc.text(digits: 3), pValueText(row.pValue), pValueText(row.corrected)]
        } + [
          [
            "mean of all", difference.mean.auc.text(digits: 3),
            pValueText(difference.mean.pValue), "",
          ]
        ], caption: "\(difference.name) less \(difference.other).")
    }
  }

  private func addRanking(_ figures: FigureSet, to page: inout ReportPage) {
    page.heading("Ranking: AUC and ROC")
    figures.add(
      "auc", to: &page,
      caption:
        "Area under the ROC curve with 95 % intervals; dashed, chance; n/a findings have no mark.")
    figures.add(
      "roc-by-finding", to: &page,
      caption:
        "Findings found against false alarms, with bands that hold 95 % of the draws at each rate.")
    page.heading("Precision and recall")
    figures.add(
      "precision-recall-by-finding", to: &page,
      caption:
        "How many alarms are right against how many findings are found. The rarer the finding, the "
        + "lower the curve of the same network.")
    page.beginDetails("All findings of a model in one frame")
    for (model, file) in zip(models, fileNames) {
      figures.add(
        "roc-\(file)", to: &page, caption: "\(model.name): ROC curves, AUC in the legend.")
      figures.add(
        "precision-recall-\(file)", to: &page,
        caption: "\(model.name): precision against recall, average precision in the legend.")
    }
    page.endDetails()
    for model in models {
      let hasBaseline = model.labels.contains { $0.baseline != nil }
      page.table(
        header: ["finding", "films with it", "patients", "AUC", "average precision"]
          + (hasBaseline ? ["thumbnail regression's AUC"] : []),
        rows: model.labels.map { label in
          [
            label.name, "\(label.counts.support)", "\(label.patientsWith)",
            label.auc.text(digits: 3), label.averagePrecision.text(digits: 3),
          ] + (hasBaseline ? [label.baseline?.text(digits: 3) ?? "n/a"] : [])
        }, caption: "\(model.name), finding by finding.")
    }
  }

  private func addOperatingPoints(_ figures: FigureSet, to page: inout ReportPage) {
    page.heading("Operating points")
    page.paragraph(
      "Chosen thresholds follow a rule: youden, the largest sensitivity + specificity; sensitivity=S or specificity=S, "
        + "at least that; f1, the largest F1; cost=C, the least cost where a miss costs C false alarms. They are worth "
        + "what the validation films are: 0.2 on 5 was chosen on five films with the finding, and the others. "
        + "PPV is the share of alarms that are right, NPV the share of all-clears that are. Both depend on how common "
        + "the finding is; where a prevalence was given, PPV is shown for it too.")
    for model in models {
      let hasPrevalence = model.labels.contains { $0.prevalence != nil }
      page.table(
        header: ["finding", "threshold", "sensitivity", "specificity", "PPV", "NPV"]
          + (hasPrevalence ? ["PPV at prevalence"] : []),
        rows: model.labels.flatMap { label -> [[String]] in
          func row(_ name: String, _ point: OperatingFigures, isFitted: Bool) -> [String] {
            let threshold = fixedPoint(point.threshold, digits: 3)
            let chosenOn = label.validationPositives.map { " on \($0)" } ?? ""
            return [
              name, isFitted ? "\(threshold)\(chosenOn)" : threshold,
              point.sensitivity.estimate.text(digits: 2),
              point.specificity.estimate.text(digits: 2),
              point.ppv.estimate.text(digits: 2), point.npv.estimate.text(digits: 2),
            ]
              + (hasPrevalence
                ? [
                  label.prevalence.flatMap { prevalence in
                    point.ppv(prevalence: prevalence).map {
                      Estimate($0, point.ppvInterval(prevalence: prevalence)).text(digits: 2)
                        + " at " + percent(prevalence)
                    }
                  } ?? "n/a"
                ] : [])
          }
          let half = row(label.name, label.half, isFitted: false)
          let blank = [String](repeating: "n/a", count: half.count - 2)
          return [
            half, label.fitted.map { row("", $0, isFitted: true) } ?? ["", "n/a"] + blank,
          ]
        },
        caption: "\(model.name), at 0.5 and at the threshold chosen on validation patients"
          + (model.operatingPoint.map { " (\($0))." } ?? "; none was chosen."))
    }
    page.beginDetails("Findings found and cleared at 0.5, as bars")
    figures.add(
      "positives-found", to: &page,
      caption: "Of the films that have a finding, how many the model calls positive.")
    figures.add(
      "negatives-found", to: &page,
      caption: "Of the films that lack it, how many the model calls negative.")
    page.endDetails()
  }

  private func addCalibration(_ figures: FigureSet, to page: inout ReportPage) {
    guard models.contains(where: { $0.labels.contains { !$0.calibrations.isEmpty } }) else {
      return
    }
    page.heading("Is 0.3 three in ten?")
    page.paragraph(
      "Films in ten groups of rising probability: what the model says against how many have the finding. On the "
        + "diagonal a probability means what it says. Class weights push probabilities up by design; taking them out "
        + "again needs no data, the fitted lines (Platt's, and all findings' together) were fitted on validation "
        + "patients.")
    for (model, file) in zip(models, fileNames) {
      figures.add(
        "reliability-\(file)", to: &page, caption: "\(model.name): observed against predicted.")
      let methods = model.labels.first { !$0.calibrations.isEmpty }?.calibrations.map(\.name) ?? []
      func calibration(_ label: Label, _ method: String) -> Calibration? {
        label.calibrations.first { $0.name == method }
      }
      page.table(
        header: ["read", "Brier score", "expected calibration error"],
        rows: methods.map { method in
          [
            method,
            fixedPoint(definedMean(model.labels.map { calibration($0, method)?.brier }), digits: 4),
            fixedPoint(
              definedMean(model.labels.map { calibration($0, method)?.expectedError }), digits: 4),
          ]
        }, caption: "\(model.name): means over the findings; less is better.")
      page.beginDetails("\(model.name): Brier score and calibration error, finding by finding")
      page.table(
        header: ["finding"] + methods.flatMap { ["Brier, \($0)", "ECE, \($0)"] },
        rows: model.labels.map { label in
          [label.name]
            + methods.flatMap { method in
              [
                fixedPoint(calibration(label, method)?.brier, digits: 4),
                fixedPoint(calibration(label, method)?.expectedError, digits: 4),
              ]
            }
        })
      page.endDetails()
    }
  }

  private func addSubgroups(to page: inout ReportPage) {
    guard models.contains(where: { !$0.subgroups.isEmpty }) else { return }
    page.heading("Who is served: by view, sex and age")
    page.paragraph(
      "A finding is judged within a group where at least ten patients have it and ten are without; otherwise it is "
        + "n/a and left out of the group's mean, so means of groups may be over different findings."
    )
    for model in models where !model.subgroups.isEmpty {
      page.table(
        header: ["group", "films", "patients", "findings judged", "mean AUC"],
        rows: model.subgroups.map { group in
          [
            group.name, "\(group.images)", "\(group.patients)",
            "\(group.labels.compactMap { $0 }.count) of \(labels.count)",
            group.meanAUC.text(digits: 3),
          ]
        }, caption: model.name)
      page.beginDetails(
        "\(model.name): AUC, sensitivity, specificity and calibration error a group and finding")
      page.paragraph(
        "At the chosen thresholds, or 0.5 where none was chosen; ECE after Platt's line, or of the output as it is "
          + "where there is none.")
      for group in model.subgroups {
        let judged = zip(labels, group.labels).compactMap { name, label in label.map { (name, $0) }
        }
        guard !judged.isEmpty else {
          page.paragraph("\(group.name): no finding has enough patients.")
          continue
        }
        page.table(
          header: ["finding", "AUC", "sensitivity", "specificity", "ECE, Platt"],
          rows: judged.map { name, label in
            [
              name, label.auc.text(digits: 2), label.sensitivity.text(digits: 2),
              label.specificity.text(digits: 2), fixedPoint(label.calibrationError, digits: 3),
            ]
          },
          caption: "\(group.name); \(labels.count - judged.count) findings n/a, of too few patients"
        )
      }
      page.endDetails()
    }
  }

  private func addPlaces(to page: inout ReportPage) {
    guard models.contains(where: { !$0.places.isEmpty }) else { return }
    page.heading("Does it look where the finding is?")
    page.paragraph(
      "Found means called positive at the chosen threshold, or 0.5. "
        + "Beside boxes in which the finding was drawn: how often the strongest place of the map lies in one; how often a "
        + "place chosen blindly would, and how often the strongest places of other films with the finding would, which "
        + "is what looking at the usual place is worth. Above is what lies above a share of the way from the map's "
        + "least to its most: of the box, and of the whole film, for three such shares.")
    for model in models where !model.places.isEmpty {
      let thresholds = model.places[0].coverage.map(\.threshold)
      page.table(
        header: [
          "finding", "boxed films", "peak in box", "among those found", "blind", "usual place",
        ]
          + thresholds.map { "above \(fixedPoint($0, digits: 2))" },
        rows: model.places.map { place in
          [
            place.label, "\(place.hits.films)", place.hits.estimate.text(digits: 2),
            place.hitsAmongTruePositives.estimate.text(digits: 2),
            fixedPoint(place.chance, digits: 2), fixedPoint(place.usualPlace, digits: 2),
          ]
            + place.coverage.map {
              "\(fixedPoint($0.ofBox, digits: 2)), \(fixedPoint($0.ofFilm, digits: 2))"
            }
        }, caption: model.name)
    }
  }

  private func addExamples(to page: inout ReportPage) {
    guard models.contains(where: { !$0.examples.isEmpty }) else { return }
    page.heading("The highest and lowest scores, right and wrong")
    page.paragraph(
      "Each film beside the same film with the map of the finding over it. The map is no estimate: the network's "
        + "log-odds are the mean of what its cells say. But each cell looks at a wide field around its place (in the "
        + "reference network nearly half of the film a side), and each map has a scale of its own, from its least to its "
        + "most: what shines on a film without the finding adds more than the rest, and may still speak against it."
    )
    page.colourBar(mapColours, low: "the film's least", high: "the film's most")
    for model in models where !model.examples.isEmpty {
      page.beginDetails("\(model.name): \(model.examples.count) films")
      page.contactSheet(
        model.examples.map { ($0.picture, "\($0.label): \($0.kind)", $0.detail) }, wide: true)
      page.endDetails()
    }
  }

  private func addReports(to page: inout ReportPage) {
    page.heading("As scikit-learn reports it, at 0.5")
    for model in models {
      page.beginDetails(model.name)
      page.preformatted(model.reportText)
      page.endDetails()
    }
    if !tables.isEmpty { page.links("All tables as files:", files: tables) }
  }

  private func addLimits(to page: inout ReportPage) {
    page.heading("What these figures do not say")
    page.paragraph(
      "The intervals speak of other patients of the same kind, seen with the same devices and labelled the same way. "
        + "They do not speak of another hospital, of another training run of the same network, or of how right the "
        + "labels are, which a program may have read from reports. A map shows what the network added up, not why. "
        + "Predictive values hold where the finding is as common as here. Groups are small where the table says so, and "
        + "a difference between groups may come from what else differs between them.")
  }
}
