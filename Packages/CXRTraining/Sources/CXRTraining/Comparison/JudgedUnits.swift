import CXRData
import CXREvaluation
import CXRFilms
import CXRMetrics

/// Which films of an evaluation belong together.
struct JudgedUnits {
  private let unit: JudgementUnit
  private let collection: FilmCollection

  init(_ unit: JudgementUnit, of collection: FilmCollection) {
    (self.unit, self.collection) = (unit, collection)
  }

  /// A study's films are one patient's.
  private struct Key: Hashable {
    let patient: PatientID
    let study: String?
  }

  /// To which unit each row's film belongs, `[N]`; `nil` where each film is one.
  private func units(of rows: [FilmRow]) -> PatientIndex? {
    let records = collection.file.records
    return switch unit.kind {
    case .film: nil
    case .study:
      PatientIndex(
        rows.lazy.map { Key(patient: records[$0].patient, study: records[$0].study) })
    case .patient: PatientIndex(rows.lazy.map { records[$0].patient })
    }
  }

  /// Checks that it is known to which unit each film belongs.
  /// - Throws: ``TrainingError/evaluationMismatch(_:)``.
  func check(_ rows: [FilmRow]) throws {
    guard unit.kind == .study else { return }
    let without = rows.filter { collection.file.records[$0].study == nil }
    guard let first = without.first else { return }
    throw TrainingError.evaluationMismatch(
      "\(collection.file.path): of \(without.count) films the study is not known, the first "
        + "\(collection.file.records[first].name); judge films or patients, or describe the column of studies in the "
        + "collection")
  }

  /// What is known of the units of rows.
  func films(_ rows: [FilmRow]) -> JudgedFilms {
    let films = JudgedFilms(rows: rows, of: collection)
    return units(of: rows).map(films.joined) ?? films
  }

  /// A model's scores of the units of rows. Thresholds of films, and what is known of weights, are not those of units.
  func model(_ model: ScoredModel, _ rows: [FilmRow]) -> ScoredModel {
    units(of: rows).map {
      model.joined(by: $0, unit.score, labels: collection.matrix.labels.count)
    } ?? model
  }
}
