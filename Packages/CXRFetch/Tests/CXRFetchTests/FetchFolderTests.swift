import CXRFiles
import CXRTestSupport
import Foundation
import Testing

@testable import CXRFetch

@Suite struct FetchFolderTests {
  private let folder: TemporaryFolder
  private let bytes = Array("abcdef".utf8)
  private let entry = FetchCatalogue.Entry(
    file: "a.tar.gz", url: "http://h/a", bytes: 6, md5: "e80b5017098950fc58aad83c8c14978e")

  init() throws { folder = try TemporaryFolder() }

  private func presence(_ own: FetchFolder, _ report: (FetchEvent) -> Void = { _ in }) throws
    -> FilePresence
  {
    try own.presence(of: entry, shouldStop: { false }, report: report)
  }

  @Test func whatIsRightIsRememberedUntilItsTimeChanges() throws {
    try folder.write(bytes, to: "a.tar.gz")
    do {
      let own = try FetchFolder(folder.path)
      #expect(try presence(own) == .whole)
    }
    let own = try FetchFolder(folder.path)
    let stamp = try #require(FileStamp(path: own.file("a.tar.gz")))
    #expect(own.isKnown(entry, stamp))
    try folder.write(Array("abcdeX".utf8), to: "a.tar.gz")
    #expect(try presence(own) == .missing(part: 0))
    #expect(folder.read("a.tar.gz") == nil)
  }

  @Test(arguments: ["", "{", "[1, 2]", "{\"version\": 2, \"files\": {}}", "\u{0}\u{1}"])
  func aDamagedStateIsNone(_ text: String) throws {
    try folder.write(bytes, to: "a.tar.gz")
    try folder.write(Array(text.utf8), to: ".cxr-fetch.json")
    let own = try FetchFolder(folder.path)
    let stamp = try #require(FileStamp(path: own.file("a.tar.gz")))
    #expect(!own.isKnown(entry, stamp))
    #expect(try presence(own) == .whole)
    #expect(own.isKnown(entry, stamp))
  }

  @Test func aStateOfAnotherFormIsNone() throws {
    func files(version: Int) throws -> [String: FetchState.File] {
      let text =
        "{\"version\": \(version), \"files\": {\"a\": {\"bytes\": 1, \"modified\": 2, \"md5\": \"3\"}}}"
      try folder.write(Array(text.utf8), to: "state")
      return FetchState(path: folder.path + "/state").files
    }
    #expect(try files(version: 1) == ["a": FetchState.File(bytes: 1, modified: 2, md5: "3")])
    #expect(try files(version: 2).isEmpty)
  }

  @Test func aShortFileBecomesItsPart() throws {
    try folder.write(Array("abc".utf8), to: "a.tar.gz")
    let own = try FetchFolder(folder.path)
    var events: [FetchEvent] = []
    #expect(try presence(own) { events.append($0) } == .missing(part: 3))
    #expect(events == [.takenAsPart(file: "a.tar.gz", bytes: 3)])
    #expect(events.first?.description == "a.tar.gz: it has 3 bytes only; the rest is fetched")
    #expect(folder.read("a.tar.gz.part") == Array("abc".utf8))
  }

  @Test func whatIsTooLongIsRemoved() throws {
    try folder.write(bytes + [7], to: "a.tar.gz")
    try folder.write(bytes + [7], to: "a.tar.gz.part")
    #expect(try presence(FetchFolder(folder.path)) == .missing(part: 0))
    #expect(folder.read("a.tar.gz") == nil)
    #expect(folder.read("a.tar.gz.part") == nil)
  }

  @Test func aSecondFetchIntoAFolderIsRefused() throws {
    let first = try FetchFolder(folder.path)
    #expect(throws: FileError.folderInUse(path: folder.path, process: Int(getpid()))) {
      try FetchFolder(folder.path)
    }
    withExtendedLifetime(first) {}
  }

  @Test func leftoversAreRemoved() throws {
    try folder.write(bytes, to: ".cxr-fetch-labels-0.tmp")
    _ = try FetchFolder(folder.path)
    #expect(folder.read(".cxr-fetch-labels-0.tmp") == nil)
  }

  @Test func whatDoesNotFitIsNotBegun() throws {
    let own = try FetchFolder(folder.path)
    let huge = FetchCatalogue(
      name: "huge",
      entries: [
        FetchCatalogue.Entry(file: "a", url: "http://127.0.0.1:1/a", bytes: .max, md5: entry.md5),
        FetchCatalogue.Entry(file: "b", url: "http://127.0.0.1:1/b", bytes: .max, md5: entry.md5),
      ])
    let error = #expect(throws: FetchError.self) { try Fetcher(huge, into: own).run() }
    guard case .noRoom(folder.path, .max, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(folder.read("a.part") == nil)
  }
}
