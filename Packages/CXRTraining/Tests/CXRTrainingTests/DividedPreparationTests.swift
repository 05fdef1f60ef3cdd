import CXRArchive
import CXRImage
import CXRParallel
import Foundation
import Synchronization
import Testing

@testable import CXRFilms
@testable import CXRTraining

/// Films that ranks prepare together: each is decoded once, and every cache has what its rank would have prepared alone.
@Suite struct DividedPreparationTests {
  private let set: SmallSet
  private let films: [(name: String, path: String)]
  private let preparation = FilmPreparation(imageSize: 48)

  init() throws {
    set = try SmallSet()
    films = (0..<60).map { [images = set.images] in ("f\($0).png", "\(images)/f\($0).png") }
  }

  private func planes(_ cache: FilmCache) throws -> [FilmPlane] {
    try cache.readableFilms.map { try cache.plane($0) }
  }

  private func alone() throws -> [FilmPlane] {
    try planes(FilmCache(films: films, preparation: preparation, folder: set.folder + "/alone"))
  }

  /// Films seen by the first rank, told to it, and heard by it.
  private final class Counts: Sendable {
    let seen = Mutex(Set<String>())
    let told = Mutex(0)
    let heard = Mutex([String]())

    var inspection: FilmInspection {
      FilmInspection(
        see: { [self] path, _ in seen.withLock { $0 = $0.union([path]) } },
        told: { [self] film in
          told.withLock { $0 += 1 }
          return [UInt8(film.decoded.width & 255)]
        }, hear: { [self] path, told in heard.withLock { $0.append(path) } })
    }
  }

  @Test(arguments: [2, 3]) func everyCacheHasAllFilmsAndEachIsDecodedOnce(ranks: Int) throws {
    let (films, preparation, folder) = (films, preparation, set.folder)
    let counts = Counts()
    let found = LocalRanks.run(ranks) { ranks in
      Result {
        let own = "\(folder)/own-\(ranks.count)-\(ranks.rank)"
        let together = try DividedPreparation(
          ranks, asked: [], preparation: preparation, folder: own, check: .stamp,
          inspection: counts.inspection, waiting: {})
        try together?.prepare(films) { _ in }
        together?.close()
        let cache = try FilmCache(films: films, preparation: preparation, folder: own)
        return (together?.isKeeper, cache.reusedCount, try planes(cache))
      }
    }
    let expected = try alone()
    for rank in found {
      let (isKeeper, reused, planes) = try rank.get()
      #expect(isKeeper == true && reused == films.count && planes == expected)
    }
    let (seen, heard) = (counts.seen.withLock { $0 }, counts.heard.withLock { $0 })
    #expect(seen.count == films.count / ranks && heard.count == films.count - seen.count)
    #expect(seen.union(heard).count == films.count)
    #expect(counts.told.withLock { $0 } == heard.count)
  }

