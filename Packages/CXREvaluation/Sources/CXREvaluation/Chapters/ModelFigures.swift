import CXRFiles
import CXRMetrics

/// The figures of one model on one set of films.
public struct ModelFigures: Sendable {
  /// What is judged.
  public let model: ScoredModel
  /// A row a label.
  public let labels: [LabelFigures]
  /// Means over the labels.
  public let ranking: MeanRanking
  /// Pooled over labels and films.
  public let pooled: PooledPoints
  /// Precision, recall and F1 at 0.5.
  public let report: ClassificationReport
  /// By view, sex and age.
  public let subgroups: [SubgroupFigures]
  /// Groups beside the largest of their kind.
  public let groupDifferences: [GroupDifference]
  /// How the regression on thumbnails ranks the same films; `nil` where there is none.
  public let yardstick: YardstickFigures?
  /// Labels that are more, or less, common than on the validation films beyond chance.
  public let shifts: [PrevalenceShift]

  /// The model's name.
  public var name: String { model.name }

  /// The document of the model.
  ///
  /// - Parameter prevalences: how common labels are where the model will be used.
  func json(prevalences: [String: Double]) -> JSONValue {
    let facts: [(String, JSONValue)] = [
      ("name", .string(name)), ("checkpoint", .string(model.source)),
      ("loss", .string(orNull: model.loss)),
      ("patients_seen_in_training", .integer(orNull: model.patientsSeenInTraining)),
      ("patients_seen_in_validation", .integer(orNull: model.patientsSeenInValidation)),
    ]
    let parts: [(String, JSONValue)] = [
      ("baseline", yardstick?.json(labels: labels.map(\.name)) ?? .null),
      ("prevalence_shifts", .array(shifts.map(\.json))),
      ("localisation", model.localisation?.json ?? .null),
      ("subgroups", .array(subgroups.map(\.json))),
      ("subgroup_differences", .array(groupDifferences.map(\.json))),
    ]
    return .object(
      facts + ranking.json + pooled.ruleJSON(model.fit)
        + [
          (
            "labels",
            .object(labels.map { ($0.name, $0.json(prevalence: prevalences[$0.name])) })
          )
        ] + pooled.json + parts)
  }
}
