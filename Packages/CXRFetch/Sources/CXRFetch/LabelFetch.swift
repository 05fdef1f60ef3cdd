import Foundation

/// Saves NIH's label files, from a path or an address, under their own names and byte for byte.
public struct LabelFetch: Sendable {
  /// Where to.
  public let folder: FetchFolder
  /// Seconds without a byte after which an attempt has failed.
  public let stall: Double

  /// The largest of them has 8 MB.
  private static let mostBytes = 64 << 20

  /// Makes one; nothing is done yet.
  public init(into folder: FetchFolder, stall: Double = 30) {
    (self.folder, self.stall) = (folder, stall)
  }

  /// Saves one, after its contents were found to be one of NIH's, whole.
  ///
  /// - Parameters:
  ///   - source: a path, or an address of http or https.
  ///   - shouldStop: asked while it is fetched.
  ///   - report: told what is tried again.
  /// - Returns: which it is; `nil` where it should stop before.
  /// - Throws: `DataError`, ``FetchError``; nothing is saved then.
  public func save(
    _ source: String, shouldStop: @escaping @Sendable () -> Bool = { false },
    report: @escaping (FetchEvent) -> Void = { _ in }
  ) throws -> NIHLabelFile? {
    let temporary = folder.temporary(0)
    defer { unlink(temporary) }
    var path = source
    if ["http://", "https://"].contains(where: source.lowercased().hasPrefix) {
      path = temporary
      do throws(FetchFault) {
        guard try fetch(source, to: temporary, shouldStop, report) else { return nil }
      } catch {
        throw FetchError.failed(file: source, error)
      }
    }
    let contents = try Self.contents(path, source)
    let kind = try NIHLabelFile(contents, source: source)
    let target = folder.file(kind.name)
    // Where it is there already, its time stays too.
    if let there = try? Self.contents(target, target), there == contents { return kind }
    do throws(FetchFault) {
      try Self.write(contents, to: temporary)
      guard rename(temporary, target) == 0 else { throw FetchFolder.fault(target) }
    } catch {
      throw FetchError.failed(file: kind.name, error)
    }
    folder.flush()
    return kind
  }

  private static func contents(_ path: String, _ source: String) throws -> [UInt8] {
    guard let stamp = FileStamp(path: path) else {
      throw FetchError.unreadable(path: source, reason: "no such file")
    }
    guard !stamp.isFolder else {
      throw FetchError.unreadable(path: source, reason: "it is a folder; name a file in it")
    }
    guard stamp.bytes <= mostBytes else {
      throw FetchError.strangeLabels(
        source: source, reason: "\(stamp.bytes.inBytes), more than any of NIH's label files has")
    }
    let part = open(path, O_RDONLY | O_CLOEXEC)
    guard part >= 0 else {
      throw FetchError.unreadable(path: source, reason: String(cString: strerror(errno)))
    }
    defer { close(part) }
    var failure: Int32 = 0
    let contents = [UInt8](unsafeUninitializedCapacity: stamp.bytes) { buffer, count in
      while count < stamp.bytes {
        let got = read(part, buffer.baseAddress.map { $0 + count }, stamp.bytes - count)
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = errno }
        guard got > 0 else { return }
        count += got
      }
    }
    guard failure == 0 else {
      throw FetchError.unreadable(path: source, reason: String(cString: strerror(failure)))
    }
    return contents
  }

  private static func write(_ contents: [UInt8], to path: String) throws(FetchFault) {
    unlink(path)
    let file = try PartFile(path: path)
    var written = 0
    while written < contents.count {
      let count = contents.withUnsafeBytes { bytes in
        bytes.baseAddress.map {
          pwrite(file.descriptor, $0 + written, bytes.count - written, off_t(written))
        } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FetchFolder.fault(path) }
      written += count
    }
    try file.flush()
  }

  private func fetch(
    _ url: String, to path: String, _ shouldStop: @escaping @Sendable () -> Bool,
    _ report: (FetchEvent) -> Void
  ) throws(FetchFault) -> Bool {
    if FetchCatalogue.fault(ofAddress: url) != nil { throw .badAddress(url) }
    let file = try PartFile(path: path)
    let transfer = try Transfer()
    let judge = AnswerJudge(bytes: nil, start: 0, url: url)
    var patience = Patience()
    while true {
      if shouldStop() { return false }
      try file.empty()
      var verdict: AnswerJudge.Verdict?
      let end = transfer.perform(
        Transfer.Request(
          url: url, start: 0, limit: Self.mostBytes, descriptor: file.descriptor, stall: stall),
        shouldStop: shouldStop
      ) { answer in
        verdict = judge.verdict(answer)
        return verdict == .all ? .take(at: 0) : .refuse
      }
      let failure = try TransferFailure(end, verdict, url: url, part: path, limit: Self.mostBytes)
      guard let failure else { return end == .done }
      guard let seconds = patience.fail(wish: failure.wish) else {
        throw .gaveUp(attempts: Patience.attempts, reason: failure.reason)
      }
      report(.retrying(file: url, reason: failure.reason, seconds: seconds))
      guard Patience.wait(seconds, shouldStop: shouldStop) else { return false }
    }
  }
}
