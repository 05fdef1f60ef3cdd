public struct CSVText {}
public struct JSONValue {}
public struct OutputFolder {}
public struct UniqueNames {}

private typealias Named = (
  FilmCache, RunFile, Trainer
)
