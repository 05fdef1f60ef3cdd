import CXREvaluation
import CXRFiles
import CXRFilms
import CXRReport

extension Evaluation {
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
    report.notes = collection.leftOut.map(\.asSentence)
    report.mapColours = MapOverlay.stops
    return report
  }
}
