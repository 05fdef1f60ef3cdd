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

  /// Adds the chapter about what acting on probabilities is worth.
  func addDecisions(_ pictures: FigureSet, to page: inout ReportPage) {
    guard models.contains(where: { $0.labels.contains { $0.decision != nil } }) else { return }
    page.heading("Is acting on it worth it?")
    let decisions = models.flatMap { $0.labels.compactMap(\.decision) }
    page.sentences([
      "Net benefit counts findings found, less false alarms at the rate at which you would take them: whoever acts from a "
        + "probability of 0.1 on takes nine false alarms for one finding found. A model is worth acting on where its line lies above "
        + "both calling all films (grey) and calling none (nought). All "
        + "values are in decision_curves.csv.",
      decisions.contains { $0.method == .platt }
        ? "Probabilities are read by Platt's line where there is one." : nil,
    ])
    pictures.add(
      "decision-by-finding", to: &page,
      caption:
        "Net benefit, findings a film, against the probability from which films are called; each frame has its own height."
    )
  }

  /// The pictures of that chapter.
  var decisionPictures: [Figure] {
    [
      .panels(
        "decision-by-finding", description: "Net benefit", xLabel: "called from",
        yLabel: "net benefit",
        panels: labels.indices.map { k in
          // Without a film that has it nothing can be won.
          let curves = models.compactMap { model in
            model.labels[k].positives == 0 ? nil : model.labels[k].decision?.curve.points
          }
          let most = curves.first.map { $0.map(\.ofAll).max() ?? 0 } ?? 0
          // Below nought a model is of no use, and how far below no matter.
          func line(_ title: String, _ colour: Int, _ points: [(x: Double, y: Double)])
            -> Figure.Series
          {
            Figure.Series(
              title: title, points: points.filter { $0.y >= -0.25 * max(most, 0.001) },
              colour: colour)
          }
          return Figure.Panel(
            title: labels[k],
            lines: (curves.first.map { points in
              [line("all", Self.greyColour, points.map { ($0.threshold, $0.ofAll) })]
            } ?? [])
              + zip(models, curves).enumerated().map { m, own in
                line(own.0.name, m, own.1.map { ($0.threshold, $0.netBenefit) })
              }, level: 0)
        },
        legend: models.enumerated().map { ($1.name, $0) } + [("all films", Self.greyColour)],
        xRange: 0...(DecisionCurve.usualThresholds.last ?? 1), heights: .ownFromNought)
    ]
  }

  private static let greyColour = Figure.palette.count - 1
}
