import CXRFiles
import CXRData
import CXRTestSupport
import Foundation
import Synchronization
import Testing

@testable import CXRFetch

/// What the page of fetching promises of several files, of redirects and of what is told.
@Suite struct FetchPromiseTests {
  private let folder: TemporaryFolder
  private let bytes = Array("abcdef".utf8)
  private let md5 = "e80b5017098950fc58aad83c8c14978e"

  init() throws { folder = try TemporaryFolder() }

  private func entry(_ file: String, _ server: LoopbackServer) -> FetchCatalogue.Entry {
    FetchCatalogue.Entry(
      file: file, url: "http://127.0.0.1:\(server.port)/\(file)", bytes: 6, md5: md5)
  }

  private func redirect(_ to: String) -> LoopbackServer.Answer {
    LoopbackServer.raw("HTTP/1.1 302 Found\r\nLocation: \(to)\r\nContent-Length: 0\r\n\r\n")
  }

  /// As NIH's own script of its download page names them, and as NIH publishes their sums.
  @Test func nihsArchivesAreThoseThatNIHGives() throws {
    let published = [
      ("vfk49d74nhbxq3nqjg0900w5nvkorp5c", "fe8ed0a6961412fddcbb3603c11b3698"),
      ("i28rlmbvmfjbl8p2n3ril0pptcmcu9d1", "ab07a2d7cbe6f65ddd97b4ed7bde10bf"),
      ("f1t00wrtdk94satdfb9olcolqx20z2jp", "2301d03bde4c246388bad3876965d574"),
      ("0aowwzs5lhjrceb3qp67ahp0rd1l1etg", "9f1b7f5aae01b13f4bc8e2c44a4b8ef6"),
      ("v5e3goj22zr6h8tzualxfsqlqaygfbsn", "1861f3cd0ef7734df8104f2b0309023b"),
      ("asi7ikud9jwnkrnkj99jnpfkjdes7l6l", "456b53a8b351afd92a35bc41444c58c8"),
      ("jn1b4mw4n6lnh74ovmcjb8y48h8xj07n", "1075121ea20a137b87f290d6a4a5965e"),
      ("tvpxmn7qyrgl0w8wfh9kqfjskv6nmm1j", "b61f34cec3aa69f295fbb593cbd9d443"),
      ("upyy3ml7qdumlgk2rfcvlb9k6gvqq2pj", "442a3caa61ae9b64e61c561294d1e183"),
      ("l6nilvfa9cg3s28tqv1qc1olm3gnz54p", "09ec81c4c31e32858ad8cf965c494b74"),
      ("hhq8fkdgvcari67vfhs7ppg2w6ni4jze", "499aefc67207a5a97692424cf5dbeed5"),
      ("ioqwiy20ihqwyr8pf4c24eazhh281pbu", "dc9fda1757c2de0032b63347a7d2895c"),
    ]
    let entries = FetchCatalogue.nih.entries
    try #require(entries.count == published.count)
    for (number, (entry, (key, sum))) in zip(entries, published).enumerated() {
      let digits = number < 9 ? "00\(number + 1)" : "0\(number + 1)"
      #expect(entry.file == "images_\(digits).tar.gz")
      #expect(entry.url == "https://nihcc.box.com/shared/static/\(key).gz")
      #expect(entry.md5 == sum, "\(entry.file)")
    }
    // The first two have 6 GB, all of them 45.
    let some = try FetchCatalogue.nih.selecting(PartSelection("1,2"))
    #expect(some.bytes / 1_000_000 == 5961 && FetchCatalogue.nih.bytes.inLargeUnits == "45.0 GB")
  }

