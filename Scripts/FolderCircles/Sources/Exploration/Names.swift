public struct ShownFilms {}

private typealias Named = (
  ArchiveShelf, AuditProblem, Demographics, FilmAudit, FilmCache, FilmCollection, FilmExamination, FilmPreparation, JSONValue, TrainingSamples
)
