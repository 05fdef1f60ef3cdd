import CXRArchive
import CXRImage

/// The bytes of films, one after another: of files, and of members of archives. An archive is read on from where it is while
/// its films are asked for in its own order, and from its beginning otherwise.
public final class FilmFiles {
  private var reader: ArchiveReader?

  /// No archive is open.
  public init() {}

  /// The bytes of a film.
  /// - Throws: `ImageError`, `ArchiveError`.
  public func bytes(of path: String) throws -> [UInt8] {
    guard let archived = ArchivedPath(path) else { return try filmBytes(path: path) }
    // Once on from here, once from the beginning.
    for isAnew in [false, true] {
      if isAnew || reader?.path != archived.archive {
        reader = try ArchiveReader(path: archived.archive)
      }
      while let member = try reader?.next(isWanted: { $0 == archived.member }) {
        guard member == archived.member else { continue }
        if let reader { return try ArchivePass.bytes(of: member, reader).get() }
      }
    }
    reader = nil
    throw ImageError.unreadable(path: path, reason: "it is not in the archive")
  }

  /// What archives hold: the names of their films, by the archive's path and in their order there, and which archives
  /// could not be read to their end.
  ///
  /// - Parameters:
  ///   - archives: their paths.
  ///   - isWanted: whether a file of this name is a film whatever its extension.
  public static func listing(
    of archives: [String], isWanted: @escaping @Sendable (String) -> Bool = { _ in false }
  ) -> (films: [String: [String]], failures: [ArchiveError]) {
    let pass = ArchivePass(archives.map { ArchivePass.Source(path: $0) { _ in false } })
    let contents = pass.run { _, _ in }
    let films = zip(archives, contents).map {
      ($0, ArchiveShelf.films($1.members, isWanted))
    }
    return (
      Dictionary(films, uniquingKeysWith: { first, _ in first }), contents.compactMap(\.failure)
    )
  }
}
