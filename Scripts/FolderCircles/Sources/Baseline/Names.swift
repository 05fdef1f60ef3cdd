public struct ThumbnailRidge {}

private typealias Named = (
  FilmAnswers, FrontalTemplate, TrainingData, TypicalFilms
)
