import CXRMetrics
import CXRNet

/// How well a model's probabilities are probabilities, by one way of calibrating them.
public struct CalibrationFigures: Sendable {
  /// How.
  public let method: CalibrationMethod
  /// Less is better; `nil` without films.
  public let brier: Double?
  /// The expected calibration error in ten groups of as many films; `nil` of fewer than ``leastFilms``, whose groups
  /// would show an error by chance alone.
  public let expectedError: Double?
  /// The fewest films of which a calibration error is given.
  public static let leastFilms = 100
  /// In ten groups of as many films.
  public let curve: ReliabilityCurve

  init(_ method: CalibrationMethod, probabilities: [Double], labels: [Bool]) {
    self.method = method
    brier = brierScore(probabilities: probabilities, labels: labels)
    curve = ReliabilityCurve(probabilities: probabilities, labels: labels)
    expectedError = labels.count >= Self.leastFilms ? curve.expectedError : nil
  }
}

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
  /// `nil` unless both kinds occur.
  public internal(set) var auc = Estimate(nil)
  /// `nil` without positives.
  public internal(set) var averagePrecision = Estimate(nil)
  /// The interval of ``auc`` by DeLong's variance, films being independent, which they are not.
  public let deLong: Interval?
  /// The interval of ``auc`` by DeLong's variance with patients as clusters.
  public let deLongByPatient: Interval?
  /// At 0.5.
  public let half: OperatingFigures
  /// At the threshold that was chosen on validation films; `nil` where none was.
  public let fitted: OperatingFigures?
  /// Of how many validation films with the finding the threshold and the calibrations know; `nil` where none were chosen.
  public let validationPositives: Int?
  /// At 0.5.
  public let detection: DetectionRates
  /// Each way of calibrating that there is.
  public let calibrations: [CalibrationFigures]
  /// The band of the ROC curve; empty for groups.
  public internal(set) var rocBand: [BandPoint] = []
  /// The band of the precision-recall curve; empty for groups.
  public internal(set) var precisionBand: [BandPoint] = []

  /// - Parameters:
  ///   - known: the films of the group of which the label is known.
  ///   - fit: what was chosen on validation films.
  ///   - weightRatio: of the loss's class weights; `nil` where it had none.
  init(
    _ known: FilmAnswers.Known, name: String, fit: ValidationFit.Label?, weightRatio: Double?
  ) {
    self.name = name
    let (scores, truths, patients) = (known.scores, known.truths, known.patients)
    films = truths.count
    positives = truths.filter { $0 }.count
    func owners(_ kind: Bool) -> Int {
      Set(zip(patients.numbers, truths).filter { $1 == kind }.map(\.0)).count
    }
    (patientsWith, patientsWithout) = (owners(true), owners(false))
    let area = DeLong(scores: scores, labels: truths)
    auc.value = rocAUC(scores: scores, labels: truths)
    averagePrecision.value = CXRMetrics.averagePrecision(scores: scores, labels: truths)
    deLong = area?.interval()
    deLongByPatient = area?.interval(patients: patients)
    half = OperatingFigures(scores: scores, labels: truths, patients: patients, threshold: 0.5)
    fitted = fit?.threshold.map {
      OperatingFigures(scores: scores, labels: truths, patients: patients, threshold: $0)
    }
    validationPositives = fit?.positives
    detection = DetectionRates(scores: scores, labels: truths)
    calibrations = CalibrationMethod.allCases.compactMap { method in
      guard let map = method.map(fit: fit, weightRatio: weightRatio) else { return nil }
      return CalibrationFigures(method, probabilities: scores.map(map), labels: truths)
    }
  }

  /// The figures of one way of calibrating.
  public func calibration(_ method: CalibrationMethod) -> CalibrationFigures? {
    calibrations.first { $0.method == method }
  }
}

extension CalibrationMethod {
  /// How a probability of one label is calibrated; `nil` where what it needs is missing.
  ///
  /// - Parameters:
  ///   - fit: what was chosen on validation films.
  ///   - weightRatio: of the loss's class weights; `nil` where it had none.
  func map(fit: ValidationFit.Label?, weightRatio: Double?) -> (@Sendable (Double) -> Double)? {
    switch self {
    case .none: return { $0 }
    case .weights:
      guard let weightRatio else { return nil }
      return { weightCorrected($0, ratio: weightRatio) }
    case .platt:
      guard let line = fit?.platt else { return nil }
      return { line($0) }
    case .vector:
      guard let line = fit?.vector else { return nil }
      return { line($0) }
    }
  }
}

extension CheckpointMetadata {
  /// w₊/w₋ of a label's class weights in the loss; `nil` of a loss without weights.
  func weightRatio(of column: Int) -> Double? {
    guard LossKind.standard.contains(where: { $0.name == loss && $0.multipliesOdds }),
      classWeights.indices.contains(column),
      let positive = classWeights[column].positive, let negative = classWeights[column].negative,
      negative > 0, positive > 0
    else { return nil }
    return positive / negative
  }
}
