import CXREvaluation
import CXRFiles
import CXRFilms
import CXRReport

extension Evaluation {
  /// What a person should know where stored thresholds are of films, and units are judged among which there are none to choose
  /// others on; `nil` elsewhere.
  public var remarkOfThresholds: String? {
    guard unit.kind != .film, subset == nil, metadata.contains(where: { $0.validation != nil })
    else { return nil }
    return
      "the thresholds and calibrations of the checkpoints are of films, not of \(unit.plural), and are not used; a part of the "
      + "films has validation films to choose others on"
  }

  /// The files of this evaluation; `figures` are of its models on its films.
  public func report(_ figures: EvaluationFigures) -> EvaluationReport {
    var report = EvaluationReport(figures, part: partName)
    report.origin = [
      ("collection", collection.file.collection?.json ?? .null),
      ("each_film_a_patient", .bool(collection.file.patientSource == .eachFilm)),
      ("labels_without_partner", .strings(collection.labelsWithoutPartner)),
    ]
    (report.unit, report.filmCount) = (unit, rows.count)
    report.warnings = [collection.warningOfPatients, collection.remarkOfPartners].compactMap {
      $0?.asSentence
    }
    report.notes = (collection.leftOut + [remarkOfThresholds].compactMap { $0 }).map(\.asSentence)
    report.mapColours = MapOverlay.stops
    return report
  }
}
