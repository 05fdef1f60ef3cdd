import CXRData

extension FilmCache {
  /// Prepares all films below a folder or in an archive, with or without a label file.
  ///
  /// - Parameters:
  ///   - images: a folder, searched at any depth and in archives, or an archive.
  ///   - preparation: how films become pixels.
  ///   - folder: where the files are kept; it is made where it is not there.
  ///   - check: what tells whether a film has changed.
  ///   - waiting: called once if another process is preparing films there; it is waited for.
  ///   - progress: called now and then, on any thread, with the number of films done; it begins anew when archives have
  ///     been read.
  /// - Throws: `DataError`, `ArchiveError`; ``FilmError/cacheFailed(path:reason:)``.
  public convenience init(
    allFilmsIn images: String, preparation: FilmPreparation, folder: String,
    check: SourceCheck = .stamp, waiting: @escaping @Sendable () -> Void = {},
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws {
    var search = try FilmSearch(images)
    if !search.archives.isEmpty {
      let shelf = ArchiveShelf(
        cacheFolder: folder, preparation: preparation, check: check, waiting: waiting,
        progress: { done, _ in progress(done) })
      let listing = try shelf.listing(of: search.archives, most: 0, isWanted: FilmName.isFilm)
      if let failure = listing.failure { throw failure }
      for archive in search.archives {
        search.add(archive: archive, members: listing.films[archive] ?? [])
      }
    }
    try self.init(
      films: search.files.map { ($0.path, $0.path) }, preparation: preparation, folder: folder,
      check: check, waiting: waiting, progress: progress)
  }
}
