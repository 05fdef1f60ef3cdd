public struct Batch {}
public struct BatchSource {}
public struct Batches {}
public struct TrainingSamples {}

private typealias Named = (
  FilmCache, FilmCollection
)