  /// A refusal, a wrong sum and a wrong size end their files; the others are fetched all the same.
  @Test func oneFileThatFailsKeepsNoOther() throws {
    let server = try LoopbackServer([
      LoopbackServer.raw("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
      LoopbackServer.file(Array("abcdeX".utf8)), LoopbackServer.file(bytes),
      LoopbackServer.file(Array("abcdefg".utf8)), LoopbackServer.file(bytes),
    ])
    let entries = ["e", "d", "c", "b", "a"].map { entry($0, server) }
    var options = Fetcher.Options()
    #expect(options.connections == 4 && options.stall == 30)
    options.connections = 1
    let events = Mutex<[FetchEvent]>([])
    let outcome = try Fetcher(
      FetchCatalogue(name: "test", entries: entries), into: FetchFolder(folder.path),
      options: options
    ).run(report: { event in events.withLock { $0.append(event) } })
    let faults: [FetchFault] = [
      .status(404, url: "http://127.0.0.1:\(server.port)/e"),
      .otherSum(expected: md5, found: "e67115fec86dae23511da95cb6d5ebee"),
      .otherSize(expected: 6, found: 7, type: ""),
    ]
    #expect(
      outcome
        == Fetcher.Outcome(
          failures: zip(["e", "d", "b"], faults).map { Fetcher.Failure(file: $0, fault: $1) },
          isStopped: false))
    #expect(
      events.withLock { $0 } == [
        .failed(file: "e", faults[0]), .failed(file: "d", faults[1]), .whole(file: "c", bytes: 6),
        .failed(file: "b", faults[2]), .whole(file: "a", bytes: 6),
      ])
    for name in ["a", "c"] { #expect(folder.read(name) == bytes) }
    for name in ["b", "d", "e"] { #expect(folder.read(name) == nil) }
  }

  /// A new byte sets the count of attempts back, so that each pause is a second.
  @Test func aNewByteSetsTheCountBack() throws {
    let server = try LoopbackServer([
      LoopbackServer.file(bytes, until: 2), LoopbackServer.file(bytes, until: 5),
      LoopbackServer.file(bytes),
    ])
    let events = Mutex<[FetchEvent]>([])
    let outcome = try Fetcher(
      FetchCatalogue(name: "test", entries: [entry("a", server)]), into: FetchFolder(folder.path)
    ).run(report: { event in events.withLock { $0.append(event) } })
    #expect(outcome.failures.isEmpty && server.starts == [nil, 2, 5])
    var pauses: [Int] = []
    for case .retrying("a", let reason, let seconds) in events.withLock({ $0 }) {
      pauses.append(seconds)
      #expect(reason.hasSuffix("after \(pauses.count == 1 ? 2 : 5) bytes of 6 bytes"), "\(reason)")
    }
    #expect(pauses == [1, 1])
  }

  /// Up to ten redirects are followed.
  @Test(arguments: [10, 11]) func asManyRedirectsAsTen(count: Int) throws {
    let hops = (1...count).map { redirect("/hop-\($0)") }
    let server = try LoopbackServer(hops + [LoopbackServer.file(bytes)])
    let outcome = try Fetcher(
      FetchCatalogue(name: "test", entries: [entry("a", server)]), into: FetchFolder(folder.path)
    ).run()
    if count == 10 {
      #expect(outcome.failures.isEmpty && folder.read("a") == bytes)
    } else {
      #expect(
        outcome.failures.map(\.fault) == [
          .redirect("more than 10 redirects, the last to /hop-11")
        ])
      #expect(server.starts.count == 11 && folder.read("a") == nil)
    }
  }

  /// What ends a file for good, and what is tried again.
  @Test func endsThatPassAndThatDoNot() throws {
    func failure(
      _ end: Transfer.End, _ verdict: AnswerJudge.Verdict? = nil
    ) throws -> TransferFailure? {
      try TransferFailure(end, verdict, url: "u", part: "p", limit: 6)
    }
    #expect(try failure(.stalled)?.reason == "not a byte came in time")
    #expect(try failure(.broken("cut")) == TransferFailure(reason: "cut"))
    #expect(
      try failure(.refused, .again(reason: "503", wish: 9))
        == TransferFailure(reason: "503", wish: 9))
    for end in [Transfer.End.done, .stopped] { #expect(try failure(end) == nil) }
    for (end, fault) in [
      (Transfer.End.tooLong, FetchFault.longer(expected: 6)), (.badAddress("x"), .badAddress("u")),
      (.badRedirect("x"), .redirect("x")), (.untrusted("x"), .untrusted("x")),
      (.unwritable("full"), .storage(path: "p", reason: "full")),
    ] { #expect(throws: fault) { try failure(end) } }
    #expect(throws: FetchFault.longer(expected: 3)) {
      try failure(.refused, .never(.longer(expected: 3)))
    }
  }

