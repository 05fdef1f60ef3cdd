@testable import CXRFilms
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
      ["tar", archive.hasSuffix("gz") ? "czf" : "cf", packed + "/" + archive, "-C", set.images]
      + names
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  private func shelf(_ cache: String, _ seen: @escaping @Sendable (String) -> Void = { _ in })
    -> ArchiveShelf
  {
    ArchiveShelf(
      cacheFolder: cache, preparation: FilmPreparation(imageSize: 48), check: .stamp, waiting: {},
      inspection: FilmInspection(
        see: { path, _ in seen(path) }, told: { _ in [] }, hear: { _, _ in }), progress: { _, _ in }
    )
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
    let found = try shelf(other).listing(of: [archive], most: 0) { _ in true }.films[archive] ?? []
    #expect(found.sorted() == names.sorted())
    let fromArchive = try cache(names.map { ($0, archive + "/" + $0) }, in: other)
    #expect(fromArchive.reusedCount == names.count)
    for place in names.indices {
      let same = try plain.plane(CachedFilm(place)) == fromArchive.plane(CachedFilm(place))
      #expect(same, "\(names[place])")
    }
  }

  @Test func anArchiveIsReadOnceAndPreparedThen() throws {
    let cacheFolder = try folder("cache")
    let archive = packed + "/films.tar.gz"
    let seen = Mutex(0)
    _ = try shelf(cacheFolder) { _ in seen.withLock { $0 += 1 } }
      .listing(of: [archive], most: 0) { _ in true }
    #expect(seen.withLock { $0 } == names.count)
    // Known now: nothing is read, even if it could not be.
    _ = try shelf(cacheFolder) { _ in seen.withLock { $0 += 1 } }
      .listing(of: [archive], most: 0) { _ in true }
    #expect(seen.withLock { $0 } == names.count)
    // Another archive under its name is another.
    try tar("films.tar.gz", Array(names.prefix(3)))
    let found = try shelf(cacheFolder).listing(of: [archive], most: 0) { _ in true }
    #expect(found.films[archive]?.count == 3)
  }

  /// Archives that are not compressed are often of one size: their time tells them apart.
  @Test func anotherArchiveOfTheSameSizeIsListedAnew() throws {
    let cacheFolder = try folder("same-size")
    let archive = packed + "/films.tar"
    var sizes: Set<Int> = []
    for (place, own) in [names.prefix(3), names.suffix(3)].enumerated() {
      try tar("films.tar", Array(own))
      let manager = FileManager.default
      try manager.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1e9 + Double(place))], ofItemAtPath: archive
      )
      sizes.insert(try manager.attributesOfItem(atPath: archive)[.size] as? Int ?? place)
      let found = try shelf(cacheFolder).listing(of: [archive], most: 0) { _ in true }
      #expect(found.films[archive]?.sorted() == own.sorted())
    }
    #expect(sizes.count == 1)
  }

  /// Compared by content, films are read and prepared again; by stamp they are not.
  @Test func contentReadsAnArchiveAgain() throws {
    let cacheFolder = try folder("content")
    let archive = packed + "/films.tar.gz"
    func seen(_ check: FilmCache.SourceCheck) throws -> Int {
      let seen = Mutex(0)
      let shelf = ArchiveShelf(
        cacheFolder: cacheFolder, preparation: FilmPreparation(imageSize: 48), check: check,
        waiting: {},
        inspection: FilmInspection(
          see: { _, _ in seen.withLock { $0 += 1 } }, told: { _ in [] }, hear: { _, _ in }),
        progress: { _, _ in })
      let listing = try shelf.listing(of: [archive], most: 0) { _ in true }
      #expect(listing.films[archive]?.sorted() == names.sorted())
      return seen.withLock { $0 }
    }
    #expect(try seen(.stamp) == names.count)
    #expect(try seen(.stamp) == 0 && seen(.content) == names.count && seen(.stamp) == 0)
    // The list is kept beside the films, and one that is damaged is made anew.
    let list = try #require(
      try FileManager.default.contentsOfDirectory(atPath: cacheFolder).first {
        $0.hasPrefix("films-") && $0.hasSuffix(".list")
      })
    let path = cacheFolder + "/" + list
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacingOccurrences(of: "f7.png", with: "f8.png")
      .write(toFile: path, atomically: true, encoding: .utf8)
    #expect(try seen(.stamp) == names.count)
  }

  /// A member without an extension is a film where it begins as DICOM does.
  @Test func aMemberWithoutExtensionMayBeAFilm() throws {
    let dicom = Data(repeating: 0, count: 128) + Data("DICM".utf8)
    for (name, bytes) in [
      ("export", dicom), ("short", dicom.dropLast()),
      ("other", Data(repeating: 0, count: 400)), ("notes.txt", dicom),
    ] { try bytes.write(to: URL(fileURLWithPath: set.images + "/" + name)) }
    try tar("films.tar.gz", ["export", "short", "other", "notes.txt", "f1.png"])
    let archive = packed + "/films.tar.gz"
    let found = try shelf(folder("dicom")).listing(of: [archive], most: 0) { _ in false }
    #expect(found.films[archive]?.sorted() == ["export", "f1.png"])
  }

  /// Films in archives are shown as they were prepared, which is said; doubles among them are told all the same.
  @Test func doublesInAnArchiveAreTold() throws {
    let film = try Data(contentsOf: URL(fileURLWithPath: set.images + "/f4.png"))
    try film.write(to: URL(fileURLWithPath: set.images + "/f5.png"))
    try tar("films.tar.gz", names)
    var options = set.collection
    options.images = packed
    let exploration = try Exploration(
      options, cacheFolder: folder("doubles"), preparation: FilmPreparation(imageSize: 48))
    // Films 4 and 5 are one patient's.
    #expect(
      exploration.problems.filter {
        $0.kind.hasPrefix("duplicate") && $0.image == "f5.png"
      }.map { "\($0.kind) \($0.severity.rawValue)" } == ["duplicate_pixels warning"])
    #expect(exploration.collection.archivedCount == 60)
    #expect(exploration.collection.remarkOfPictures?.hasPrefix("60 films are in archives") == true)
    #expect(try FilmCollection(set.collection).remarkOfPictures == nil)
  }

  @Test func aDamagedArchiveKeepsWhatWasRead() throws {
    let cacheFolder = try folder("damaged")
    let archive = packed + "/films.tar.gz"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: archive))
    try bytes.dropLast(bytes.count / 3).write(to: URL(fileURLWithPath: archive))
    let failure = try shelf(cacheFolder).listing(of: [archive], most: 0) { _ in true }.failure
    #expect(failure?.archive == archive)
    #expect(failure?.description.contains("Fetch it again") == true)
    // Nothing is missing of an archive that is only beside the films.
    var options = set.collection
    try FileManager.default.moveItem(atPath: archive, toPath: set.images + "/beside.tar.gz")
    #expect(try FilmCollection(options).rows(of: nil).count == 60)
    options.images = set.images + "/beside.tar.gz"
    #expect(throws: ArchiveError.self) {
      try FilmCollection(options, archives: shelf(cacheFolder))
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
    do {
      _ = try FilmCollection(options)
      Issue.record("films in an archive were found without a cache")
    } catch FilmError.archivesWithoutCache(_, let count, let archive) {
      #expect(count == 60 && archive == packed + "/films.tar.gz")
    }
    // Of a few missing films the others are no hostages.
    try FileManager.default.removeItem(atPath: set.images + "/f0.png")
    options.images = set.folder
    try set.write([0], to: "packed/more.tar.gz.part")
    let some = try FilmCollection(options, tolerateMissing: true)
    #expect(some.remarks.contains { $0.contains("more.tar.gz.part") })
    #expect(
      some.rows(of: nil).count == 59
        && some.remarks.contains { $0.contains("the option cache names") })
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

  /// An audit of what was there is no verdict on films that came later.
  @Test func filmsThatAnAuditMissedAreUsedOnceTheyAreThere() throws {
    let audit = set.folder + "/audit.csv"
    try
      "image,problem,severity,detail\nf0.png,missing,error,x\nf1.png,missing,error,x\nf1.png,unreadable,error,x\nf2.png,missing,error,x\n"
      .write(toFile: audit, atomically: true, encoding: .utf8)
    try FileManager.default.removeItem(atPath: set.images + "/f2.png")
    var options = set.collection
    options.exclude = audit
    let collection = try FilmCollection(options)
    // f1 is also called unreadable; f2 is still missing, which is no error then.
    #expect(collection.excluded == ["f1.png", "f2.png"])
    #expect(collection.rows(of: nil).count == 58)
    #expect(collection.remarks.contains { $0.contains("1 films that the audit calls missing") })
    #expect(collection.rowsWithoutFilm.isEmpty)
  }

  /// The two places that know what an archive is called agree.
  @Test(arguments: ["a.tar", "A.TAR.GZ", "a.tgz", "a.zip", "a.gz", "a.tar.bz2", "zip", "a.zip.png"])
  func whatAnArchiveIsCalled(_ name: String) throws {
    let path = set.folder + "/" + name
    try Data([0]).write(to: URL(fileURLWithPath: path))
    let isSearched = (try? FilmSearch(path)) != nil
    #expect(isSearched == ArchivedPath.isArchive(name))
    #expect((ArchivedPath(path + "/x.png") != nil) == ArchivedPath.isArchive(name))
  }

  /// A link, and a film that is no film, are unreadable, each by its name; the others are read.
  @Test func oneBadMemberLeavesTheOthers() throws {
    try FileManager.default.createSymbolicLink(
      atPath: set.images + "/link.png", withDestinationPath: "/etc/passwd")
    try tar("films.tar.gz", ["f1.png", "link.png", "f2.png"])
    let archive = packed + "/films.tar.gz"
    let cacheFolder = try folder("links")
    let films = ["f1.png", "link.png", "f2.png", "f1.png"].map {
      (name: $0, path: archive + "/" + $0)
    }
    let cache = try cache(films, in: cacheFolder)
    #expect(cache.unreadable.map(\.name) == ["link.png"])
    #expect(cache.unreadable.first?.reason.contains("link") == true)
    let same = try cache.plane(0) == cache.plane(3)
    #expect(same)
  }

  /// An archive that is exchanged while it is read: what was read is the earlier one's, and is prepared anew.
  @Test func stampsAreThoseOfWhatWasRead() throws {
    let archive = packed + "/films.tar.gz"
    let reader = try ArchiveReader(path: archive)
    try tar("films.tar.gz", ["f3.png"])
    let now = try SourceStamp(path: archive + "/f3.png")
    let then = SourceStamp(reader)
    #expect(now.size != then.size || now.time != then.time)
    let anew = SourceStamp(try ArchiveReader(path: archive))
    #expect(now.size == anew.size && now.time == anew.time)
  }

  @Test func sizesOfNIHsFilms() {
    let sizes = [(height: 224, width: 224, films: 5), (height: 1024, width: 1024, films: 2)]
    let remark = NIHRevision.pneumonia1431.remark(ofSizes: sizes)
    #expect(remark?.contains("5 of 7 films") == true && remark?.contains("224 × 224") == true)
    #expect(NIHRevision.pneumonia1353.remark(ofSizes: Array(sizes.suffix(1))) == nil)
  }
}