  @Test func ranksOfOneFolderKeepFilmsOnce() throws {
    let (films, preparation, folder) = (films, preparation, set.folder + "/one")
    let found = LocalRanks.run(3) { ranks in
      Result {
        let together = try DividedPreparation(
          ranks, asked: [], preparation: preparation, folder: folder, check: .stamp, waiting: {})
        together?.close()
        let cache = try FilmCache(
          films: films, preparation: preparation, folder: folder, ranks: ranks)
        return (together?.isKeeper, try planes(cache))
      }
    }
    let expected = try alone()
    for (rank, result) in found.enumerated() {
      let (isKeeper, planes) = try result.get()
      #expect(isKeeper == (rank == 0) && planes == expected)
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(files.count == 2 && files.allSatisfy(FilmCache.isCacheFile), "\(files)")
  }

  @Test func whatOneCacheHasIsSentToTheOthers() throws {
    let (films, preparation, folder) = (films, preparation, set.folder)
    _ = try FilmCache(films: films, preparation: preparation, folder: folder + "/old-0")
    let found = LocalRanks.run(2) { ranks in
      Result {
        try planes(
          FilmCache(
            films: films, preparation: preparation, folder: "\(folder)/old-\(ranks.rank)",
            ranks: ranks))
      }
    }
    let expected = try alone()
    for rank in found { #expect(try rank.get() == expected) }
  }

  /// Compared by content, films that a cache has are not sent again, and a changed one is prepared anew.
  @Test(arguments: FilmCache.SourceCheck.allCases)
  func whatIsKeptIsKept(check: FilmCache.SourceCheck) throws {
    let (films, preparation, folder) = (films, preparation, set.folder + "/\(check)")
    func prepared() throws -> [(reused: Int, bytes: Int)] {
      try LocalRanks.run(2) { ranks in
        Result {
          let cache = try FilmCache(
            films: films, preparation: preparation, folder: "\(folder)-\(ranks.rank)", check: check,
            ranks: ranks)
          return (
            cache.reusedCount, try Data(contentsOf: URL(fileURLWithPath: cache.path)).count
          )
        }
      }.map { try $0.get() }
    }
    let first = try prepared()
    let again = try prepared()
    #expect(
      again.allSatisfy { $0.reused == films.count } && again.map(\.bytes) == first.map(\.bytes))
    let other = try Data(contentsOf: URL(fileURLWithPath: films[1].path))
    try other.write(to: URL(fileURLWithPath: films[0].path))
    _ = try prepared()
    let cache = try FilmCache(
      films: films, preparation: preparation, folder: folder + "-1", check: check)
    #expect(try cache.plane(CachedFilm(0)) == cache.plane(CachedFilm(1)))
  }

  @Test func ranksThatAreAskedForOtherFilmsWorkAlone() throws {
    let (films, preparation, folder) = (films, preparation, set.folder)
    let found = LocalRanks.run(2) { ranks in
      Result {
        let own = Array(films.dropLast(ranks.rank))
        return try FilmCache(
          films: own, preparation: preparation, folder: "\(folder)/apart-\(ranks.rank)",
          ranks: ranks
        ).reusedCount
      }
    }
    for rank in found { #expect(try rank.get() == 0) }
  }

  private func parcel(_ path: String) throws -> FilmParcel {
    let film = try PreparedFilm(path: path, preparation: preparation)
    let stamp = try SourceStamp(path: path)
    return FilmParcel(
      path: path, file: stamp.number,
      record: CacheIndex.Record(film, of: ("f0.png", path), stamp: stamp), told: [1, 2],
      pixels: film.stored)
  }

  @Test func aParcelKeepsEveryByte() throws {
    let two = [try parcel(films[0].path), try parcel(films[1].path)]
    let found = FilmParcel.all(in: two.flatMap(\.bytes))
    #expect(found.map(\.bytes) == two.map(\.bytes) && found.count == 2)
    #expect(found[1].record == two[1].record && found[1].pixels == two[1].pixels)
  }

  @Test func anotherFilmOfThatNameIsNotTaken() throws {
    let path = set.folder + "/film.png"
    let original = try Data(contentsOf: URL(fileURLWithPath: films[0].path))
    try original.write(to: URL(fileURLWithPath: path))
    let parcel = try parcel(path)
    #expect(parcel.source != nil)
    // A copy, with another number and time, is the same film.
    try FileManager.default.removeItem(atPath: path)
    try original.write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: path)
    #expect(parcel.source?.time == 1_000_000_000_000_000_000)
    var other = original
    other[other.count / 2] ^= 1
    try other.write(to: URL(fileURLWithPath: path))
    #expect(parcel.source == nil)
    try original.dropLast().write(to: URL(fileURLWithPath: path))
    #expect(parcel.source == nil)
  }

  @Test func otherPixelsFromTheSameBytesAreRefused() throws {
    let good = try parcel(films[0].path)
    var record = good.record
    record.pixelChecksum ^= 1
    let forged = FilmParcel(
      path: good.path, file: good.file, record: record, told: [], pixels: good.pixels)
    let (preparation, folder) = (preparation, set.folder)
    let errors = LocalRanks.run(2) { ranks -> FilmError? in
      do {
        let together = try DividedPreparation(
          ranks, asked: [], preparation: preparation, folder: "\(folder)/forged-\(ranks.rank)",
          check: .stamp, waiting: {})
        defer { together?.close() }
        _ = try together?.take(good, from: 1, comparing: true)
        _ = try together?.take(forged, from: 1, comparing: true)
        return nil
      } catch {
        return error as? FilmError
      }
    }
    let expected = FilmError.preparedDifferently(film: films[0].path, rank: 1)
    #expect(errors == [expected, expected])
    #expect("\(expected)".contains("rank 1 prepares it to other pixels than this computer"))
  }

  /// A box that a thread fills, once `make` has begun.
  private func box(
    _ make: @escaping @Sendable (_ put: @escaping @Sendable ([UInt8]) throws -> Void) throws -> Void
  ) -> ParcelBox {
    let box = ParcelBox(room: 10)
    Thread { box.fill(make) }.start()
    return box
  }

  @Test func whoMakesMoreThanThereIsRoomForWaits() throws {
    let all = (0..<20).map { [UInt8](repeating: $0, count: 4) }
    let box = box { put in for bytes in all { try put(bytes) } }
    var (bytes, isLast) = ([UInt8](), false)
    while !isLast {
      let more: [UInt8]
      (more, isLast) = try box.empty(within: 5)
      #expect(more.count <= 10)
      bytes += more
    }
    #expect(bytes == all.flatMap { $0 })
    box.close()
  }

  @Test func whatMakingThrowsIsThrown() throws {
    struct Refused: Error {}
    let box = box { put in
      try put([1, 2])
      throw Refused()
    }
    #expect(throws: Refused.self) { while true { _ = try box.empty(within: 0.01) } }
    box.close()
  }

  @Test func aBoxThatIsClosedEndsWhoFillsIt() {
    let count = Mutex(0)
    let box = box { put in
      while true {
        try put([1, 2, 3, 4])
        count.withLock { $0 += 1 }
      }
    }
    box.close()
    #expect(count.withLock { $0 } <= 2)
  }
}
