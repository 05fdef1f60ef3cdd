import CXRArchive
import CXRData
import CXRImage
import Foundation
import Synchronization
import Testing

@testable import CXRTraining

/// Films in archives: prepared in the one pass that lists them, and then taken from the cache.
@Suite struct ArchiveTests {
  private let set: SmallSet
  private let packed: String
  private let names = (0..<60).map { "f\($0).png" }

  init() throws {
    set = try SmallSet()
    packed = set.folder + "/packed"
    try FileManager.default.createDirectory(
      atPath: packed, withIntermediateDirectories: true)
    try tar("films.tar.gz", names)
  }

  private func tar(_ archive: String, _ names: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["tar", "czf", packed + "/" + archive, "-C", set.images] + names
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  private func shelf(_ cache: String, _ seen: @escaping @Sendable (String) -> Void = { _ in })
    -> ArchiveShelf
  {
    ArchiveShelf(
      cacheFolder: cache, preparation: FilmPreparation(imageSize: 48), check: .stamp, waiting: {},
      inspect: { path, _ in seen(path) }, progress: { _, _ in })
  }

  private func folder(_ name: String) throws -> String {
    let path = set.folder + "/" + name
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  private func cache(_ films: [(name: String, path: String)], in folder: String) throws -> FilmCache
  {
    try FilmCache(
      films: films, preparation: FilmPreparation(imageSize: 48), folder: folder)
  }

  @Test func theSameBitsAsUnpacked() throws {
    let (one, other) = (try folder("one"), try folder("other"))
    let plain = try cache(names.map { ($0, set.images + "/" + $0) }, in: one)
    let archive = packed + "/films.tar.gz"
    let found = try shelf(other).members(of: [archive], most: 0) { _ in true }[archive] ?? []
    #expect(found.sorted() == names.sorted())
    let fromArchive = try cache(names.map { ($0, archive + "/" + $0) }, in: other)
    #expect(fromArchive.reusedCount == names.count)
    for place in names.indices {
      let same = try plain.plane(place) == fromArchive.plane(place)
      #expect(same, "\(names[place])")
    }
  }

  @Test func anArchiveIsReadOnceAndPreparedThen() throws {
    let cacheFolder = try folder("cache")
    let archive = packed + "/films.tar.gz"
    let seen = Mutex(0)
    _ = try shelf(cacheFolder) { _ in seen.withLock { $0 += 1 } }
      .members(of: [archive], most: 0) { _ in true }
    #expect(seen.withLock { $0 } == names.count)
    // Known now: nothing is read, even if it could not be.
    _ = try shelf(cacheFolder) { _ in seen.withLock { $0 += 1 } }
      .members(of: [archive], most: 0) { _ in true }
    #expect(seen.withLock { $0 } == names.count)
    // Another archive under its name is another.
    try tar("films.tar.gz", Array(names.prefix(3)))
    let found = try shelf(cacheFolder).members(of: [archive], most: 0) { _ in true }
    #expect(found[archive]?.count == 3)
  }

  @Test func aDamagedArchiveKeepsWhatWasRead() throws {
    let cacheFolder = try folder("damaged")
    let archive = packed + "/films.tar.gz"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: archive))
    try bytes.dropLast(bytes.count / 3).write(to: URL(fileURLWithPath: archive))
    do {
      _ = try shelf(cacheFolder).members(of: [archive], most: 0) { _ in true }
      Issue.record("a cut archive was taken")
    } catch let error as ArchiveError {
      #expect(error.archive == archive && error.description.contains("Fetch it again"))
    }
    let index = try FileManager.default.contentsOfDirectory(atPath: cacheFolder)
      .first { $0.hasSuffix(".index") }
    let size =
      try FileManager.default.attributesOfItem(
        atPath: cacheFolder + "/" + (try #require(index)))[.size] as? Int
    #expect(try #require(size) > 2 * 256)
  }

  @Test func withoutACacheTheRemedyIsNamed() throws {
    var options = set.collection
    options.images = packed
    #expect(throws: TrainingError.archivesWithoutCache(archive: packed + "/films.tar.gz")) {
      try FilmCollection(options)
    }
  }

  @Test func filmFilesReadOnAndAnew() throws {
    let archive = packed + "/films.tar.gz"
    let files = FilmFiles()
    for name in names + names.prefix(1) {
      let bytes = try files.bytes(of: archive + "/" + name)
      let file = try Data(contentsOf: URL(fileURLWithPath: set.images + "/" + name))
      #expect(bytes == [UInt8](file), "\(name)")
    }
    #expect(throws: ImageError.self) { try files.bytes(of: archive + "/none.png") }
  }

  @Test func sizesOfNIHsFilms() {
    let sizes = [(height: 224, width: 224, films: 5), (height: 1024, width: 1024, films: 2)]
    let remark = NIHRevision.pneumonia1431.remark(ofSizes: sizes)
    #expect(remark?.contains("5 of 7 films") == true && remark?.contains("224 × 224") == true)
    #expect(NIHRevision.pneumonia1353.remark(ofSizes: Array(sizes.suffix(1))) == nil)
  }
}