  /// How far it is: of what was missing, not of what lay there.
  @Test func progressIsOfWhatIsMissing() throws {
    try folder.write(bytes, to: "whole")
    try folder.write(Array("ab".utf8), to: "a.part")
    let server = try LoopbackServer([LoopbackServer.file(bytes)])
    var told: [Fetcher.Progress] = []
    _ = try Fetcher(
      FetchCatalogue(name: "test", entries: [entry("whole", server), entry("a", server)]),
      into: FetchFolder(folder.path)
    ).run(progress: { told.append($0) })
    #expect(told.contains(.checking(done: 0, of: 6)) || told.contains(.checking(done: 6, of: 6)))
    #expect(told.last == .fetching(done: 4, of: 4), "\(told)")
    #expect(server.starts == [2])
  }

  /// Several files at a time, and no more than are asked for.
  @Test func asManyAtATimeAsAreAskedFor() {
    let under = Mutex(0)
    let most = Mutex(0)
    let done = Mutex<Set<Int>>([])
    Workers(count: 3).run(7) { piece, thread in
      let now = under.withLock { count in
        count += 1
        return count
      }
      most.withLock { $0 = max($0, now) }
      // Until the others have begun too, or for a while.
      for _ in 0..<400 where most.withLock({ $0 }) < 3 { usleep(5000) }
      usleep(2000)
      _ = done.withLock { $0.insert(piece) }
      under.withLock { $0 -= 1 }
      if !(0..<3).contains(thread) { Issue.record("a thread \(thread) of three") }
    }
    #expect(most.withLock { $0 } == 3)
    #expect(done.withLock { $0 } == Set(0..<7))
  }

  /// The room that is needed is that of what is missing.
  @Test func roomIsNeededForWhatIsMissing() throws {
    try folder.write(Array("abc".utf8), to: "a.part")
    let huge = FetchCatalogue(
      name: "huge",
      entries: [
        FetchCatalogue.Entry(file: "a", url: "http://127.0.0.1:1/a", bytes: .max, md5: md5)
      ])
    let error = #expect(throws: FetchError.self) {
      try Fetcher(huge, into: FetchFolder(folder.path)).run()
    }
    guard case .noRoom(folder.path, .max - 3, let free) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(free < .max - 3)
  }

  /// Messages that name both sides of a comparison, or the file and what becomes of it.
  @Test func messagesSayWhoseEachNumberIs() {
    for (text, words) in [
      (
        "\(FetchError.noRoom(path: "out", needed: 45_100_000_000, free: 2_300_000_000))",
        "out: 45.1 GB are needed for what is missing, 2.3 GB are free"
      ),
      (
        "\(FileError.folderInUse(path: "out", process: 7))",
        "out is in use by another program (process 7)"
      ),
      ("\(FileError.folderInUse(path: "out", process: nil))", "out is in use by another program;"),
      (
        "\(FetchError.invalidCatalogue(path: "c.csv", line: 4, reason: "no"))", "c.csv: line 4: no"
      ),
      ("\(FetchError.failed(file: "a", .longer(expected: 3)))", "a: more than the 3 bytes"),
      (
        "\(PartSelectionError.beyond(last: 13, count: 12))",
        "there is no part 13; the catalogue has 12"
      ),
      ("\(FetchEvent.removed(file: "a", reason: "x"))", "a: x; it is fetched again"),
      ("\(FetchEvent.failed(file: "a", .longer(expected: 3)))", "a: more than the 3 bytes"),
      ("\(FetchFault.storage(path: "p", reason: "full"))", "p: full; what has come is kept"),
      ("\(FetchFault.untrusted("old"))", "the server's certificate is not trusted (old)"),
    ] { #expect(text.hasPrefix(words), "\(text)") }
  }

  /// What had a file's name is removed with the reason: another sum, or another size.
  @Test func whatIsRemovedIsSaid() throws {
    let own = try FetchFolder(folder.path)
    let entry = FetchCatalogue.Entry(file: "a", url: "http://h/a", bytes: 6, md5: md5)
    func events(_ contents: String) throws -> [FetchEvent] {
      try folder.write(Array(contents.utf8), to: "a")
      var events: [FetchEvent] = []
      let found = try own.presence(of: entry, shouldStop: { false }) { events.append($0) }
      #expect(found == .missing(part: 0))
      return events
    }
    #expect(
      try events("abcdeX") == [
        .removed(
          file: "a", reason: "its MD5 sum is e67115fec86dae23511da95cb6d5ebee, not \(md5)")
      ])
    #expect(
      try events("abcdefgh") == [.removed(file: "a", reason: "it has 8 bytes, not 6 bytes")])
  }
}
