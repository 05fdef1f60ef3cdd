@testable import CXRFilms
import CXRFiles
import CXRImage
import Foundation
import Testing

@testable import CXRTraining

@Suite struct FilmCacheTests {
  private let set: SmallSet
  private let preparation = FilmPreparation(imageSize: 48)

  init() throws { set = try SmallSet() }

  private func films(_ range: Range<Int>) -> [(name: String, path: String)] {
    range.map { ("f\($0).png", "\(set.images)/f\($0).png") }
  }

  private func cache(
    _ range: Range<Int>, _ preparation: FilmPreparation? = nil,
    check: FilmCache.SourceCheck = .stamp
  ) throws -> FilmCache {
    try FilmCache(
      films: films(range), preparation: preparation ?? self.preparation, folder: set.folder,
      check: check)
  }

  private func index(_ cache: FilmCache) -> String {
    String(cache.path.dropLast("cache".count)) + "index"
  }

  private func change(_ path: String, at offset: Int, to byte: UInt8) throws {
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try file.seek(toOffset: UInt64(offset))
    try file.write(contentsOf: Data([byte]))
    try file.close()
  }

  private func expectRight(
    _ cache: FilmCache, _ range: Range<Int>, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for (place, film) in films(range).enumerated() {
      let same = try cache.plane(CachedFilm(place)) == cache.preparation(path: film.path)
      #expect(same, "\(film.name)", sourceLocation: sourceLocation)
    }
  }

