import CXRFiles
import CXRMetrics
import CXRReport

/// What a model calls right and wrong, of all film-and-finding pairs and as means over the findings.
@dynamicMemberLookup public struct PooledPoint: Sendable {
  /// Counts and shares of all pairs; a patient's pairs go together.
  public let figures: OperatingFigures
  /// Of all pairs, those that are called right.
  public let accuracy: PatientProportion
  /// Over how many labels.
  public let labels: Int
  /// The mean of the labels' sensitivities where defined: each finding counts as much, not each film that has one.
  public let meanSensitivity: Double?
  /// The mean of the labels' specificities where defined.
  public let meanSpecificity: Double?
  /// The mean of the labels' PPV where defined.
  public let meanPPV: Double?

  /// `nil` without points.
  init?(_ points: [OperatingPoint]) {
    guard !points.isEmpty else { return nil }
    let calls = Calls(pooling: points.map(\.calls))
    (figures, accuracy, labels) = (calls.figures, calls.accuracy, points.count)
    meanSensitivity = definedMean(points.map(\.sensitivity.value))
    meanSpecificity = definedMean(points.map(\.specificity.value))
    meanPPV = definedMean(points.map(\.ppv.value))
  }

  /// Of ``figures``.
  public subscript<Value>(dynamicMember member: KeyPath<OperatingFigures, Value>) -> Value {
    figures[keyPath: member]
  }
}

/// What a model calls right and wrong over labels and films.
public struct PooledPoints: Sendable {
  /// At 0.5.
  public let detection: DetectionRates
  /// At 0.5; `nil` without labels.
  public let half: PooledPoint?
  /// At the fitted thresholds, over the labels that have one; `nil` where none has.
  public let fitted: PooledPoint?
  /// Labels for which no threshold could be chosen, because all validation films score alike.
  public let labelsOfEqualScores: [String]

  init(_ labels: [LabelFigures], fit: ValidationFit?) {
    detection = labels.reduce(DetectionRates()) { $0 + $1.points.detection }
    half = PooledPoint(labels.map(\.points.half))
    fitted = PooledPoint(labels.compactMap(\.points.fitted))
    labelsOfEqualScores = fit?.labelsOfEqualScores ?? []
  }

  /// At 0.5.
  var halfCounts: ConfusionCounts { half?.counts ?? ConfusionCounts() }

  /// By the points' names in tables.
  var points: [(name: String, point: PooledPoint)] {
    [("0.5", half), ("fitted", fitted)].compactMap { name, point in point.map { (name, $0) } }
  }

  /// Labels without a threshold, and how the others' were chosen.
  func ruleJSON(_ fit: ValidationFit?) -> [(String, JSONValue)] {
    [
      ("operating_point", .string(orNull: fit?.operatingPoint)),
      ("equal_score_labels", .strings(labelsOfEqualScores)),
    ]
  }

  var json: [(String, JSONValue)] {
    let counts = halfCounts
    return [
      ("positives_found_percent", .number(orNull: detection.positivesFoundPercent)),
      ("negatives_found_percent", .number(orNull: detection.negativesFoundPercent)),
      ("binary_accuracy", .number(orNull: counts.accuracy)),
      ("precision", .number(orNull: counts.precision)), ("recall", .number(orNull: counts.recall)),
      ("f1", .number(orNull: counts.f1)), ("at_half", half?.json ?? .null),
      ("at_operating_point", fitted?.json ?? .null),
    ]
  }
}

extension PooledPoint {
  private static let counts: [(key: String, of: @Sendable (ConfusionCounts) -> Int)] = [
    ("true_positives", { $0.truePositives }), ("false_positives", { $0.falsePositives }),
    ("true_negatives", { $0.trueNegatives }), ("false_negatives", { $0.falseNegatives }),
  ]

  private var estimates: [(key: String, estimate: Estimate)] {
    [
      ("sensitivity", figures.sensitivity.estimate), ("specificity", figures.specificity.estimate),
      ("ppv", figures.ppv.estimate), ("npv", figures.npv.estimate),
      ("false_alarms_per_found", figures.falseAlarmsPerFound), ("accuracy", accuracy.estimate),
    ]
  }

