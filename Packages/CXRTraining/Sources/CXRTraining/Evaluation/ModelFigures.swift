import CXRMetrics

/// The figures of one network on one set of films.
public struct ModelFigures: Sendable {
  /// The figures of one label.
  public struct Label: Sendable {
    /// The label.
    public let name: String
    /// `nil` unless both kinds occur.
    public let auc: Double?
    /// `nil` without positives.
    public let averagePrecision: Double?
    /// At 0.5.
    public let counts: ConfusionCounts
    /// At 0.5.
    public let detection: DetectionRates
  }

  /// A row a label.
  public let labels: [Label]
  /// Over the labels whose AUC is defined; `nil` where none is.
  public let meanAUC: Double?
  /// Labels whose AUC is undefined.
  public let undefinedLabels: [String]
  /// Pooled over labels and films.
  public let detection: DetectionRates
  /// Pooled over labels and films.
  public let counts: ConfusionCounts
  /// Precision, recall and F1 at 0.5.
  public let report: ClassificationReport

  /// Computes the figures of `model` in `evaluation`.
  public init(_ model: Evaluation.Model, in evaluation: Evaluation) {
    labels = evaluation.labels.indices.map { k in
      let (scores, truths) = evaluation.answers(of: model, label: k)
      return Label(
        name: evaluation.labels[k], auc: rocAUC(scores: scores, labels: truths),
        averagePrecision: averagePrecision(scores: scores, labels: truths),
        counts: ConfusionCounts(scores: scores, labels: truths),
        detection: DetectionRates(scores: scores, labels: truths))
    }
    let defined = labels.compactMap(\.auc)
    meanAUC = defined.isEmpty ? nil : defined.reduce(0, +) / Double(defined.count)
    undefinedLabels = labels.filter { $0.auc == nil }.map(\.name)
    detection = labels.reduce(DetectionRates()) { $0 + $1.detection }
    counts = labels.reduce(ConfusionCounts()) { $0 + $1.counts }
    report = ClassificationReport(
      names: evaluation.labels, predictions: model.probabilities.map { $0 > 0.5 },
      labels: evaluation.truths, known: evaluation.known)
  }

  /// The model's entry in `metrics.json`; undefined numbers are `null`.
  public func json(_ model: Evaluation.Model) -> JSONValue {
    .object([
      ("name", .string(model.name)), ("checkpoint", .string(model.checkpoint)),
      ("loss", .string(model.metadata.loss.rawValue)),
      ("patients_seen_in_training", .integer(model.patientsSeenInTraining)),
      ("mean_auc", .number(orNull: meanAUC)),
      ("undefined_auc_labels", .strings(undefinedLabels)),
      (
        "labels",
        .object(
          labels.map { label in
            (
              label.name,
              .object([
                ("auc", .number(orNull: label.auc)), ("auc_low", .null), ("auc_high", .null),
                ("average_precision", .number(orNull: label.averagePrecision)),
                ("precision", .number(orNull: label.counts.precision)),
                ("recall", .number(orNull: label.counts.recall)),
                ("f1", .number(orNull: label.counts.f1)),
                ("support", .integer(label.counts.support)),
                ("images", .integer(label.counts.total)),
                ("sensitivity", .number(orNull: label.counts.recall)),
                ("specificity", .number(orNull: label.counts.specificity)),
                (
                  "positives_found_percent",
                  .number(orNull: label.detection.positivesFoundPercent)
                ),
                (
                  "negatives_found_percent",
                  .number(orNull: label.detection.negativesFoundPercent)
                ),
              ])
            )
          })
      ),
      ("positives_found_percent", .number(orNull: detection.positivesFoundPercent)),
      ("negatives_found_percent", .number(orNull: detection.negativesFoundPercent)),
      ("binary_accuracy", .number(orNull: counts.accuracy)),
      ("precision", .number(orNull: counts.precision)), ("recall", .number(orNull: counts.recall)),
      ("f1", .number(orNull: counts.f1)),
    ])
  }
}

extension Evaluation {
  /// The document `metrics.json`.
  public func json(figures: [ModelFigures]) -> JSONValue {
    .object([
      ("subset", .string(subset?.rawValue ?? "all")), ("images", .integer(rows.count)),
      ("patients", .integer(patientCount)),
      ("threshold", .number(0.5)),
      (
        "models",
        .array(
          zip(models, figures).map { $1.json($0) })
      ),
    ])
  }

  /// The text of a model's `predictions-<name>.csv`.
  public func predictionsCSV(of model: Model) -> String {
    let classes = labels.count
    var text = CSVText.line(["Image Index"] + labels)
    for (n, row) in rows.enumerated() {
      text += CSVText.line(
        [collection.file.records[row].name]
          + model.probabilities[n * classes..<(n + 1) * classes].map { "\($0)" })
    }
    return text
  }
}
