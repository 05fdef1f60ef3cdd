import CXRArchive
import CXRData
import Foundation
import Synchronization

/// What archives of films hold. An archive that is seen for the first time is read once, and the films that are wanted of
/// it are prepared in that same pass; its list is kept beside the film cache.
struct ArchiveShelf: Sendable {
  /// Where lists and films are kept.
  let cacheFolder: String
  /// How films are prepared in the pass that lists them; `nil`: they are not, as of many few are used.
  let preparation: FilmPreparation?
  let check: FilmCache.SourceCheck
  let waiting: @Sendable () -> Void
  /// Sees each film that is prepared, decoded, on any thread.
  var inspect: (@Sendable (_ path: String, PreparedFilm) -> Void)?
  /// Called now and then, on any thread, with films done and the most that there may be.
  let progress: @Sendable (_ done: Int, _ total: Int) -> Void

  /// The names of films in each archive, by its path.
  ///
  /// - Parameters:
  ///   - archives: their paths.
  ///   - most: the most films that may be wanted, for who waits.
  ///   - isWanted: whether a film of this file name is prepared; also what has no film's extension is one then.
  /// - Throws: `ArchiveError` for the first archive that cannot be read to its end, once the others have been read;
  ///   ``TrainingError/cacheFailed(path:reason:)``.
  func members(
    of archives: [String], most: Int, isWanted: @escaping @Sendable (String) -> Bool
  ) throws -> [String: [String]] {
    var found: [String: [String]] = [:]
    for archive in archives {
      if let list = try ArchiveList(of: archive, in: cacheFolder) { found[archive] = list.members }
    }
    let unknown = archives.filter { found[$0] == nil }
    if unknown.isEmpty { return found.mapValues { Self.films($0, isWanted) } }
    let stamps = try unknown.map { try SourceStamp(path: $0) }
    let store = try preparation.map {
      try CacheStore($0, folder: cacheFolder, check: check, waiting: waiting)
    }
    defer { store?.close() }
    let done = Atomic<Int>(0)
    let pass = ArchivePass(
      unknown.map { path in
        ArchivePass.Source(path: path) { store != nil && isWanted(Self.fileName($0)) }
      })
    let contents = try pass.run { archive, member, bytes in
      let path = ArchivedPath(archive: unknown[archive], member: member).path
      // What cannot be decoded is found so again, by whoever asks for it.
      _ = try store?.prepare(
        (Self.fileName(member), path), source: bytes,
        inspect: inspect.map { see in { see(path, $0) } })
      progress(done.add(1, ordering: .relaxed).newValue, most)
    }
    for (place, path) in unknown.enumerated() where contents[place].failure == nil {
      found[path] = contents[place].members
      try ArchiveList(members: contents[place].members, stamp: stamps[place])
        .write(of: path, in: cacheFolder)
    }
    if let failure = contents.lazy.compactMap(\.failure).first { throw failure }
    return found.mapValues { Self.films($0, isWanted) }
  }

  static func films(_ members: [String], _ isWanted: (String) -> Bool) -> [String] {
    members.filter { FilmName.isFilm($0) || isWanted(fileName($0)) }
  }

  private static func fileName(_ member: String) -> String {
    member.split(separator: "/").last.map { String($0) } ?? member
  }
}

/// The files of an archive, as they are kept in a text file beside the film cache: a line of stamp, count and digest, then a
/// line a member.
private struct ArchiveList {
  let members: [String]
  let stamp: SourceStamp

  init(members: [String], stamp: SourceStamp) { (self.members, self.stamp) = (members, stamp) }

  private static func file(of archive: String, in folder: String) -> String {
    let digest = CacheIndex.digest(ofPath: archive).map { String(format: "%02x", $0) }.joined()
    return (folder as NSString).appendingPathComponent("films-\(digest).list")
  }

  private static func head(_ stamp: SourceStamp, _ count: Int, _ text: String) -> String {
    "CXRLIST1 \(stamp.size) \(stamp.time) \(count) \(SHA256.hexDigest(of: text))"
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
    let members = rest.utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)) }
    guard text[..<end] == Self.head(stamp, members.count, rest) else { return nil }
    self.init(members: members, stamp: stamp)
  }

  func write(of archive: String, in folder: String) throws {
    let text = members.map { $0 + "\n" }.joined()
    try OutputFolder.writeWhole(
      Array((Self.head(stamp, members.count, text) + "\n" + text).utf8),
      to: Self.file(of: archive, in: folder))
  }
}
