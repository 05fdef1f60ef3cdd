import CXRArchive
import CXRParallel
import Synchronization

extension DividedPreparation {
  /// Prepares films that are not in some rank's cache, or that the first has not seen, each on one rank.
  ///
  /// - Parameters:
  ///   - films: names and paths, the same on all ranks.
  ///   - isSeen: whether the first rank has looked at a film, by its place.
  ///   - progress: called with films done, on any thread.
  /// - Throws: ``FilmError``, `ArchiveError`.
  func prepare(
    _ films: [(name: String, path: String)], isSeen: (Int) -> Bool = { _ in false },
    progress: @escaping @Sendable (Int) -> Void
  ) throws {
    let isMissing = anyOf(films.indices.map { isWanted(films[$0], isSeen: isSeen($0)) })
    let missing = films.indices.filter { isMissing[$0] }.map { films[$0] }
    guard !missing.isEmpty else { return }
    let files = own(missing.filter { ArchivedPath($0.path) == nil })
    // By archive, of which each is read by one rank.
    var archived: [String: [String: [(name: String, path: String)]]] = [:]
    for film in missing {
      guard let path = ArchivedPath(film.path) else { continue }
      archived[path.archive, default: [:]][path.member, default: []].append(film)
    }
    let names = archived.keys.sorted()
    let isShared = areShared(names)
    let archives = own(names.indices.filter { isShared[$0] }.map { names[$0] })
    let contents = archives.map { archived[$0] ?? [:] }
    let sources = zip(archives, contents).map { archive, members in
      ArchivePass.Source(path: archive, count: members.count) { members[$0] != nil }
    }
    let count = Atomic<Int>(films.count - missing.count)
    try run(done: { progress(count.add(1, ordering: .relaxed).newValue) }) { prepare in
      try Parallel.forEach(files.count) { try prepare(files[$0], nil) }
      _ = try ArchivePass(sources).run { archive, member in
        guard case .success(let bytes) = member.bytes else { return }
        for film in contents[archive][member.name] ?? [] {
          try prepare(film, (bytes, member.stamp))
        }
      }
    }
  }
}
