import CXRCommandLine
import CXREvaluation
import CXRFiles
import CXRFilms
import CXRMetrics
import CXRTraining

extension Evaluate {
  func announce(_ evaluation: Evaluation) {
    for (path, labels) in evaluation.labelsWithoutRanking {
      Console.warn(
        "\(path): all scores of \(labels.joined(separator: ", ")) are exactly 0 or 1; are these what is true, and not what "
          + "was predicted? Name the column of predictions by --rename COLUMN=LABEL")
    }
    if let remark = evaluation.remarkOfThresholds { Console.note(remark) }
    for (path, columns) in evaluation.unjudgedColumns {
      Console.note(
        "\(path): columns that are no findings judged here: " + columns.joined(separator: ", "))
    }
    let unknown = evaluation.collection.matrix.unknowns(in: evaluation.rows)
    if !checkpoint.isEmpty, unknown.allSatisfy({ $0 == evaluation.rows.count }) {
      Console.warn(
        "the label file says nothing of any finding that the checkpoint answers; --remap says what they are called there"
      )
    }
    if !evaluation.skippedFilms.isEmpty {
      Console.warn(
        "\(evaluation.skippedFilms.count) films cannot be decoded, left out:\n"
          + evaluation.skippedFilms.prefix(20).map { "  \($0.name): \($0.reason)" }
          .joined(separator: "\n"))
    }
    for model in evaluation.models where model.fit != nil {
      guard let chosenOn = model.patientsSeenInValidation, chosenOn > 0 else { continue }
      Console.warn(
        "\(model.name): its thresholds and calibrations were chosen on patients of whom \(chosenOn) have the "
          + "identifiers of these \(evaluation.films.patientCount); where they are the same people, what is said of "
          + "thresholds and calibrations here flatters them")
    }
    for model in evaluation.models {
      guard let seen = model.patientsSeenInTraining else { continue }
      if seen > 0 || evaluation.subset == nil {
        Console.note(
          "\(model.name): \(seen) of \(evaluation.films.patientCount) patient "
            + "identifiers also occur in its training part; where they are the same people, figures "
            + "flatter the network")
      }
    }
  }

  /// What is said of boxes.
  func announce(_ list: BoxList, _ evaluation: Evaluation) {
    let path = boxes ?? ""
    let strangers = list.strangers(to: evaluation.labels)
    if !strangers.isEmpty {
      Console.note(
        "\(path): boxes of what is no finding judged here: " + strangers.joined(separator: ", "))
    }
    let used = evaluation.models.compactMap { $0.localisation?.total.hits.films }.max() ?? 0
    Console.note(
      "\(path): boxes of \(list.count) findings on films, \(used) of them on films that are "
        + "evaluated and have the finding")
    if list.isSuspiciouslySmall {
      Console.warn(
        "\(path): all boxes lie in the upper left quarter; are these coordinates of films of "
          + "1024 × 1024 pixels, as they must be?")
    }
  }

  /// What must be known before any figure.
  func warn(_ figures: EvaluationFigures) {
    for model in figures.models where !model.shifts.isEmpty {
      Console.warn(
        "\(model.name): more or less common here than on the validation films, beyond chance:\n"
          + model.shifts.map { "  \($0.label): \($0.shares)" }.joined(separator: "\n")
          + "\n  PPV, NPV and calibrated probabilities do not carry over to such films")
    }
    for model in figures.models where !model.pooled.labelsOfEqualScores.isEmpty {
      Console.warn(
        "\(model.name): no threshold could be chosen, because all validation films score alike: "
          + model.pooled.labelsOfEqualScores.joined(separator: ", "))
    }
  }

  private func percent(_ share: Double?) -> String {
    fixedPoint(share.map { $0 * 100 }, digits: 1) + (share == nil ? "" : " %")
  }

  /// The comparison, on standard output.
  func printComparison(_ report: EvaluationReport) {
    let figures = report.figures
    let undefined = figures.models.first?.ranking.undefinedLabels ?? []
    Console.result(
      report.unitsInWords
        + (undefined.isEmpty
          ? ""
          : ", \(undefined.count) of them n/a and left out of means: "
            + undefined.joined(separator: ", ")) + "\n")
    Console.table(
      header: ["model", "mean AUC", "positives found", "negatives found", "accuracy"],
      rows: figures.models.map { model in
        [
          model.name, model.ranking.auc.text(digits: 3),
          percent(model.pooled.detection.positivesFoundPercent.map { $0 / 100 }),
          percent(model.pooled.detection.negativesFoundPercent.map { $0 / 100 }),
          percent(model.pooled.half?.counts.accuracy),
        ]
      })
    let fitted = figures.models.filter { $0.pooled.fitted != nil }
    if !fitted.isEmpty {
      Console.result("\nat the thresholds chosen on validation patients:")
      Console.table(
        header: ["model", "chosen by", "positives found", "negatives found"],
        rows: fitted.map { model in
          [
            model.name, model.fittedRule, percent(model.pooled.fitted?.counts.recall),
            percent(model.pooled.fitted?.counts.specificity),
          ]
        })
    }
    let comparisons = figures.differences + figures.models.compactMap { $0.yardstick?.difference }
    if !comparisons.isEmpty {
      Console.result("\nmean AUC, one less another, on the same patients:")
      Console.table(
        header: ["model", "less", "difference", "p"],
        rows: comparisons.map {
          [$0.name, $0.other, $0.mean.auc.text(digits: 3), pValueText($0.mean.pValue)]
        })
    }
    for model in figures.models {
      guard let shortfall = model.yardstick?.shortfall else { continue }
      Console.result(
        "\(model.name) \(shortfall) a regression on "
          + "thumbnails on these films; a network must beat that to have learned more than where films are bright"
      )
    }
    for model in figures.models.map(\.model) {
      guard let total = model.localisation?.total else { continue }
      Console.result(
        "\n\(model.name): the map's peak lies in the box on \(total.hits.hits) of \(total.hits.films) "
          + "films, \(percent(total.hits.value)); of those called positive on "
          + "\(total.hitsAmongTruePositives.hits) of \(total.hitsAmongTruePositives.films), "
          + "\(percent(total.hitsAmongTruePositives.value)); blindly \(percent(total.chance)), at the "
          + "finding's usual place \(percent(total.usualPlace))")
    }
    Console.result("\nreport: \(output)/report.html")
  }
}
