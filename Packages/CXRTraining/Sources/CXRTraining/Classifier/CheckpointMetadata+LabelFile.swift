import CXRData
import CXRFilms
import Foundation

extension CheckpointMetadata {
  /// What uncertain findings counted as in training.
  public var uncertainPolicy: UncertainPolicy {
    options[TrainingOptions.uncertainKey].flatMap { UncertainPolicy(rawValue: $0) } ?? .ignore
  }

  /// Whether all that is said of how the label file was read is understood.
  var knowsReading: Bool {
    let (uncertain, renames) = (
      options[TrainingOptions.uncertainKey], options[TrainingOptions.renamesKey]
    )
    return (options[TrainingOptions.collectionKey] == nil || collection != nil)
      && uncertain.map { UncertainPolicy(rawValue: $0) != nil } != false
      && renames.map { Self.renames($0) != nil } != false
  }

  private static func renames(_ text: String) -> [String: String]? {
    try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))
  }

  /// Names of the label file that were taken for others in training.
  public var labelRenames: [String: String] {
    options[TrainingOptions.renamesKey].flatMap(Self.renames) ?? [:]
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
