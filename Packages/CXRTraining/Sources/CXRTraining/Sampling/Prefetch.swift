import Dispatch
import Synchronization

/// Elements made on a thread of their own, a few ahead of their use, in order.
struct Prefetch<Element: Sendable>: Sequence, IteratorProtocol {
  private let state: State
  private var position = 0

  /// Makes `make(0)`, `make(1)`, … `make(count - 1)`, at most `ahead` of them before they are taken.
  init(count: Int, ahead: Int = 2, _ make: @escaping @Sendable (Int) -> Element) {
    let state = State(count: count, ahead: ahead)
    self.state = state
    DispatchQueue.global(qos: .userInitiated).async {
      for i in 0..<count {
        state.room.wait()
        if state.isCancelled.load(ordering: .relaxed) { return }
        let element = make(i)
        state.ready.withLock { $0[i] = element }
        state.made.signal()
      }
    }
  }

  mutating func next() -> Element? {
    guard position < state.count else { return nil }
    state.made.wait()
    let index = position
    let element = state.ready.withLock { $0.removeValue(forKey: index) }
    position += 1
    state.room.signal()
    return element
  }

  private final class State: Sendable {
    let count: Int
    let ready = Mutex<[Int: Element]>([:])
    let made = DispatchSemaphore(value: 0)
    let room = DispatchSemaphore(value: 0)
    let isCancelled = Atomic<Bool>(false)

    init(count: Int, ahead: Int) {
      self.count = count
      for _ in 0..<ahead { room.signal() }
    }
  }

  /// Lets the thread end when the elements are no longer wanted.
  func cancel() {
    state.isCancelled.store(true, ordering: .relaxed)
    state.room.signal()
  }
}
