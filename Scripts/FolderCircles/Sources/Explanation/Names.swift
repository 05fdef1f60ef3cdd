public struct FindingMap {}
public struct Localisation {}

private typealias Named = (
  ChestClassifier, Evaluation, FilmFailure, JSONValue
)
