import CXRFiles
import CXRMetrics
import CXRReport

/// What a model calls right and wrong, pooled over labels and films.
public struct PooledPoints: Sendable {
  /// At 0.5.
  public let detection: DetectionRates
  /// At 0.5.
  public let half: ConfusionCounts
  /// At the fitted thresholds, over the labels that have one; `nil` where none has.
  public let fitted: ConfusionCounts?
  /// How many labels have a fitted threshold.
  public let fittedLabels: Int
  /// Labels for which no threshold could be chosen, because all validation films score alike.
  public let labelsOfEqualScores: [String]

  init(_ labels: [LabelFigures], fit: ValidationFit?) {
    detection = labels.reduce(DetectionRates()) { $0 + $1.points.detection }
    half = labels.reduce(ConfusionCounts()) { $0 + $1.points.half.counts }
    let counts = labels.compactMap { $0.points.fitted?.counts }
    fitted = counts.isEmpty ? nil : counts.reduce(ConfusionCounts(), +)
    fittedLabels = counts.count
    labelsOfEqualScores = fit?.labelsOfEqualScores ?? []
  }

  /// Labels without a threshold, and how the others' were chosen.
  func ruleJSON(_ fit: ValidationFit?) -> [(String, JSONValue)] {
    [
      ("operating_point", .string(orNull: fit?.operatingPoint)),
      ("equal_score_labels", .strings(labelsOfEqualScores)),
    ]
  }

  var json: [(String, JSONValue)] {
    [
      ("positives_found_percent", .number(orNull: detection.positivesFoundPercent)),
      ("negatives_found_percent", .number(orNull: detection.negativesFoundPercent)),
      ("binary_accuracy", .number(orNull: half.accuracy)),
      ("precision", .number(orNull: half.precision)), ("recall", .number(orNull: half.recall)),
      ("f1", .number(orNull: half.f1)),
      (
        "at_operating_point",
        fitted.map { counts in
          .object([
            ("sensitivity", .number(orNull: counts.recall)),
            ("specificity", .number(orNull: counts.specificity)),
            ("precision", .number(orNull: counts.precision)),
            ("f1", .number(orNull: counts.f1)),
          ])
        } ?? .null
      ),
    ]
  }
}

extension ModelFigures {
  /// How the fitted thresholds were chosen, and for how many of the labels where that is not all.
  public var fittedRule: String {
    let rule = model.fit?.operatingPoint ?? ""
    return pooled.fittedLabels < labels.count
      ? "\(rule) (\(pooled.fittedLabels) of \(labels.count) findings)" : rule
  }
}

extension EvaluationFigures {
  /// A row a model, as `headline.csv`.
  var headlineTable: FigureTable {
    FigureTable(
      "headline.csv",
      header: ["model"] + FigureTable.triple("mean_auc")
        + FigureTable.triple("mean_average_precision") + [
          "undefined_labels", "positives_found_percent", "negatives_found_percent",
          "binary_accuracy", "precision", "f1", "sensitivity_at_operating_point",
          "specificity_at_operating_point",
        ] + FigureTable.triple("baseline_mean_auc") + FigureTable.triple("over_baseline"),
      rows: models.map { model in
        let (ranking, pooled) = (model.ranking, model.pooled)
        return [.text(model.name)] + FigureTable.Cell.estimate(ranking.auc)
          + FigureTable.Cell.estimate(ranking.averagePrecision) + [
            .count(ranking.undefinedLabels.count),
            .number(pooled.detection.positivesFoundPercent),
            .number(pooled.detection.negativesFoundPercent), .number(pooled.half.accuracy),
            .number(pooled.half.precision), .number(pooled.half.f1),
            .number(pooled.fitted?.recall), .number(pooled.fitted?.specificity),
          ] + FigureTable.Cell.estimate(model.yardstick?.meanAUC ?? Estimate(nil))
          + FigureTable.Cell.estimate(model.yardstick?.difference.mean.auc ?? Estimate(nil))
      })
  }

  /// Adds the first tables.
  func addHeadline(to page: inout ReportPage) {
    let hasYardstick = models.contains { $0.yardstick != nil }
    page.table(
      header: ["model", "mean AUC", "mean average precision"]
        + (hasYardstick ? ["thumbnail regression's AUC", "over it"] : []),
      rows: models.map { model in
        [
          model.name, model.ranking.auc.text(digits: 3),
          model.ranking.averagePrecision.text(digits: 3),
        ]
          + (hasYardstick
            ? [
              model.yardstick?.meanAUC.text(digits: 3) ?? "n/a",
              model.yardstick?.difference.mean.auc.text(digits: 3) ?? "n/a",
            ] : [])
      },
      caption:
        "Means over the findings that are defined, with \(Interval.defaultLevelText) intervals.")
    page.table(
      header: [
        "model", "trained with", "threshold", "sensitivity", "specificity", "accuracy",
        "precision", "F1",
      ],
      rows: models.flatMap { model -> [[String]] in
        func row(_ point: String, _ counts: ConfusionCounts) -> [String] {
          [
            model.name, model.model.note, point, percent(counts.recall),
            percent(counts.specificity), percent(counts.accuracy),
            fixedPoint(counts.precision, digits: 3), fixedPoint(counts.f1, digits: 3),
          ]
        }
        return [row("0.5", model.pooled.half)]
          + (model.pooled.fitted.map { [row("chosen: \(model.fittedRule)", $0)] } ?? [])
      },
      caption:
        "Pooled over films and findings, at 0.5 and at thresholds chosen on validation patients, where there are some."
    )
  }
}
