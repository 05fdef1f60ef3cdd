import CXRFiles
import CXRMetrics
import CXRReport

/// What acting on a label's probabilities is worth, at each exchange of false alarms for a finding.
public struct DecisionFigures: Sendable {
  /// How the probabilities were calibrated: by Platt's line where there is one.
  public let method: CalibrationMethod
  /// Net benefits by threshold.
  public let curve: DecisionCurve

  init(_ known: FilmAnswers.Known, fit: ValidationFit.Label?) {
    let platt = CalibrationMethod.platt.map(fit: fit, weightRatio: nil)
    method = platt == nil ? .none : .platt
    curve = DecisionCurve(
      probabilities: platt.map { known.probabilities.map($0) } ?? known.probabilities,
      labels: known.truths)
  }
}

extension EvaluationFigures {
  /// Net benefits a model, label and threshold, as `decision_curves.csv`.
  var decisionTable: FigureTable {
    FigureTable(
      "decision_curves.csv",
      header: ["model", "label", "method", "threshold", "net_benefit", "net_benefit_of_all"],
      rows: models.flatMap { model in
        model.labels.flatMap { label in
          label.decision.map { decision in
            decision.curve.points.map { point in
              [
                .text(model.name), .text(label.name), .text(decision.method.rawValue),
                .number(point.threshold), .number(point.netBenefit), .number(point.ofAll),
              ]
            }
          } ?? []
        }
      })
  }
}
