import CXRArchive
import CXRParallel
import Foundation
import Synchronization

extension DividedPreparation {
  /// A list as it is told to other ranks.
  private struct Told: Codable {
    let archive: String
    let size, time: UInt64
    let names: [String]
    let isFilm: [Bool]
  }

  /// Lists archives that some rank does not know, each on one rank, and prepares their films in the same pass.
  ///
  /// - Parameters:
  ///   - archives: their paths, the same on all ranks.
  ///   - known: of them those whose list this rank has.
  ///   - wantsFilms: whether films are prepared.
  ///   - folder: where lists are kept.
  ///   - isWanted: whether a film of this file name is prepared.
  ///   - progress: called with films done, on any thread.
  /// - Returns: the lists of archives that one rank has read for all. One that could not be read to its end is left to each.
  /// - Throws: ``FilmError``.
  func lists(
    of archives: [String], known: Set<String>, wantsFilms: Bool, folder: String,
    isWanted: @escaping @Sendable (String) -> Bool, progress: @escaping @Sendable (Int) -> Void
  ) throws -> [String: [(name: String, isFilm: Bool)]] {
    let isUnknown = anyOf(archives.map { !known.contains($0) })
    let isShared = areShared(archives)
    let paths = own(
      archives.indices.filter { isUnknown[$0] && isShared[$0] }.map { archives[$0] })
    let found = Mutex([ArchivePass.Contents]())
    let count = Atomic<Int>(0)
    try run(done: { progress(count.add(1, ordering: .relaxed).newValue) }) { prepare in
      let contents = try ArchivePass(
        paths.map { path in
          ArchivePass.Source(path: path) { wantsFilms && isWanted(ArchiveShelf.fileName($0)) }
        }
      ).run { archive, member in
        guard case .success(let bytes) = member.bytes else { return }
        let path = ArchivedPath(archive: paths[archive], member: member.name).path
        try prepare((ArchiveShelf.fileName(member.name), path), (bytes, member.stamp))
      }
      found.withLock { $0 = contents }
    }
    let own = zip(paths, found.withLock { $0 }).compactMap { path, contents -> Told? in
      guard contents.failure == nil, let stamp = contents.stamp else { return nil }
      return Told(
        archive: path, size: stamp.size, time: stamp.time, names: contents.members.map(\.name),
        isFilm: contents.members.map(\.isFilm))
    }
    var lists: [String: [(name: String, isFilm: Bool)]] = [:]
    for bytes in ranks.gathered(Array(try JSONEncoder().encode(own))) {
      for told in try JSONDecoder().decode([Told].self, from: Data(bytes)) {
        let members = zip(told.names, told.isFilm).map { (name: $0, isFilm: $1) }
        lists[told.archive] = members
        guard isKeeper else { continue }
        try ArchiveList(members: members, stamp: SourceStamp(size: told.size, time: told.time))
          .write(of: told.archive, in: folder)
      }
    }
    return lists
  }
}
