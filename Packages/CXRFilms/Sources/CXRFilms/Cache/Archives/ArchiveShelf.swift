import CXRFiles
import CXRArchive
import CXRData
import CXRParallel
import Foundation
import Synchronization

/// What archives of films hold. An archive that is seen for the first time is read once, and the films that are wanted of
/// it are prepared in that same pass; its list is kept beside the film cache.
public struct ArchiveShelf: Sendable {
  /// Where lists and films are kept.
  let cacheFolder: String
  /// How films are prepared in the pass that lists them; `nil`: they are not, as of many few are used.
  let preparation: FilmPreparation?
  let check: FilmCache.SourceCheck
  let waiting: @Sendable () -> Void
  /// Who looks at each film that is prepared; `nil` where nobody does.
  let inspection: FilmInspection?
  /// Called now and then, on any thread, with films done and the most that there may be.
  let progress: @Sendable (_ done: Int, _ total: Int) -> Void

  /// Reads archives into a cache.
  ///
  /// - Parameters:
  ///   - cacheFolder: where lists and films are kept.
  ///   - preparation: how films are prepared in the pass that lists them; `nil`: they are not, as of many few are used.
  ///   - check: what tells whether an archive has changed.
  ///   - waiting: called once if another process is preparing films there.
  ///   - inspection: who looks at each film that is prepared; nobody unless said otherwise.
  ///   - progress: called now and then, on any thread, with films done and the most that there may be.
  public init(
    cacheFolder: String, preparation: FilmPreparation?, check: FilmCache.SourceCheck,
    waiting: @escaping @Sendable () -> Void, inspection: FilmInspection? = nil,
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
  ) {
    (self.cacheFolder, self.preparation, self.check) = (cacheFolder, preparation, check)
    (self.waiting, self.inspection, self.progress) = (waiting, inspection, progress)
  }

  /// What archives hold.
  struct Listing {
    /// The names of films in each archive, by its path.
    var films: [String: [String]] = [:]
    /// Why the first archive that could not be read to its end could not; the others have been read.
    var failure: ArchiveError?
  }

  /// Lists archives, and prepares films of those that are not known yet.
  ///
  /// - Parameters:
  ///   - archives: their paths.
  ///   - most: the most films that may be wanted, for who waits.
  ///   - ranks: processes that read archives together, each some; `nil` where this one is alone.
  ///   - isWanted: whether a film of this file name is prepared; also what has no film's extension is one then.
  /// - Throws: ``FilmError/cacheFailed(path:reason:)``.
  func listing(
    of archives: [String], most: Int, ranks: (any Ranks)? = nil,
    isWanted: @escaping @Sendable (String) -> Bool
  ) throws -> Listing {
    var known: [String: [(name: String, isFilm: Bool)]] = [:]
    // A list goes by its archive's stamp.
    for archive in archives where check == .stamp {
      if let list = try ArchiveList(of: archive, in: cacheFolder) { known[archive] = list.members }
    }
    let together = try DividedPreparation(
      ranks, asked: archives, preparation: preparation, folder: cacheFolder, check: check,
      inspection: inspection, waiting: waiting)
    if let together {
      defer { together.close() }
      let lists = try together.lists(
        of: archives, known: Set(known.keys), wantsFilms: preparation != nil, folder: cacheFolder,
        isWanted: isWanted, progress: { [progress] in progress($0, most) })
      known.merge(lists) { own, _ in own }
    }
    let unknown = archives.filter { known[$0] == nil }
    var listing = Listing()
    if !unknown.isEmpty {
      try CacheStore.makeFolder(cacheFolder)
      let store = try preparation.map {
        try CacheStore($0, folder: cacheFolder, check: check, waiting: waiting)
      }
      defer { store?.close() }
      let done = Atomic<Int>(0)
      let contents = try ArchivePass(
        unknown.map { path in
          ArchivePass.Source(path: path) { store != nil && isWanted(Self.fileName($0)) }
        }
      ).run { archive, member in
        let path = ArchivedPath(archive: unknown[archive], member: member.name).path
        // What cannot be decoded is found so again, by whoever asks for it.
        if case .success(let bytes) = member.bytes {
          _ = try store?.prepare(
            (Self.fileName(member.name), path), source: (bytes, member.stamp),
            inspect: inspection.map { inspection in { inspection.see(path, $0) } })
        }
        progress(done.add(1, ordering: .relaxed).newValue, most)
      }
      for (path, contents) in zip(unknown, contents) {
        known[path] = contents.members
        if contents.failure == nil, let stamp = contents.stamp {
          try ArchiveList(members: contents.members, stamp: stamp).write(of: path, in: cacheFolder)
        }
      }
      listing.failure = contents.lazy.compactMap(\.failure).first
    }
    listing.films = known.mapValues { Self.films($0, isWanted) }
    return listing
  }

  static func films(
    _ members: [(name: String, isFilm: Bool)], _ isWanted: (String) -> Bool
  ) -> [String] {
    members.filter { $0.isFilm || isWanted(fileName($0.name)) }.map(\.name)
  }

  static func fileName(_ member: String) -> String {
    member.split(separator: "/").last.map { String($0) } ?? member
  }
}

/// The files of an archive, as they are kept in a text file beside the film cache: a line of stamp, count and digest, then a
/// line a member, which begins with + where it is a film and with - where it is not.
struct ArchiveList {
  let members: [(name: String, isFilm: Bool)]
  let stamp: SourceStamp

  init(members: [(name: String, isFilm: Bool)], stamp: SourceStamp) {
    (self.members, self.stamp) = (members, stamp)
  }

  private static func file(of archive: String, in folder: String) -> String {
    let digest = CacheIndex.digest(ofPath: archive).map { String(format: "%02x", $0) }.joined()
    return (folder as NSString).appendingPathComponent("films-\(digest).list")
  }

  private static func head(_ stamp: SourceStamp, _ count: Int, _ text: String) -> String {
    "CXRLIST2 \(stamp.size) \(stamp.time) \(count) \(SHA256.hexDigest(of: text))"
  }

  /// Reads the list of an archive; `nil` where there is none, the archive has changed since, or the list is damaged.
  /// - Throws: `ImageError.unreadable` where the archive is not there.
  init?(of archive: String, in folder: String) throws {
    let stamp = try SourceStamp(path: archive)
    guard let bytes = FileManager.default.contents(atPath: Self.file(of: archive, in: folder)),
      let text = String(data: bytes, encoding: .utf8),
      let end = text.utf8.firstIndex(of: UInt8(ascii: "\n"))
    else { return nil }
    let rest = String(text[text.utf8.index(after: end)...])
    let members = rest.utf8.split(separator: UInt8(ascii: "\n")).map { line in
      (name: String(Substring(line.dropFirst())), isFilm: line.first == UInt8(ascii: "+"))
    }
    guard text[..<end] == Self.head(stamp, members.count, rest) else { return nil }
    self.init(members: members, stamp: stamp)
  }

  func write(of archive: String, in folder: String) throws {
    let text = members.map { ($0.isFilm ? "+" : "-") + $0.name + "\n" }.joined()
    try AtomicFile.write(
      Array((Self.head(stamp, members.count, text) + "\n" + text).utf8),
      to: Self.file(of: archive, in: folder))
  }
}
