import CXRData
import CXRFiles
import CXRImage
import CXRParallel
import Foundation

/// Films that ranks prepare together: each is read and decoded by one of them, and kept in every cache whose own source is the same.
///
/// What a cache then has is what its rank would have prepared by itself: a film that is another one there is left to that rank. All
/// ranks must begin, prepare and close together.
struct DividedPreparation: Sendable {
  let ranks: any Ranks
  private let preparation: FilmPreparation
  private let inspection: FilmInspection?
  private let keepers: [Bool]
  private let store: CacheStore?

  /// Whether this rank keeps what is prepared, for those that share its folder.
  var isKeeper: Bool { keepers[ranks.rank] }

  /// Finds out who keeps films, and opens their caches. `nil` where one rank is alone, or where they were asked for different things:
  /// each then works by itself.
  ///
  /// - Parameters:
  ///   - ranks: that prepare films together; `nil` where this process is alone.
  ///   - asked: what must be the same on all for that.
  ///   - preparation: how films become pixels; `nil` where none is prepared.
  ///   - folder: where films are kept; `nil` for nowhere.
  ///   - check: what tells whether a film has changed.
  ///   - inspection: who looks at films.
  ///   - waiting: called once if a process that is none of the ranks must be waited for.
  /// - Throws: ``FilmError/cacheFailed(path:reason:)``.
  init?(
    _ ranks: (any Ranks)?, asked: [String], preparation: FilmPreparation?, folder: String?,
    check: FilmCache.SourceCheck, inspection: FilmInspection? = nil, waiting: () -> Void
  ) throws {
    guard let ranks, ranks.count > 1 else { return nil }
    let all = [check.rawValue, "\(folder != nil)"] + (preparation?.signature ?? []) + asked
    guard Self.agree(all, ranks) else { return nil }
    self.ranks = ranks
    self.preparation = preparation ?? FilmPreparation()
    self.inspection = inspection
    keepers = try CacheKeepers.find(ranks, folder: folder)
    store =
      if let folder, let preparation, keepers[ranks.rank] {
        try CacheStore(preparation, folder: folder, check: check, waiting: waiting)
      } else { nil }
    ranks.waitForAll()
  }

  /// On a rank that has nothing to prepare, while others may have: they then work by themselves.
  static func standAside(_ ranks: (any Ranks)?) {
    if let ranks, ranks.count > 1 { _ = agree(["nothing"], ranks) }
  }

  /// Whether all ranks ask for the same.
  private static func agree(_ asked: [String], _ ranks: any Ranks) -> Bool {
    ranks.waitForAll()
    let digests = ranks.gathered(
      SHA256.digest(of: Array(asked.joined(separator: "\n").utf8)),
      sizes: [Int](repeating: 32, count: ranks.count))
    return digests.allSatisfy { $0 == digests[0] }
  }

  /// Lets other processes at the cache.
  func close() { store?.close() }

  /// What any rank says of each of several things, which all have in the same order.
  func anyOf(_ says: [Bool]) -> [Bool] {
    let all = ranks.gathered(says.map { $0 ? 1 : 0 }, sizes: ranks.indices.map { _ in says.count })
    return says.indices.map { place in all.contains { $0[place] == 1 } }
  }

  /// Of several things those that are this rank's.
  func own<Thing>(_ things: [Thing]) -> [Thing] {
    things.enumerated().filter { $0.offset % ranks.count == ranks.rank }.map(\.element)
  }

