public struct ArchiveShelf {}
public struct FilmCache {}
public struct FilmCollection {}
public struct FilmFailure {}
public struct FilmFiles {}
public struct FilmPreparation {}
public struct LabelMap {}
public struct PreparedFilm {}
public struct SourceStamp {}

private typealias Named = (
  ExcludedFilms, JSONValue, OutputFolder
)
