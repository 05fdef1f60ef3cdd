import CWorkers
import Synchronization

extension Parallel {
  /// Whether the threads share a last-level cache: then work is best divided so that they read the same
  /// data, else so that each keeps its own. Never changes a result.
  ///
  /// Measured, and measured again after a tenth of a second, because a virtual machine's processors move.
  public static var threadsShareCache: Bool {
    if let assumed = sharing.withLock({ $0.assumed }) { return assumed }
    let count = threads
    let now = ContinuousClock.now
    if let last = sharing.withLock({ $0.last }), last.threads == count, now < last.expiry {
      return last.isShared
    }
    let isShared = count == 1 || cxr_handover_seconds(count) < 80e-9
    sharing.withLock {
      $0.last = (isShared, count, now + .milliseconds(100))
    }
    return isShared
  }

  /// For tests: what ``threadsShareCache`` says within `body`, whatever the machine.
  static func assuming<Result>(sharedCache: Bool, _ body: () throws -> Result) rethrows -> Result {
    let before = sharing.withLock { state in
      defer { state.assumed = sharedCache }
      return state.assumed
    }
    defer { sharing.withLock { $0.assumed = before } }
    return try body()
  }

  private struct Sharing {
    var last: (isShared: Bool, threads: Int, expiry: ContinuousClock.Instant)?
    var assumed: Bool?
  }
  private static let sharing = Mutex(Sharing())
}
