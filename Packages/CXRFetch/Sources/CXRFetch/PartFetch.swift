import Foundation

/// The attempts to bring one part to its end, and the sum that follows them.
final class PartFetch {
  private let fetch: FileFetch
  private let part: PartFile
  /// Whether what lay there was thrown away.
  private(set) var isBegunAnew = false
  private var takesRanges = true
  private var patience = Patience()
  private var follower: MD5Follower?

  init(_ fetch: FileFetch, _ part: PartFile) { (self.fetch, self.part) = (fetch, part) }

  private var entry: FetchCatalogue.Entry { fetch.entry }
  private var transfer: Transfer { fetch.transfer }

  /// Fetches what is missing, flushes it, and gives the sum; `nil` where it should stop before.
  func sum() throws(FetchFault) -> String? {
    transfer.setReached(try part.size())
    follow()
    do {
      guard try complete() else {
        follower?.cancel()
        return nil
      }
      try part.flush()
      return try follower?.sum(shouldStop: fetch.shouldStop)
    } catch {
      follower?.cancel()
      throw error
    }
  }

  private func follow() {
    follower = MD5Follower(
      descriptor: part.descriptor, path: part.path, size: entry.bytes,
      reached: { [transfer] in transfer.reached })
  }

  /// - Returns: `false` where it should stop before all has come.
  private func complete() throws(FetchFault) -> Bool {
    var farthest = transfer.reached
    while transfer.reached < entry.bytes {
      if fetch.shouldStop() { return false }
      let failure = try attempt()
      if transfer.reached > farthest {
        farthest = transfer.reached
        patience.renew()
      }
      guard let failure, transfer.reached < entry.bytes else { continue }
      let reason =
        "\(failure.reason), after \(transfer.reached.inBytes) of \(entry.bytes.inBytes)"
      guard let seconds = patience.fail(wish: failure.wish) else {
        throw .gaveUp(attempts: Patience.attempts, reason: reason)
      }
      fetch.report(.retrying(file: entry.file, reason: reason, seconds: seconds))
      guard Patience.wait(seconds, shouldStop: fetch.shouldStop) else { return false }
    }
    return true
  }

  /// Asks once for what is missing.
  /// - Returns: what failed; `nil` where it is all there, or it should stop.
  private func attempt() throws(FetchFault) -> TransferFailure? {
    let start = takesRanges ? transfer.reached : 0
    let judge = AnswerJudge(bytes: entry.bytes, start: start, url: entry.url)
    var verdict: AnswerJudge.Verdict?
    var fault: FetchFault?
    let end = transfer.perform(
      Transfer.Request(
        url: entry.url, start: start, limit: entry.bytes, descriptor: part.descriptor,
        stall: fetch.stall),
      shouldStop: fetch.shouldStop
    ) { [self] answer in
      let own = judge.verdict(answer)
      verdict = own
      do throws(FetchFault) {
        switch own {
        case .rest: return .take(at: start)
        case .all:
          if transfer.reached > 0 {
            fetch.report(
              .begunAnew(file: entry.file, reason: "the server gives no part of it, but all"))
            try beginAnew()
          }
          return .take(at: 0)
        case .noRanges, .again, .never: return .refuse
        }
      } catch {
        fault = error
        return .refuse
      }
    }
    if let fault { throw fault }
    if end == .refused, verdict == .noRanges {
      takesRanges = false
      fetch.report(.begunAnew(file: entry.file, reason: "the server gives no part of it"))
      return nil
    }
    if end == .done { return TransferFailure(reason: "the answer ended") }
    return try TransferFailure(
      end, verdict, url: entry.url, part: part.path, limit: entry.bytes)
  }

  /// Throws away what has come, and its sum with it.
  private func beginAnew() throws(FetchFault) {
    follower?.cancel()
    try part.empty()
    isBegunAnew = true
    transfer.setReached(0)
    follow()
  }
}
