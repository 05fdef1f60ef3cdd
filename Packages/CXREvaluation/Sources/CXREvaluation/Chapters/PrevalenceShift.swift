import CXRFiles
import CXRMetrics
import CXRReport

/// A label that is more, or less, common than on the validation films, beyond chance.
public struct PrevalenceShift: Sendable {
  /// The label.
  public let label: String
  /// Its share of the validation films.
  public let validation: Double
  /// Its share of these films.
  public let here: Double
  /// That the difference is chance, after Holm's correction over the labels.
  public let corrected: Double

  /// The largest corrected chance at which a difference is said to be there.
  static let level = 0.05

  /// Those of a model whose thresholds were chosen on films of which `fit` tells.
  static func all(_ films: JudgedFilms, fit: ValidationFit?) -> [PrevalenceShift] {
    guard let fit else { return [] }
    let shares = films.labels.indices.map { k in
      let known = (0..<films.count).filter { films.isKnown[$0 * films.labels.count + k] }
      return PatientProportion(
        known.map { films.truths[$0 * films.labels.count + k] },
        patients: films.patients.selecting(known))
    }
    let pValues = zip(shares, fit.labels).map { share, label in
      PatientProportion.pValue(
        share,
        PatientProportion(
          hits: label.positives, films: label.films, effectiveFilms: label.effectiveFilms))
    }
    return zip(zip(shares, fit.labels), holmCorrected(pValues)).compactMap { pair, corrected in
      guard let corrected, corrected < level, let here = pair.0.value, pair.1.films > 0 else {
        return nil
      }
      return PrevalenceShift(
        label: pair.1.label, validation: Double(pair.1.positives) / Double(pair.1.films),
        here: here, corrected: corrected)
    }
  }

  /// Such as `Mass 3.0 % instead of 5.0 %`.
  public var shares: String { "\(percent(here)) instead of \(percent(validation))" }

  var json: JSONValue {
    .object([
      ("label", .string(label)), ("validation", .number(validation)), ("here", .number(here)),
      ("p_corrected", .number(corrected)),
    ])
  }

  /// What must be said before any figure.
  static func addWarning(
    _ shifts: [PrevalenceShift], of model: String, to page: inout ReportPage
  ) {
    guard !shifts.isEmpty else { return }
    page.callout(
      "\(model): these findings are more or less common here than on the validation films, beyond "
        + "chance: " + shifts.map { "\($0.label) \($0.shares)" }.joined(separator: ", ")
        + ". Predictive values and calibrated probabilities do not carry over; AUC, sensitivity and "
        + "specificity may.")
  }
}
