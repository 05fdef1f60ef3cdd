import CWorkers
import Synchronization

/// Work spread over threads in numbered blocks.
///
/// The number of threads changes how fast a result comes, never its bits: callers cut the work by
/// its shape alone, and add partial sums in the order of their blocks.
public enum Parallel {
  private static let width = Atomic<Int>(0)

  /// The number of threads that operations use, at least 1; the number of processors at first.
  public static var threads: Int {
    get {
      let chosen = width.load(ordering: .relaxed)
      return chosen > 0 ? chosen : ProcessorCount.active
    }
    set {
      precondition(newValue > 0, "Parallel.threads: \(newValue) is not a number of threads")
      width.store(newValue, ordering: .relaxed)
    }
  }

  /// The threads of each of so many processes that share this machine's processors. Where a launcher has left each of them some
  /// alone, all of those.
  public static func threads(ofRanks ranks: Int) -> Int {
    ProcessorCount.isLimitedByAffinity
      ? ProcessorCount.active : max(1, ProcessorCount.active / max(1, ranks))
  }

  /// Says that so many processes with ``threads`` threads each share this machine. Where these are more than its processors, a thread
  /// that has nothing to do lets others run at once, instead of waiting awake for a short while.
  public static func share(amongRanks ranks: Int) {
    cxr_wait_awake(threads > threads(ofRanks: ranks) ? 0 : 1)
  }

  /// Seconds, since the process began, in which work ran on several threads: what is left of a span of time is what more threads
  /// would not shorten.
  public static var secondsTogether: Double { cxr_seconds_together() }

  /// Calls `body` once for each of `0..<count`, on up to ``threads`` threads, in no fixed order.
  /// - Throws: the first error of `body`; those not yet begun are left out then.
  public static func forEach<Failure: Error>(
    _ count: Int, _ body: @Sendable (Int) throws(Failure) -> Void
  ) throws(Failure) {
    let failure = Mutex<Failure?>(nil)
    let hasFailed = Atomic(false)
    run(blocks: count) { i in
      guard !hasFailed.load(ordering: .relaxed) else { return }
      do throws(Failure) {
        try body(i)
      } catch {
        failure.withLock { $0 = $0 ?? error }
        hasFailed.store(true, ordering: .relaxed)
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// The results of `body` for `0..<count`, in order, worked out on up to ``threads`` threads.
  /// - Throws: the first error of `body`; those not yet begun are left out then.
  public static func map<Result: Sendable, Failure: Error>(
    _ count: Int, _ body: @Sendable (Int) throws(Failure) -> Result
  ) throws(Failure) -> [Result] {
    let slots = Mutex([Result?](repeating: nil, count: count))
    try forEach(count) { i throws(Failure) in
      let result = try body(i)
      slots.withLock { $0[i] = result }
    }
    // Each call has filled its place.
    return slots.withLock { $0.compactMap { $0 } }
  }

  /// As ``forEach(_:_:)``, for kernels whose blocks write disjoint memory through pointers.
  public static func run(blocks count: Int, _ body: (Int) -> Void) {
    withWorkers(count) { next in while let block = next() { body(block) } }
  }

  /// Runs one `worker` a thread; each takes block numbers of `0..<count` until none is left.
  ///
  /// A thread's blocks lie side by side, at the same place for every call with as many blocks, so that
  /// what it finds in its caches is its own work of before; when it has done them it takes those that
  /// others have left. A worker may keep scratch memory from block to block. A call from within a
  /// worker, or beside another thread's call, runs on its own thread alone.
  public static func withWorkers(
    _ count: Int, order: BlockOrder = .ascending, _ worker: (_ next: () -> Int?) -> Void
  ) {
    guard count > 0 else { return }
    let workers = min(threads, count)
    if workers == 1 {
      var taken = 0
      worker {
        defer { taken += 1 }
        return taken < count ? order(taken, of: 0..<count) : nil
      }
      return
    }
    let portions = (0..<workers).map {
      Portion(blocks: count * $0 / workers..<count * ($0 + 1) / workers, order: order)
    }
    // The closure outlives the call: cxr_run_workers returns when all workers have.
    withoutActuallyEscaping(worker) { worker in
      var body: (Int) -> Void = { index in
        var place = 0
        worker {
          while place < workers {
            if let block = portions[(index + place) % workers].next() { return block }
            place += 1
          }
          return nil
        }
      }
      withUnsafeMutablePointer(to: &body) {
        cxr_run_workers(
          workers,
          { context, index in
            context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee(index)
          }, $0)
      }
    }
  }

  /// A thread's blocks, each of which is taken once, by it or by another.
  private final class Portion: Sendable {
    private let taken = Atomic<Int>(0)
    private let blocks: Range<Int>
    private let order: BlockOrder

    init(blocks: Range<Int>, order: BlockOrder) {
      self.blocks = blocks
      self.order = order
    }

    func next() -> Int? {
      let place = taken.wrappingAdd(1, ordering: .relaxed).oldValue
      return place < blocks.count ? order(place, of: blocks) : nil
    }
  }

  /// `0..<count` cut into blocks of `size`, the last one shorter.
  public static func forEachBlock(of count: Int, size: Int, _ body: (Range<Int>) -> Void) {
    run(blocks: (count + size - 1) / size) { body($0 * size..<min(count, ($0 + 1) * size)) }
  }
}
