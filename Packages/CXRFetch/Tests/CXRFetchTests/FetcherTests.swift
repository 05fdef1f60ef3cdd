import CXRTestSupport
import Foundation
import Synchronization
import Testing

@testable import CXRFetch

/// Against a server on this machine; all that servers and lines do wrong is Tests/Fetch's.
@Suite struct FetcherTests {
  private let folder: TemporaryFolder
  private let bytes = Array("abcdef".utf8)
  private let md5 = "e80b5017098950fc58aad83c8c14978e"

  init() throws { folder = try TemporaryFolder() }

  private func fetch(
    _ answers: [LoopbackServer.Answer], bytes: Int = 6, md5: String? = nil
  ) throws -> (outcome: Fetcher.Outcome, events: [FetchEvent], starts: [Int?]) {
    let server = try LoopbackServer(answers)
    let entry = FetchCatalogue.Entry(
      file: "a", url: "http://127.0.0.1:\(server.port)/a", bytes: bytes, md5: md5 ?? self.md5)
    let events = Mutex<[FetchEvent]>([])
    let outcome = try Fetcher(
      FetchCatalogue(name: "test", entries: [entry]), into: FetchFolder(folder.path)
    ).run(report: { event in events.withLock { $0.append(event) } })
    return (outcome, events.withLock { $0 }, server.starts)
  }

  @Test func fetchesAndIsDone() throws {
    let first = try fetch([LoopbackServer.file(bytes)])
    #expect(first.outcome == Fetcher.Outcome(failures: [], isStopped: false))
    #expect(first.events == [.whole(file: "a", bytes: 6)])
    #expect(folder.read("a") == bytes)
    #expect(folder.read("a.part") == nil)
    #expect(try fetch([]).events.isEmpty)
  }

  @Test func goesOnWhereItWas() throws {
    try folder.write(Array("ab".utf8), to: "a.part")
    let found = try fetch([LoopbackServer.file(bytes, until: 4), LoopbackServer.file(bytes)])
    #expect(found.outcome.failures.isEmpty)
    #expect(found.starts == [2, 4])
    #expect(folder.read("a") == bytes)
  }

  /// A line that comes back, as a name that is not resolved at first: one connection serves both.
  @Test func goesOnAfterANameThatWasNotResolved() throws {
    let server = try LoopbackServer([LoopbackServer.file(bytes)])
    let transfer = try Transfer()
    let path = folder.path + "/part"
    let descriptor = open(path, O_RDWR | O_CREAT, 0o600)
    defer { close(descriptor) }
    func ask(_ url: String) -> Transfer.End {
      transfer.setReached(0)
      return transfer.perform(
        Transfer.Request(url: url, start: 0, limit: 6, descriptor: descriptor, stall: 10),
        shouldStop: { false }
      ) { _ in .take(at: 0) }
    }
    for _ in 0..<2 {
      let isDone = ask("http://no-such-host.invalid/a") == .done
      #expect(!isDone)
    }
    #expect(ask("http://127.0.0.1:\(server.port)/a") == .done)
    #expect(folder.read("part") == bytes)
  }

  @Test func aPartThatIsNotItsBeginningIsFetchedAnew() throws {
    try folder.write(Array("xx".utf8), to: "a.part")
    let found = try fetch([LoopbackServer.file(bytes), LoopbackServer.file(bytes)])
    #expect(found.outcome.failures.isEmpty)
    #expect(found.starts == [2, nil])
    #expect(folder.read("a") == bytes)
  }

  @Test func aWholeAnswerToARangeBeginsAnew() throws {
    try folder.write(Array("xx".utf8), to: "a.part")
    let all = LoopbackServer.file(bytes)
    let found = try fetch([{ _ in all(nil) }])
    #expect(found.outcome.failures.isEmpty)
    #expect(folder.read("a") == bytes)
  }

  @Test func otherBytesAreNotKept() throws {
    let other = Array("abcdeX".utf8)
    let found = try fetch([LoopbackServer.file(other)])
    #expect(
      found.outcome.failures == [
        Fetcher.Failure(
          file: "a",
          fault: .otherSum(expected: md5, found: "e67115fec86dae23511da95cb6d5ebee"))
      ])
    #expect(folder.read("a") == nil)
    #expect(folder.read("a.part") == nil)
  }

  @Test func anotherSizeIsGivenUpAtOnce() throws {
    let found = try fetch([LoopbackServer.file(bytes)], bytes: 7)
    #expect(
      found.outcome.failures.map(\.fault) == [.otherSize(expected: 7, found: 6, type: "")])
  }

  @Test func aHeadThatBreaksOffIsNoAnswer() throws {
    let found = try fetch([
      LoopbackServer.raw("HTTP/1.1 200 OK\r\nContent-Le"), LoopbackServer.file(bytes),
    ])
    #expect(found.outcome.failures.isEmpty)
    #expect(found.starts == [nil, nil])
    #expect(folder.read("a") == bytes)
  }

  /// What a transfer of at most `limit` bytes ends with where the server says this, and how many bytes are in the file then.
  private func transfer(_ answer: String, limit: Int) throws -> (end: Transfer.End, bytes: Int) {
    let server = try LoopbackServer([LoopbackServer.raw(answer)])
    let file = try PartFile(path: folder.path + "/a")
    let end = try Transfer().perform(
      Transfer.Request(
        url: "http://127.0.0.1:\(server.port)/", start: 0, limit: limit,
        descriptor: file.descriptor, stall: 5),
      shouldStop: { false }, onAnswer: { _ in .take(at: 0) })
    return (end, try file.size())
  }

  /// A head that is cut, and what is no HTTP at all, may be whole the next time.
  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\n", "HTTP", "", "SSH-2.0-OpenSSH\r\n",
    "<html>not a head</html>\r\n\r\n",
  ])
  func aTransferNeedsAWholeHead(_ answer: String) throws {
    let found = try transfer(answer, limit: 6)
    #expect(found.bytes == 0)
    guard case .broken = found.end else {
      Issue.record("\(found.end)")
      return
    }
    let failure = try TransferFailure(found.end, nil, url: "u", part: "p", limit: 6)
    #expect(failure != nil)
  }

  /// Where no length is said the bytes are counted, those too that wait to be written.
  @Test func noMoreIsTakenThanTheCatalogueSays() throws {
    let limit = 20_000
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    let found = try transfer(head + String(repeating: "x", count: 2 * limit), limit: limit)
    #expect(found.end == .tooLong && found.bytes <= limit)
  }

  @Test func redirectsLeadToNoFileOfThisMachine() throws {
    let found = try fetch([
      LoopbackServer.raw(
        "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n")
    ])
    #expect(
      found.outcome.failures.map(\.fault) == [
        .redirect("a redirect to file:///etc/passwd, which is no address of http or https")
      ])
  }

  @Test func stopsAtOnceWhenAsked() throws {
    let entry = FetchCatalogue.Entry(file: "a", url: "http://127.0.0.1:1/a", bytes: 6, md5: md5)
    let outcome = try Fetcher(
      FetchCatalogue(name: "test", entries: [entry]), into: FetchFolder(folder.path)
    ).run(shouldStop: { true })
    #expect(outcome == Fetcher.Outcome(failures: [], isStopped: true))
  }
}
