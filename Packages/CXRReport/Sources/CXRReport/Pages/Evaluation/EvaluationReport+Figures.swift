import CXRFiles
import CXRMetrics

extension EvaluationReport {
  /// All pictures of the page.
  var figures: [Figure] {
    var figures: [Figure] = []
    for (model, file) in zip(models, fileNames) {
      figures += [rocFigure(model, file), precisionRecallFigure(model, file)]
      if model.labels.contains(where: { !$0.calibrations.isEmpty }) {
        figures.append(reliabilityFigure(model, file))
      }
    }
    figures.append(
      .intervals(
        "auc", description: "AUC a label and model, with 95 % intervals",
        valueLabel: "AUC with 95 % interval (0.5 is chance)", categories: labels,
        series: models.map { ($0.name, $0.labels.map(\.auc)) }, reference: 0.5))
    figures.append(
      .bars(
        "positives-found", description: "Positives found at 0.5, a label and model",
        valueLabel: "percent of the films with the finding, found at 0.5", categories: labels,
        series: models.map { ($0.name, $0.labels.map(\.detection.positivesFoundPercent)) },
        range: "[0:100]"))
    figures.append(
      .bars(
        "negatives-found", description: "Negatives found at 0.5, a label and model",
        valueLabel: "percent of the films without the finding, found at 0.5", categories: labels,
        series: models.map { ($0.name, $0.labels.map(\.detection.negativesFoundPercent)) },
        range: "[0:100]"))
    return figures + [rocPanels, precisionPanels]
  }

  private func rocPoints(_ label: Label) -> [(x: Double, y: Double)] {
    ROCCurve(scores: label.scores, labels: label.truths).map { curve in
      Figure.thinned(
        zip(curve.falsePositiveRates, curve.truePositiveRates).map { (x: $0, y: $1) })
    } ?? []
  }

  private func precisionPoints(_ label: Label) -> [(x: Double, y: Double)] {
    PrecisionRecallCurve(scores: label.scores, labels: label.truths).map { curve in
      Figure.thinned(zip(curve.recalls, curve.precisions).map { (x: $0, y: $1) })
    } ?? []
  }

  /// The curves of all findings, each with its area in the legend.
  private func series(
    _ model: Model, points: (Label) -> [(x: Double, y: Double)], area: (Label) -> Estimate
  ) -> [Figure.Series] {
    model.labels.enumerated().compactMap { k, label in
      let points = points(label)
      guard !points.isEmpty else { return nil }
      return Figure.Series(
        title: "\(label.name) \(fixedPoint(area(label).value, digits: 3))", points: points,
        colour: k, dash: 1 + k / Figure.palette.count)
    }
  }

  private func rocFigure(_ model: Model, _ file: String) -> Figure {
    .lines(
      "roc-\(file)", description: "ROC curves of \(model.name)",
      xLabel: "false-positive rate (false alarms)", yLabel: "true-positive rate (findings found)",
      series: series(model, points: rocPoints, area: \.auc), xRange: "[0:1]", yRange: "[0:1]",
      diagonal: true, square: true, legendOutside: true)
  }

  private func precisionRecallFigure(_ model: Model, _ file: String) -> Figure {
    .lines(
      "precision-recall-\(file)", description: "Precision-recall curves of \(model.name)",
      xLabel: "recall (findings found)", yLabel: "precision (alarms that are right)",
      series: series(model, points: precisionPoints, area: \.averagePrecision),
      xRange: "[0:1]", yRange: "[0:1]", square: true, legendOutside: true)
  }

  private func panels(
    _ name: String, description: String, xLabel: String, yLabel: String, diagonal: Bool,
    points: (Label) -> [(x: Double, y: Double)], band: (Label) -> [BandPoint]
  ) -> Figure {
    .panels(
      name, description: description, xLabel: xLabel, yLabel: yLabel,
      panels: labels.indices.map { k in
        Figure.Panel(
          title: labels[k],
          bands: models.enumerated().map { m, model in
            (
              band(model.labels[k]).map { (x: $0.x, low: $0.interval.low, high: $0.interval.high) },
              m
            )
          },
          lines: models.enumerated().map { m, model in
            Figure.Series(title: model.name, points: points(model.labels[k]), colour: m)
          })
      }, legend: models.enumerated().map { ($1.name, $0, 1) }, diagonal: diagonal)
  }

  private var rocPanels: Figure {
    panels(
      "roc-by-finding", description: "ROC curves a finding, with 95 % bands",
      xLabel: "false alarms", yLabel: "findings found", diagonal: true, points: rocPoints,
      band: \.rocBand)
  }

  private var precisionPanels: Figure {
    panels(
      "precision-recall-by-finding", description: "Precision-recall curves a finding, with bands",
      xLabel: "findings found", yLabel: "alarms that are right", diagonal: false,
      points: precisionPoints, band: \.precisionBand)
  }

  private func reliabilityFigure(_ model: Model, _ file: String) -> Figure {
    let methods = model.labels.first { !$0.calibrations.isEmpty }?.calibrations.map(\.name) ?? []
    return .panels(
      "reliability-\(file)", description: "Reliability of \(model.name), a finding",
      xLabel: "predicted", yLabel: "observed",
      panels: model.labels.map { label in
        Figure.Panel(
          title: label.name,
          lines: methods.enumerated().compactMap { i, method in
            label.calibrations.first { $0.name == method }.map { calibration in
              Figure.Series(
                title: method,
                points: calibration.curve.groups.map { ($0.predicted, $0.observed) }, colour: i,
                dash: 1)
            }
          })
      }, legend: methods.enumerated().map { ($1, $0, 1) }, diagonal: true, withPoints: true,
      scaled: true)
  }
}
