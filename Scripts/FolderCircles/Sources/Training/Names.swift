public struct CheckpointMetadata {}
public struct ChestClassifier {}
public struct RunFile {}
public struct Trainer {}
public struct TrainingData {}
public struct TrainingOptions {}

private typealias Named = (
  ArchiveShelf, Batch, BatchSource, Batches, CSVText, FilmAnswers, FilmCache, FilmCollection, FilmPreparation, FrontalTemplate, JSONValue, MemoryNeed, OutputFolder, ThumbnailRidge, TrainingSamples, TypicalFilms, ValidationFit
)
