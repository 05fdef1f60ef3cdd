import CXRFiles
import CXRMetrics

/// The figures of one model, one label and one group of films.
public struct LabelFigures: Sendable {
  /// The label.
  public let name: String
  /// Films of which it is known whether they have it.
  public let films: Int
  /// Films that have it.
  public let positives: Int
  /// Patients with a film that has it.
  public let patientsWith: Int
  /// Patients with a film that lacks it.
  public let patientsWithout: Int
  /// How well scores rank the films.
  public internal(set) var ranking: RankingFigures
  /// What is called positive at thresholds.
  public let points: OperatingPoints
  /// Each way of calibrating that there is.
  public let calibrations: [CalibrationFigures]
  /// What acting on the probabilities is worth; `nil` of a group's.
  public let decision: DecisionFigures?

  /// - Parameters:
  ///   - known: the films of the group of which the label is known.
  ///   - name: the label.
  ///   - fit: what was chosen on validation films.
  ///   - weightRatio: of the loss's class weights; `nil` where it had none.
  ///   - isOfAll: whether these are all films, not a group's.
  init(
    _ known: FilmAnswers.Known, name: String, fit: ValidationFit.Label?, weightRatio: Double?,
    isOfAll: Bool
  ) {
    self.name = name
    films = known.truths.count
    positives = known.truths.filter { $0 }.count
    func owners(_ kind: Bool) -> Int {
      Set(zip(known.patients.numbers, known.truths).filter { $1 == kind }.map(\.0)).count
    }
    (patientsWith, patientsWithout) = (owners(true), owners(false))
    ranking = RankingFigures(known)
    points = OperatingPoints(known, fit: fit)
    calibrations = CalibrationFigures.all(
      known, fit: fit, weightRatio: weightRatio, withLines: isOfAll)
    decision = isOfAll ? DecisionFigures(known, fit: fit) : nil
  }

  /// The fewest patients with a finding, and without it, from whom anything is concluded of a group of films.
  public static let leastPatientsOfAKind = 10
  /// Whether there are enough patients with and without the finding; of a group, figures of others are n/a.
  public var isTelling: Bool {
    patientsWith >= Self.leastPatientsOfAKind && patientsWithout >= Self.leastPatientsOfAKind
  }

  /// The document of the label; `prevalence` is how common the finding is where the model will be used.
  func json(prevalence: Double?) -> JSONValue {
    let atHalf = points.half.counts
    return .object(
      ranking.json + [
        ("precision", .number(orNull: atHalf.precision)),
        ("recall", .number(orNull: atHalf.recall)), ("f1", .number(orNull: atHalf.f1)),
        ("support", .integer(positives)), ("images", .integer(films)),
        ("patients_with", .integer(patientsWith)), ("patients_without", .integer(patientsWithout)),
      ] + points.json(prevalence: prevalence) + [
        ("calibration", CalibrationFigures.json(calibrations))
      ])
  }
}
