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
  /// Of the estimates of sensitivity and of the share of false alarms, by patients left out, −1…1.
  private let correlation: Double

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
    func count(_ isHit: (_ called: Bool, _ has: Bool) -> Bool?) -> PatientCounts {
      PatientCounts(
        zip(scores, labels).map { isHit(isCalledPositive($0, above: threshold), $1) },
        patients: patients)
    }
    let (found, cleared) = (count { $1 ? $0 : nil }, count { $1 ? nil : !$0 })
    (sensitivity, specificity) = (PatientProportion(found), PatientProportion(cleared))
    ppv = PatientProportion(count { $0 ? $1 : nil })
    npv = PatientProportion(count { $0 ? nil : !$1 })
    var (together, ofFound, ofCleared) = (0.0, 0.0, 0.0)
    for (one, other) in zip(found.moves, cleared.moves) {
      together -= one * other
      ofFound += one * one
      ofCleared += other * other
    }
    let spread = (ofFound * ofCleared).squareRoot()
    correlation = spread > 0 ? max(-1, min(1, together / spread)) : 0
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
    precondition(
      prevalence > 0 && prevalence < 1,
      "OperatingFigures: a prevalence of \(prevalence) is not within 0…1")
    guard let sensitivity = sensitivity.value, let specificity = specificity.value else {
      return nil
    }
    return Self.ppv(sensitivity, specificity, prevalence)
  }

  /// The interval of ``ppv(prevalence:)``: PPV is 1/(1 + r(1 − π)/π), r being the share of false alarms divided by
  /// sensitivity, of which the interval comes from those of both shares and their correlation by patient; see
  /// HowSureIsThat. `nil` where the value is, or a share has no interval.
  public func ppvInterval(prevalence: Double, level: Double = Interval.defaultLevel) -> Interval? {
    guard let value = ppv(prevalence: prevalence), let sensitivity = self.sensitivity.value,
      let specificity = self.specificity.value,
      let found = self.sensitivity.interval(level: level),
      let cleared = self.specificity.interval(level: level)
    else { return nil }
    let ratio = Interval.ofRatio(
      (1 - specificity, Interval(1 - cleared.high, 1 - cleared.low)), to: (sensitivity, found),
      correlation: correlation)
    let odds = (1 - prevalence) / prevalence
    return Interval(
      min(value, 1 / (1 + ratio.high * odds)), max(value, 1 / (1 + ratio.low * odds)))
  }

  private static func ppv(
    _ sensitivity: Double, _ specificity: Double, _ prevalence: Double
  ) -> Double? {
    let (right, wrong) = (sensitivity * prevalence, (1 - specificity) * (1 - prevalence))
    return right + wrong > 0 ? right / (right + wrong) : nil
  }
}
