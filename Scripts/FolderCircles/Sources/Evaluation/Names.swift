public struct Evaluation {}
public struct FilmAnswers {}
public struct Networks {}

private typealias Named = (
  ArchiveShelf, CSVText, CalibrationMethod, CheckpointMetadata, ChestClassifier, Demographics, FilmCache, FilmCollection, FilmFailure, FilmPreparation, JSONValue, LabelMap, Localisation, MemoryNeed, TrainingOptions, UniqueNames, ValidationFit
)