  /// Whether every rank reads each archive from one and the same file, which one of them may read for all.
  func areShared(_ archives: [String]) -> [Bool] {
    let own = archives.map { path in
      (try? SourceStamp(path: path)).map { "\($0.number) \($0.size) \($0.time)" } ?? ""
    }
    let all = ranks.gathered(Array(own.joined(separator: "\n").utf8)).map {
      String(decoding: $0, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }
    return archives.indices.map { place in
      !own[place].isEmpty && all.allSatisfy { $0[place] == own[place] }
    }
  }

  /// Prepares this rank's part and takes the others'.
  ///
  /// - Parameters:
  ///   - make: gives this rank's films to `prepare`, from any thread, with what was read of them where it was read.
  ///   - done: called for each film, on any thread.
  /// - Throws: what `make` throws; ``FilmError``.
  func run(
    done: @escaping @Sendable () -> Void,
    make:
      @escaping @Sendable (
        _ prepare:
          @escaping @Sendable (
            _ film: (name: String, path: String), _ source: (bytes: [UInt8], stamp: SourceStamp)?
          ) throws -> Void
      ) throws -> Void
  ) throws {
    let takers = ranks.indices.map { keepers[$0] || $0 == 0 && inspection != nil }
    let isSent = takers.indices.contains { takers[$0] && $0 != ranks.rank }
    var compared: Set<String> = []
    try ParcelRounds(ranks: ranks, takers: takers).run { put in
      try make { film, source in
        if let parcel = try self.prepare(film, source), isSent { try put(parcel.bytes) }
        done()
      }
    } take: { rank, bytes in
      for parcel in FilmParcel.all(in: bytes) {
        // One film of each kind from each rank is decoded here too.
        let kind = "\(rank) \((parcel.path as NSString).pathExtension)"
        let isTaken = try take(parcel, from: rank, comparing: !compared.contains(kind))
        guard isTaken else { continue }
        compared.insert(kind)
        done()
      }
    }
  }

  /// Takes a film that another rank has prepared, where it is the one that is here; another film of that name is left to whoever
  /// asks for it.
  ///
  /// - Parameter isCompared: whether it is decoded here too.
  /// - Returns: whether it is taken.
  /// - Throws: ``FilmError/preparedDifferently(film:rank:)``, ``FilmError/cacheFailed(path:reason:)``.
  func take(_ parcel: FilmParcel, from rank: Int, comparing isCompared: Bool) throws -> Bool {
    guard let source = parcel.source else { return false }
    if isCompared { try compare(parcel, from: rank) }
    if ranks.rank == 0 { try inspection?.hear(parcel.path, parcel.told) }
    try store?.adopt(parcel, source: source)
    return true
  }

  /// A film of this rank's part; `nil` where it cannot be decoded, which whoever asks for it finds by itself.
  private func prepare(
    _ film: (name: String, path: String), _ source: (bytes: [UInt8], stamp: SourceStamp)?
  ) throws -> FilmParcel? {
    do {
      let stamp = try SourceStamp(path: film.path)
      if inspection == nil, let kept = try store?.record(ofKept: film) {
        return FilmParcel(
          path: film.path, file: stamp.number, record: kept.record, told: [], pixels: kept.pixels)
      }
      var found: PreparedFilm?
      if let store {
        _ = try store.prepare(film, source: source) { found = $0 }
      } else {
        found = try PreparedFilm(path: film.path, source: source?.bytes, preparation: preparation)
      }
      guard let prepared = found else { return nil }
      if ranks.rank == 0 { inspection?.see(film.path, prepared) }
      return FilmParcel(
        path: film.path, file: stamp.number,
        record: CacheIndex.Record(prepared, of: film, stamp: source?.stamp ?? stamp),
        told: ranks.rank == 0 ? [] : try inspection?.told(prepared) ?? [],
        pixels: keepers.contains(true) ? prepared.stored : [])
    } catch is ImageError {
      return nil
    }
  }

  /// Makes sure that another rank comes to the same pixels from the same bytes.
  private func compare(_ parcel: FilmParcel, from rank: Int) throws {
    guard let bytes = try? FilmFiles().bytes(of: parcel.path),
      bytes.withUnsafeBytes({ $0.checksum64 }) == parcel.record.sourceChecksum,
      let film = try? PreparedFilm(path: parcel.path, source: bytes, preparation: preparation)
    else { return }
    let isSame = film.stored.withUnsafeBytes({ $0.checksum64 }) == parcel.record.pixelChecksum
    guard isSame else {
      throw FilmError.preparedDifferently(film: parcel.path, rank: rank)
    }
  }

  /// Whether a film is yet to be prepared, for this rank's cache or for who looks at it.
  func isWanted(_ film: (name: String, path: String), isSeen: Bool) -> Bool {
    (ranks.rank == 0 && inspection != nil && !isSeen) || store.map { !$0.has(film) } ?? false
  }
}

extension Ranks {
  /// Of all of them.
  fileprivate var indices: Range<Int> { 0..<count }
}
