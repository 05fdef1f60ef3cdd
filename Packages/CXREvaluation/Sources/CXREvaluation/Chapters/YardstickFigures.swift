import CXRFiles
import CXRMetrics
import CXRReport

/// How a regression on thumbnails ranks the same films, which a model must beat to have learned anything.
public struct YardstickFigures: Sendable {
  /// A label.
  public let auc: [Estimate]
  /// Over the defined ones.
  public let meanAUC: Estimate
  /// The model's areas less these.
  public let difference: ModelDifference
}

extension YardstickFigures {
  init(_ own: ModelDifference.Side, model: ModelDifference.Side, labels: [String]) {
    auc = own.draws.map { Estimate($0.area?.auc, $0.aucInterval()) }
    meanAUC = PatientBootstrap.meanAUC(of: own.draws)
    difference = ModelDifference(model, own, labels: labels)
  }

  /// What the yardstick goes by.
  static let name = "thumbnail regression"

  /// How the model stands to it, where it does not beat it; `nil` where it does, or that is not known.
  public var shortfall: String? {
    guard let interval = difference.mean.auc.interval, interval.low <= 0 else { return nil }
    return interval.high < 0 ? "ranks worse than" : "cannot be told from"
  }

  func json(labels: [String]) -> JSONValue {
    .object(
      meanAUC.json("mean_auc") + [
        ("labels", .object(zip(labels, auc).map { ($0, .object($1.json("auc"))) })),
        ("difference", .object(difference.areasJSON())),
      ])
  }

  /// What must be said before any figure.
  func addWarning(of model: String, to page: inout ReportPage) {
    guard let shortfall else { return }
    page.callout(
      "On these films \(model) \(shortfall) a regression on thumbnails of 16 × 16 cells (mean AUC "
        + "less that of the regression: \(difference.mean.auc.text(digits: 3))). A network must beat that to have learned "
        + "more than where films are bright.")
  }
}
