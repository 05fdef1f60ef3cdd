public struct AuditProblem {}
public struct Demographics {}
public struct ExcludedFilms {}
public struct FilmAudit {}
public struct FilmExamination {}
public struct FrontalTemplate {}

private typealias Named = (
  CSVText, FilmCache, FilmCollection, FilmPreparation, JSONValue, PreparedFilm, ShownFilms, SourceStamp
)
