import CXRParallel
import CXRData
import CXRImage
import Synchronization

/// Films under each of several preparations, from caches where a folder for them is given, else decoded when
/// they are asked for, on all threads.
public struct PreparedFilms: Sendable {
  private let films: [(name: String, path: String)]
  private let preparations: [FilmPreparation]
  private let caches: [FilmCache]

  /// Prepares films in each of several ways, or finds them prepared.
  ///
  /// - Parameters:
  ///   - films: names and paths, `[N]`.
  ///   - preparations: the ways.
  ///   - cacheFolder: where prepared films are kept; `nil`: they are decoded when they are asked for, and not kept.
  ///   - check: what tells whether a prepared film has changed.
  ///   - ranks: processes that prepare the same films, each a part of them; none unless said otherwise.
  ///   - waiting: called once if another process is preparing films there.
  ///   - progress: called with films done, on any thread.
  /// - Throws: ``FilmError/cacheFailed(path:reason:)``.
  public init(
    _ films: [(name: String, path: String)], _ preparations: [FilmPreparation],
    cacheFolder: String?, check: FilmCache.SourceCheck, ranks: (any Ranks)? = nil,
    waiting: () -> Void, progress: @escaping @Sendable (Int) -> Void
  ) throws {
    (self.films, self.preparations) = (films, preparations)
    caches =
      if let cacheFolder {
        try preparations.map {
          try FilmCache(
            films: films, preparation: $0, folder: cacheFolder, check: check, ranks: ranks,
            waiting: waiting, progress: progress)
        }
      } else { [] }
  }

  /// The grey levels of each film under each preparation. The films, in the order given, are those of the caches.
  /// - Throws: ``FilmError/cacheChanged(path:film:)``, ``FilmError/cacheFailed(path:reason:)``.
  public func pixels(of range: Range<CachedFilm>) throws -> [Result<[[Float]], FilmFailure>] {
    let results = Mutex([Result<[[Float]], FilmFailure>?](repeating: nil, count: range.count))
    try Parallel.forEach(range.count) { i in
      let film = range.lowerBound.advanced(by: i)
      let result: Result<[[Float]], FilmFailure>
      if let unreadable = caches.lazy.compactMap({ $0.failure(of: film) }).first {
        result = .failure(FilmFailure(film: unreadable))
      } else if !caches.isEmpty {
        result = .success(try caches.map { try $0.plane(film).values })
      } else {
        do {
          result = .success(try preparations.map { try $0(path: films[film.index].path).values })
        } catch {
          result = .failure(FilmFailure(film: UnreadableFilm(name: films[film.index].name, error)))
        }
      }
      results.withLock { $0[i] = result }
    }
    return results.withLock { $0.compactMap { $0 } }
  }
}
