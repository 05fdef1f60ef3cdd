import CXRArchive
import CXRImage

/// Films that are shown: as they are stored, or those in archives, which are not read once more, as they were prepared.
struct ShownFilms: Sendable {
  private let cache: FilmCache?
  private let places: [String: CachedFilm]
  private let decoding: DecodingOptions

  /// - Parameters:
  ///   - cache: the prepared films; `nil` where none are kept.
  ///   - paths: of its films, in its order.
  ///   - decoding: how a film's bytes become grey levels.
  init(cache: FilmCache?, paths: [String], decoding: DecodingOptions) {
    (self.cache, self.decoding) = (cache, decoding)
    // Only films in archives are looked for there.
    let archived = paths.enumerated().filter { ArchivedPath($0.element) != nil }
    places = Dictionary(
      archived.map { ($0.element, CachedFilm($0.offset)) }, uniquingKeysWith: { first, _ in first })
  }

  /// The film of a path.
  /// - Throws: `ImageError`, ``FilmError``.
  func film(_ path: String) throws -> GreyFilm {
    guard let cache, let place = places[path] else {
      return try GreyFilm(path: path, options: decoding)
    }
    return GreyFilm(try cache.plane(place))
  }
}
