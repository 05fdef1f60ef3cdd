/// Who looks at films while they are prepared, decoded. Of ranks that prepare films together each looks at its part, and the first
/// hears what all have seen.
public struct FilmInspection: Sendable {
  /// Sees a film, on any thread.
  let see: @Sendable (_ path: String, PreparedFilm) -> Void
  /// What another rank tells the first of a film.
  let told: @Sendable (PreparedFilm) throws -> [UInt8]
  /// Hears it, on the first.
  let hear: @Sendable (_ path: String, [UInt8]) throws -> Void

  /// Gathers these.
  ///
  /// - Parameters:
  ///   - see: sees a film, on any thread.
  ///   - told: what another rank tells the first of a film.
  ///   - hear: hears it, on the first.
  public init(
    see: @escaping @Sendable (_ path: String, PreparedFilm) -> Void,
    told: @escaping @Sendable (PreparedFilm) throws -> [UInt8],
    hear: @escaping @Sendable (_ path: String, [UInt8]) throws -> Void
  ) {
    (self.see, self.told, self.hear) = (see, told, hear)
  }
}
