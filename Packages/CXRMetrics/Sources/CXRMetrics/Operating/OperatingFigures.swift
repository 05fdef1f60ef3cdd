import Foundation

/// What a threshold means for patients: four shares of films with their intervals.
public struct OperatingFigures: Sendable {
  /// A film is called positive where its score is above (strictly).
  public let threshold: Double
  /// How many films are called right and wrong.
  public let counts: ConfusionCounts
  /// Of the films with the finding, those called positive.
  public let sensitivity: PatientProportion
  /// Of the films without it, those called negative.
  public let specificity: PatientProportion
  /// Of the films called positive, those with the finding.
  public let ppv: PatientProportion
  /// Of the films called negative, those without it.
  public let npv: PatientProportion

  /// Counts films.
  ///
  /// - Parameters:
  ///   - scores: `[n]`.
  ///   - labels: `[n]`, whether each film has the finding.
  ///   - patients: `[n]`.
  ///   - threshold: above it (strictly) a film is called positive.
  public init(scores: [Double], labels: [Bool], patients: PatientIndex, threshold: Double) {
    self.threshold = threshold
    counts = ConfusionCounts(scores: scores, labels: labels, threshold: threshold)
    func share(_ isHit: (_ called: Bool, _ has: Bool) -> Bool?) -> PatientProportion {
      PatientProportion(
        zip(scores, labels).map { isHit(isCalledPositive($0, above: threshold), $1) },
        patients: patients)
    }
    sensitivity = share { $1 ? $0 : nil }
    specificity = share { $1 ? nil : !$0 }
    ppv = share { $0 ? $1 : nil }
    npv = share { $0 ? nil : !$1 }
  }

  /// How many false alarms come with each film of the finding that is found, at least 0: 1/PPV − 1, with the ends of PPV's
  /// interval turned so. `nil` where nothing is found; without an interval where PPV has none, or may be 0.
  public var falseAlarmsPerFound: Estimate {
    guard counts.truePositives > 0 else { return Estimate(nil) }
    let value = Double(counts.falsePositives) / Double(counts.truePositives)
    guard let share = ppv.interval(), share.low > 0 else { return Estimate(value) }
    return Estimate(
      value, Interval(min(value, 1 / share.high - 1), max(value, 1 / share.low - 1)))
  }

  /// The positive predictive value where the finding is as common as `prevalence` (0…1, ends excluded):
  /// sensitivity and specificity carry over, the predictive value of these films does not. `nil` where either
  /// share is undefined, or nothing would be called positive.
  public func ppv(prevalence: Double) -> Double? {
    guard let sensitivity = sensitivity.value, let specificity = specificity.value else {
      return nil
    }
    return Self.ppv(sensitivity, specificity, prevalence)
  }

  /// The interval of ``ppv(prevalence:)``: the logit method of Mercaldo, Lau and Zhou (Statistics in Medicine 26,
  /// 2007), with t²/2 hits and t²/2 misses added to either share, t being Student's for as many patients as they are
  /// worth; reaching at least to the value itself. `nil` where that is, or a share rests on one patient.
  public func ppvInterval(prevalence: Double, level: Double = Interval.defaultLevel) -> Interval? {
    guard let value = ppv(prevalence: prevalence),
      min(sensitivity.effectivePatients, specificity.effectivePatients) > 1
    else { return nil }
    let t = reach(
      level: level,
      effectivePatients: min(sensitivity.effectivePatients, specificity.effectivePatients))
    func adjusted(_ share: PatientProportion) -> (value: Double, films: Double) {
      let films = share.effectiveFilms + t * t
      return (((share.value ?? 0) * share.effectiveFilms + t * t / 2) / films, films)
    }
    let (s, c) = (adjusted(sensitivity), adjusted(specificity))
    let logit = log(s.value * prevalence / ((1 - c.value) * (1 - prevalence)))
    let distance =
      t
      * ((1 - s.value) / s.value / s.films + c.value / (1 - c.value) / c.films).squareRoot()
    func probability(_ logit: Double) -> Double { 1 / (1 + exp(-logit)) }
    return Interval(
      min(value, probability(logit - distance)), max(value, probability(logit + distance)))
  }

  private static func ppv(
    _ sensitivity: Double, _ specificity: Double, _ prevalence: Double
  ) -> Double? {
    let (right, wrong) = (sensitivity * prevalence, (1 - specificity) * (1 - prevalence))
    return right + wrong > 0 ? right / (right + wrong) : nil
  }
}
