import Foundation
import Synchronization

/// Threads that take one piece of work after another.
struct Workers {
  /// Gets the place of a piece and the number of the thread; blocks for as long as it takes.
  typealias Work = @Sendable (_ piece: Int, _ thread: Int) -> Void

  /// How many there are.
  let count: Int

  private static let tick = DispatchTimeInterval.milliseconds(100)

  /// Does all pieces, and returns when all are done.
  ///
  /// - Parameters:
  ///   - pieces: how many there are; they are begun in order.
  ///   - tick: called ten times a second on this thread, and once at the end.
  ///   - work: called on the threads, which keep nothing of it once this has returned.
  func run(_ pieces: Int, tick: () -> Void = {}, work: @escaping Work) {
    let queue = Queue(pieces, work)
    let ended = DispatchSemaphore(value: 0)
    let threads = min(count, pieces)
    for number in 0..<threads {
      let thread = Thread {
        queue.empty(thread: number)
        ended.signal()
      }
      thread.name = "fetch-\(number)"
      thread.start()
    }
    for _ in 0..<threads {
      while ended.wait(timeout: .now() + Self.tick) == .timedOut { tick() }
    }
    queue.forget()
    tick()
  }

  /// The pieces that are left. It owns the work, as a thread's end, and with it what its closure holds, cannot be waited
  /// for.
  private final class Queue: Sendable {
    private let pieces: Int
    private let next = Atomic<Int>(0)
    private let work: Mutex<Work?>

    init(_ pieces: Int, _ work: @escaping Work) {
      self.pieces = pieces
      self.work = Mutex(work)
    }

    @inline(never)
    func empty(thread: Int) {
      guard let work = work.withLock({ $0 }) else { return }
      while true {
        let piece = next.add(1, ordering: .relaxed).oldValue
        guard piece < pieces else { return }
        work(piece, thread)
      }
    }

    func forget() { work.withLock { $0 = nil } }
  }
}