  /// Another film of the same size under a film's name, older than what was prepared, is prepared anew.
  @Test func anOlderFilmIsAnotherFilm() throws {
    defer { set.remove() }
    _ = try cache(0..<3)
    let path = "\(set.images)/f1.png"
    let size = try Data(contentsOf: URL(fileURLWithPath: path)).count
    let pixels = [UInt8](repeating: 200, count: 1599) + [10]
    var other = try GreyFilm(height: 40, width: 40, pixels: pixels).pngData()
    // What follows a PNG's end is no part of it.
    try #require(other.count <= size)
    other += [UInt8](repeating: 0, count: size - other.count)
    try set.write(other, to: "films/f1.png")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)], ofItemAtPath: path)
    let again = try cache(0..<3)
    #expect(again.reusedCount == 2)
    try expectRight(again, 0..<3)
  }

  @Test func runsWithOtherFilmsShareWhatTheyHaveInCommon() throws {
    defer { set.remove() }
    #expect(try cache(0..<20).reusedCount == 0)
    let more = try cache(10..<40)
    #expect(more.reusedCount == 10)
    try expectRight(more, 10..<40)
    let all = try cache(0..<40)
    #expect(all.reusedCount == 40)
    try expectRight(all, 0..<40)
    // The same numbers whether films come from disk or from the cache.
    let alone = try FilmCache(
      films: films(0..<40), preparation: preparation, folder: set.images)
    #expect(alone.moments(of: Array(0..<40)) == all.moments(of: Array(0..<40)))
  }

  @Test func whatIsPreparedOtherwiseIsKeptApart() throws {
    defer { set.remove() }
    let paths = try [
      preparation, FilmPreparation(imageSize: 49),
      FilmPreparation(imageSize: 48, resize: .antialias),
      FilmPreparation(imageSize: 48, jpegTransform: .ifast),
      FilmPreparation(imageSize: 48, storage: .uint8),
      FilmPreparation(imageSize: 48, storage: .float32),
    ].map { try cache(0..<2, $0) }.map(\.path)
    #expect(Set(paths).count == 6)
  }

  /// Everything that changes pixels, or which films are taken.
  @Test func everyChoiceThatChangesPixelsHasAKeyOfItsOwn() throws {
    defer { set.remove() }
    let changes: [(inout FilmPreparation) -> Void] = [
      { _ in }, { $0.depth = .reference }, { $0.depth = .full }, { $0.dicomRange = .full },
      { $0.pngBits = 12 }, { $0.pngBits = 13 }, { $0.appliesOrientation = true },
      { $0.dicomModalities.insert(.radiofluoroscopy) },
    ]
    let paths = try changes.map { change in
      var other = preparation
      change(&other)
      return try cache(0..<1, other).path
    }
    #expect(Set(paths).count == changes.count)
    #expect(preparation.signature.contains(LibraryVersion.current))
    for path in paths {
      #expect(
        path.hasPrefix(set.folder + "/films-") && path.hasSuffix(".cache")
          && FileManager.default.fileExists(atPath: String(path.dropLast(5)) + "index"))
    }
  }

  /// A record has 256 bytes and says of its film what is known.
  @Test func recordsComeBack() throws {
    let record = CacheIndex.Record(
      pathDigest: (1...16).map { UInt8($0) }, sourceSize: 2, sourceTime: 1 << 60,
      sourceChecksum: 4 << 40, pixelChecksum: .max,
      content: FilmContent(hash: 6, height: 7, width: 8),
      mean: 9.5, squaredDeviations: 10.25, name: "films/ä.png")
    let bytes = record.bytes
    #expect(bytes.count == 256 && CacheIndex.Record(bytes) == record)
    for place in [0, 17, 100, 255] {
      var damaged = bytes
      damaged[place] ^= 4
      #expect(CacheIndex.Record(damaged) == nil, "\(place)")
    }
    defer { set.remove() }
    let wide = GreyFilm(height: 30, width: 50, pixels: (0..<1500).map { UInt8($0 % 200) })
    try set.write(wide.pngData(), to: "films/f1.png")
    for _ in 0..<2 {
      let cache = try cache(0..<2)
      let look = cache.look(of: 1)
      #expect(look.width == 50 && look.height == 30)
      let pixels = try cache.plane(1).values.map(Double.init)
      let mean = pixels.reduce(0, +) / Double(pixels.count)
      let square = pixels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(pixels.count)
      #expect(abs(look.mean - mean) < 1e-6 && abs(look.contrast - square.squareRoot()) < 1e-6)
      #expect(cache.look(of: 0).width == 40)
    }
  }

  /// Of 112,120 films of 224 × 224 pixels 5.6, 11.3 and 22.5 gigabytes; and a film that is not resized stays as it is.
  @Test func bytesOfAFilm() throws {
    defer { set.remove() }
    for (storage, bytes, gigabytes) in [
      (PixelStorage.uint8, 1, 5.6), (.fixed16, 2, 11.3), (.float32, 4, 22.5),
    ] {
      let size = FilmPreparation(imageSize: 224, storage: storage).byteCount
      #expect(size == 224 * 224 * bytes)
      #expect(abs(Double(size) * 112_120 / 1e9 - gigabytes) < 0.05)
      let kept = try cache(0..<2, FilmPreparation(imageSize: 40, storage: storage))
      let film = try GreyFilm(path: films(1..<2)[0].path)
      #expect(try kept.plane(1).values == film.pixels.map(Float.init))
    }
    #expect(FilmPreparation().storage == .fixed16)
  }

  /// A damaged index makes the next run begin anew; who still uses the old pixels keeps them.
  @Test func aNewCacheLeavesTheOldPixels() throws {
    let set = try SmallSet()
    defer { set.remove() }
    func cache(_ films: Range<Int>) throws -> FilmCache {
      try FilmCache(
        films: films.map { ("f\($0).png", "\(set.images)/f\($0).png") },
        preparation: FilmPreparation(imageSize: 64), folder: set.folder)
    }
    let old = try cache(0..<4)
    let before = try (0..<4).map { try old.plane(CachedFilm($0)).values }
    let index = old.path.replacingOccurrences(of: ".cache", with: ".index")
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: index))
    try file.write(contentsOf: Data("damage".utf8))
    try file.close()
    // Other films take the places of the old.
    let new = try cache(4..<8)
    #expect(new.reusedCount == 0)
    #expect(try (0..<4).map { try old.plane(CachedFilm($0)).values } == before)
    #expect(try (0..<4).map { try new.plane(CachedFilm($0)).values } != before)
    #expect(try cache(4..<8).reusedCount == 4)
  }

  /// What another program does to the file while it is in use is an error that names the film, not other numbers.
  @Test func changesInUseAreNoticed() throws {
    defer { set.remove() }
    let cache = try cache(0..<4)
    let size = preparation.byteCount
    try change(cache.path, at: 2 * size + 5, to: 0xAA)
    let changed = (0..<4).filter { (try? cache.plane(CachedFilm($0))) == nil }
    #expect(changed.count == 1)
    let first = try #require(changed.first)
    #expect(throws: FilmError.cacheChanged(path: cache.path, film: "f\(first).png")) {
      try cache.plane(CachedFilm(first))
    }
    #expect(truncate(cache.path, off_t(size + 9)) == 0)
    #expect((0..<4).filter { (try? cache.plane(CachedFilm($0))) == nil }.count == 3)
  }

  @Test func damageIsFoundAndMended() throws {
    defer { set.remove() }
    let first = try cache(0..<10)
    let size = preparation.byteCount
    try change(first.path, at: 3 * size + 77, to: 0xAA)
    try change(index(first), at: 256 * 6 + 40, to: 0xAA)
    let mended = try cache(0..<10)
    #expect(mended.reusedCount == 8)
    try expectRight(mended, 0..<10)
    #expect(try cache(0..<10).reusedCount == 10)

    // Cut short, as by a full disk or a kill.
    #expect(truncate(first.path, off_t(4 * size + 5)) == 0)
    let cut = try cache(0..<10)
    #expect(cut.reusedCount == 4)
    try expectRight(cut, 0..<10)
    #expect(truncate(index(first), 256 * 3 + 100) == 0)
    let shorter = try cache(0..<10)
    #expect(shorter.reusedCount == 2)
    try expectRight(shorter, 0..<10)
    // Something else under its name.
    try Data("no index".utf8).write(to: URL(fileURLWithPath: index(first)))
    let anew = try cache(0..<10)
    #expect(anew.reusedCount == 0)
    try expectRight(anew, 0..<10)
  }

  @Test func changedFilmsAreRedone() throws {
    defer { set.remove() }
    let before = try cache(0..<6)
    let old = try before.plane(2)
    let other = GreyFilm(height: 9, width: 9, pixels: [UInt8](repeating: 7, count: 81))
    try set.write(other.pngData(), to: "films/f2.png")
    let after = try cache(0..<6)
    #expect(after.reusedCount == 5)
    try expectRight(after, 0..<6)
    // Another process may still be reading the film as it was.
    #expect(try before.plane(2) == old)
    #expect(try cache(0..<6).reusedCount == 6)
  }

  @Test func contentTellsWhatTheStampDoesNot() throws {
    defer { set.remove() }
    let path = "\(set.images)/f1.png"
    _ = try cache(0..<4)
    let date = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    // The last byte of the last chunk's checksum: the size stays, the film is damaged.
    bytes[bytes.count - 1] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.modificationDate: date as Any], ofItemAtPath: path)
    let seen = try cache(0..<4, check: .content)
    #expect(seen.unreadable.map(\.name) == ["f1.png"] && seen.reusedCount == 3)
    // Touched but not changed.
    try FileManager.default.setAttributes(
      [.modificationDate: Date()], ofItemAtPath: "\(set.images)/f0.png")
    #expect(try cache(0..<1, check: .content).reusedCount == 1)
    #expect(try cache(0..<1).reusedCount == 0)
  }

  @Test(arguments: [(PixelStorage.uint8, 0.5), (.fixed16, 1.0 / 512), (.float32, 0)])
  func storageIsAsExactAsItSays(storage: PixelStorage, bound: Double) throws {
    defer { set.remove() }
    let stored = try cache(0..<8, FilmPreparation(imageSize: 48, storage: storage))
    #expect(stored.preparation.byteCount == 48 * 48 * storage.bytesPerPixel)
    var worst = 0.0
    for (n, film) in films(0..<8).enumerated() {
      let place = CachedFilm(n)
      let exact = try GreyFilm(path: film.path).resized(height: 48, width: 48)
      for (a, b) in zip(try stored.plane(place).values, exact.values) {
        worst = max(worst, Double(abs(a - b)))
      }
      var standardised = [Float](repeating: 0, count: 48 * 48)
      try standardised.withUnsafeMutableBufferPointer {
        if let base = $0.baseAddress {
          try stored.writeStandardised(place, mean: 100, deviation: 30, to: base)
        }
      }
      #expect(try standardised == stored.plane(place).values.map { ($0 - 100) / 30 })
      let (moments, slow) = (stored.moments(of: [place]), PixelMoments(try stored.plane(place)))
      #expect(abs(moments.mean - slow.mean) < 1e-9)
      #expect(abs(moments.standardDeviation - slow.standardDeviation) < 1e-9)
    }
    #expect(worst <= bound && (bound == 0 || worst > bound / 2), "\(worst)")
  }

  @Test func twoAtOnceShareOneCache() async throws {
    defer { set.remove() }
    let caches = try await withThrowingTaskGroup(of: FilmCache.self) { group in
      for _ in 0..<4 { group.addTask { try cache(0..<30) } }
      return try await group.reduce(into: [FilmCache]()) { $0.append($1) }
    }
    #expect(caches.map(\.reusedCount).sorted() == [0, 30, 30, 30])
    for cache in caches { try expectRight(cache, 0..<30) }
  }
}
