import CXRData
import CXRFilms
import Foundation

extension CheckpointMetadata {
  /// What uncertain findings counted as in training.
  public var uncertainPolicy: UncertainPolicy {
    options[TrainingOptions.uncertainKey].flatMap { UncertainPolicy(rawValue: $0) } ?? .ignore
  }

  /// Names of the label file that were taken for others in training.
  public var labelRenames: [String: String] {
    let text = options[TrainingOptions.renamesKey] ?? "{}"
    return (try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))) ?? [:]
  }

  /// How the label file was read; `nil`: by its columns.
  public var collection: CollectionDescription? {
    options[TrainingOptions.collectionKey].flatMap { CollectionDescription(text: $0) }
  }

  /// Whether each film was taken for a patient.
  public var takesEachFilmForAPatient: Bool {
    options[TrainingOptions.patientsKey] == TrainingOptions.eachFilm
  }
}
