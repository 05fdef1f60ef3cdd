/// A film about which nothing can be said, as it cannot be decoded.
public struct FilmFailure: Error, Sendable, CustomStringConvertible {
  /// The film, and why.
  public let film: UnreadableFilm

  /// Of a film.
  public init(film: UnreadableFilm) { self.film = film }

  /// The message a person reads.
  public var description: String {
    "\(film.name): \(film.reason). Replace the film, or leave it out"
  }
}
