public struct CalibrationMethod {}
public struct ValidationFit {}

private typealias Named = (
  FilmAnswers, JSONValue
)
