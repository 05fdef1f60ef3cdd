public struct TypicalFilms {}

private typealias Named = (
  JSONValue
)
