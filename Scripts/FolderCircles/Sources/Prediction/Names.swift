
private typealias Named = (
  AuditProblem, CalibrationMethod, CheckpointMetadata, ChestClassifier, FilmExamination, FilmFailure, FilmFiles, FindingMap, Networks, PreparedFilm, TypicalFilms
)
