import CWorkers
import Synchronization
import Testing

@testable import CXRParallel

@Suite(.serialized) struct ParallelTests {
  @Test func threadsThatShareTheMachineDoTheSame() {
    let before = Parallel.threads
    defer {
      Parallel.threads = before
      Parallel.share(amongRanks: 1)
    }
    Parallel.threads = 3
    for ranks in [1, 1000, 1] {
      Parallel.share(amongRanks: ranks)
      for _ in 0..<50 { #expect(Parallel.map(40) { $0 * $0 } == (0..<40).map { $0 * $0 }) }
    }
  }

  @Test func everyBlockRunsOnce() {
    let before = Parallel.threads
    defer { Parallel.threads = before }
    Parallel.threads = 4
    var counts = [Int](repeating: 0, count: 1000)
    counts.withUnsafeMutableBufferPointer { counts in
      guard let base = counts.baseAddress else { return }
      Parallel.run(blocks: 1000) { base[$0] += 1 }
    }
    #expect(counts.allSatisfy { $0 == 1 })
    Parallel.run(blocks: 0) { _ in Issue.record("no block to run") }
  }

  @Test(arguments: [1, 3]) func resultsStandInOrder(threads: Int) {
    let before = Parallel.threads
    Parallel.threads = threads
    defer { Parallel.threads = before }
    #expect(Parallel.map(100) { $0 * $0 } == (0..<100).map { $0 * $0 })
    #expect(Parallel.map(0) { $0 } == [])
  }

  struct Refusal: Error, Equatable { let block: Int }

  @Test func aFailureIsPassedOn() {
    #expect(throws: Refusal(block: 7)) {
      try Parallel.map(20) { i throws(Refusal) in
        if i == 7 { throw Refusal(block: i) }
        return i
      }
    }
  }

  @Test(arguments: [1, 2, 5]) func eachBlockIsTakenOnce(threads: Int) {
    let before = Parallel.threads
    Parallel.threads = threads
    defer { Parallel.threads = before }
    for order in [BlockOrder.ascending, .descending] {
      // By atomics, since the thread sanitizer does not know Swift's locks.
      let count = Atomic(0)
      var found = [Int](repeating: -1, count: 24)
      found.withUnsafeMutableBufferPointer { found in
        guard let base = found.baseAddress else { return }
        Parallel.withWorkers(23, order: order) { next in
          while let block = next() {
            base[min(23, count.wrappingAdd(1, ordering: .relaxed).oldValue)] = block
          }
        }
      }
      #expect(found.popLast() == -1)
      #expect(found.sorted() == Array(0..<23))
      if threads == 1 {
        #expect(found == (0..<23).map { order == .ascending ? $0 : 22 - $0 })
      }
    }
  }

  @Test func workersMayCallAgain() {
    let total = Atomic(0)
    Parallel.forEach(8) { _ in
      Parallel.forEach(5) { i in _ = total.wrappingAdd(i, ordering: .relaxed) }
    }
    #expect(total.load(ordering: .relaxed) == 80)
  }

  @Test func aHandoverIsMeasured() {
    for workers in [2, 5] {
      let seconds = cxr_handover_seconds(workers)
      #expect(seconds > 1e-9 && seconds <= 100e-6)
    }
    Parallel.assuming(sharedCache: false) { #expect(!Parallel.threadsShareCache) }
  }
}