  private var means: [(key: String, mean: Double?)] {
    [
      ("mean_sensitivity", meanSensitivity), ("mean_specificity", meanSpecificity),
      ("mean_ppv", meanPPV),
    ]
  }

  fileprivate var json: JSONValue {
    .object(
      [("labels", .integer(labels))] + Self.counts.map { ($0.key, .integer($0.of(figures.counts))) }
        + estimates.flatMap { $0.estimate.json($0.key) }
        + [("f1", .number(orNull: figures.counts.f1))]
        + means.map { ($0.key, .number(orNull: $0.mean)) })
  }

  /// The columns of ``cells``.
  static let header =
    ["labels"] + counts.map(\.key)
    + [
      "sensitivity", "specificity", "ppv", "npv", "false_alarms_per_found", "accuracy",
    ].flatMap { FigureTable.triple($0) } + [
      "f1", "mean_sensitivity", "mean_specificity", "mean_ppv",
    ]

  var cells: [FigureTable.Cell] {
    [.count(labels)] + Self.counts.map { .count($0.of(figures.counts)) }
      + estimates.flatMap { FigureTable.Cell.estimate($0.estimate) }
      + [.number(figures.counts.f1)] + means.map { .number($0.mean) }
  }
}

extension ModelFigures {
  /// How the fitted thresholds were chosen, and for how many of the labels where that is not all.
  public var fittedRule: String {
    let rule = model.fit?.operatingPoint ?? ""
    let fitted = pooled.fitted?.labels ?? 0
    return fitted < labels.count ? "\(rule) (\(fitted) of \(labels.count) findings)" : rule
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
        ] + FigureTable.triple("baseline_mean_auc") + FigureTable.triple("over_baseline"),
      rows: models.map { model in
        let (ranking, pooled) = (model.ranking, model.pooled)
        return [.text(model.name)] + FigureTable.Cell.estimate(ranking.auc)
          + FigureTable.Cell.estimate(ranking.averagePrecision) + [
            .count(ranking.undefinedLabels.count),
            .number(pooled.detection.positivesFoundPercent),
            .number(pooled.detection.negativesFoundPercent),
          ] + FigureTable.Cell.estimate(model.yardstick?.meanAUC ?? Estimate(nil))
          + FigureTable.Cell.estimate(model.yardstick?.difference.mean.auc ?? Estimate(nil))
      })
  }

  /// Of all film-and-finding pairs, a row a model and point, as `pooled.csv`.
  var pooledTable: FigureTable {
    FigureTable(
      "pooled.csv", header: ["model", "point"] + PooledPoint.header,
      rows: models.flatMap { model in
        model.pooled.points.map { name, point in
          [.text(model.name), .text(name)] + point.cells
        }
      })
  }

  /// Adds the first tables.
  func addHeadline(to page: inout ReportPage) {
    let hasYardstick = models.contains { $0.yardstick != nil }
    page.table(
      header: ["model", "trained with", "mean AUC", "mean average precision"]
        + (hasYardstick ? ["thumbnail regression's AUC", "over it"] : []),
      rows: models.map { model in
        [
          model.name, model.model.note, model.ranking.auc.text(digits: 3),
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
        "model", "threshold", "sensitivity", "specificity", "accuracy", "PPV",
        "mean sensitivity", "mean specificity",
      ],
      rows: models.flatMap { model in
        model.pooled.points.map { name, point in
          [
            model.name, name == "0.5" ? name : "chosen: \(model.fittedRule)",
            point.sensitivity.estimate.text(digits: 3), point.specificity.estimate.text(digits: 3),
            point.accuracy.estimate.text(digits: 3), point.ppv.estimate.text(digits: 3),
            fixedPoint(point.meanSensitivity, digits: 3),
            fixedPoint(point.meanSpecificity, digits: 3),
          ]
        }
      },
      caption:
        "Of all film-and-finding pairs, where frequent findings count most, and beside them means over the findings, "
        + "where each counts as much; at 0.5 and at thresholds chosen on validation patients, where there are some."
    )
  }
}
