import CXRData
import CXRFiles
import CXRParallel

extension Exploration {
  /// Decodes a part of the films on a rank that is not the first, which explores them.
  ///
  /// - Parameters:
  ///   - options: as on the first.
  ///   - cacheFolder: where films are kept for training; those of one folder are kept by the first of its ranks.
  ///   - preparation: how they become pixels.
  ///   - ranks: that decode films together.
  ///   - found: called once the films are found, before any is decoded; what it throws ends the work.
  ///   - waiting: called once if another process is preparing films in `cacheFolder`.
  /// - Throws: `DataError`, ``FilmError``.
  public static func assist(
    _ options: FilmCollection.Options, cacheFolder: String? = nil, preparation: FilmPreparation,
    ranks: any Ranks, found: (FilmCollection) throws -> Void = { _ in },
    waiting: @escaping @Sendable () -> Void = {}
  ) throws {
    let looker = FilmLooker(
      preparation: preparation, cacheFolder: cacheFolder, ranks: ranks, waiting: waiting,
      progress: { _, _ in })
    let collection = try looker.collection(options)
    try found(collection)
    // Without films the first rank says so.
    guard collection.folder != nil, !collection.rows(of: nil).isEmpty else { return }
    try looker.lookTogether(at: FilmAudit.films(of: collection).films)
  }

  /// What must be the same on all ranks that explore together: what it is, and its value.
  ///
  /// - Parameters:
  ///   - collection: that was found.
  ///   - preparation: how films become pixels.
  ///   - cacheFolder: where they are kept.
  public static func facts(
    _ collection: FilmCollection, preparation: FilmPreparation, cacheFolder: String?
  ) -> [(what: String, value: String)] {
    let films = collection.folder == nil ? [] : FilmAudit.films(of: collection).films
    return [
      ("the program's version", LibraryVersion.current),
      ("the label file", collection.file.sha256),
      (
        "the films' names",
        SHA256.hexDigest(of: films.map { "\($0.name) \($0.path)" }.joined(separator: "\n"))
      ),
      ("how films are prepared", preparation.signature.joined(separator: " ")),
      ("whether prepared films are kept", "\(cacheFolder != nil)"),
    ]
  }
}
