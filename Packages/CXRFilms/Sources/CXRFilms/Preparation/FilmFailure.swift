/// A film about which nothing can be said, as it cannot be decoded.
public struct FilmFailure: Error, Sendable {
  /// The film, and why.
  public let film: UnreadableFilm

  /// Of a film.
  public init(film: UnreadableFilm) { self.film = film }
}
