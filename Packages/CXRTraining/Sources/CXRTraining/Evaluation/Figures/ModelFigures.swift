import CXRMetrics

/// The figures of one model on one set of films.
public struct ModelFigures: Sendable {
  /// The model's name.
  public let name: String
  /// A row a label.
  public internal(set) var labels: [LabelFigures]
  /// Over the labels whose AUC is defined; `nil` where none is.
  public internal(set) var meanAUC = Estimate(nil)
  /// Over the labels whose average precision is defined.
  public internal(set) var meanAveragePrecision = Estimate(nil)
  /// Labels whose AUC is undefined.
  public let undefinedLabels: [String]
  /// Labels for which no threshold could be chosen, because all validation films score alike.
  public let labelsOfEqualScores: [String]
  /// At 0.5, pooled over labels and films.
  public let detection: DetectionRates
  /// At 0.5, pooled over labels and films.
  public let counts: ConfusionCounts
  /// At the fitted thresholds, pooled over the labels that have one; `nil` where none has.
  public let fittedCounts: ConfusionCounts?
  /// Precision, recall and F1 at 0.5.
  public let report: ClassificationReport
  /// By view, sex and age.
  public internal(set) var subgroups: [Subgroup] = []
  /// How the regression on thumbnails ranks the same films; `nil` where the checkpoint has none.
  public internal(set) var baseline: Ranking?
  /// The model's areas less the yardstick's.
  public internal(set) var overBaseline: ModelDifference?

  /// Areas under ROC curves.
  public struct Ranking: Sendable {
    /// A label.
    public internal(set) var auc: [Estimate]
    /// Over the defined ones.
    public internal(set) var meanAUC: Estimate
  }

  /// Films that have something in common.
  public struct Subgroup: Sendable {
    /// `view`, `sex` or `age`.
    public let kind: String
    /// Such as `PA`, `F` or `40-59`.
    public let name: String
    /// How many.
    public let films: Int
    /// Whose.
    public let patients: Int
    /// A row a label; see ``isTelling(_:)``.
    public internal(set) var labels: [LabelFigures]
    /// Over the labels that are telling.
    public internal(set) var meanAUC = Estimate(nil)

    /// The fewest patients with a finding, and without it, from whom anything is concluded.
    public static let leastPatients = 10

    /// Whether there are enough patients with and without a label; figures of others are n/a.
    public func isTelling(_ label: LabelFigures) -> Bool {
      label.patientsWith >= Self.leastPatients && label.patientsWithout >= Self.leastPatients
    }
  }

  init(_ model: Evaluation.Model, answers: FilmAnswers, labels: [LabelFigures]) {
    name = model.name
    self.labels = labels
    meanAUC.value = definedMean(labels.map(\.auc.value))
    meanAveragePrecision.value = definedMean(labels.map(\.averagePrecision.value))
    undefinedLabels = labels.filter { $0.auc.value == nil }.map(\.name)
    labelsOfEqualScores = model.fit?.labelsOfEqualScores ?? []
    detection = labels.reduce(DetectionRates()) { $0 + $1.detection }
    counts = labels.reduce(ConfusionCounts()) { $0 + $1.half.counts }
    let fitted = labels.compactMap(\.fitted?.counts)
    fittedCounts = fitted.isEmpty ? nil : fitted.reduce(ConfusionCounts(), +)
    report = ClassificationReport(
      names: answers.labels, predictions: answers.scores.map { isCalledPositive($0, above: 0.5) },
      labels: answers.truths, known: answers.isKnown)
  }
}
