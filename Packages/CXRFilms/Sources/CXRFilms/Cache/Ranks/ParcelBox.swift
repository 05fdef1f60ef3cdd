import Foundation
import Synchronization

/// Bytes between threads that make them and one that takes them away. Who makes more than there is room for waits.
final class ParcelBox: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    /// Those that wait for room.
    var waiting = 0
    var outcome: Result<Void, any Error>?
    var isClosed = false
  }

  /// Nobody takes any more.
  private struct Closed: Error {}

  private let room: Int
  private let state = Mutex(State())
  private let added = DispatchSemaphore(value: 0)
  private let emptied = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  /// For so many bytes, or for one that is larger.
  init(room: Int) { self.room = room }

  /// Calls what makes bytes.
  func fill(_ make: (_ put: @escaping @Sendable ([UInt8]) throws -> Void) throws -> Void) {
    let outcome = Result { try make(put) }
    state.withLock { $0.outcome = outcome }
    added.signal()
    ended.signal()
  }

  private func put(_ bytes: [UInt8]) throws {
    while true {
      let isIn = try state.withLock { state in
        if state.isClosed { throw Closed() }
        guard state.bytes.isEmpty || state.bytes.count + bytes.count <= room else {
          state.waiting += 1
          return false
        }
        state.bytes += bytes
        return true
      }
      if isIn { break }
      emptied.wait()
    }
    added.signal()
  }

  /// Takes what is there, once the box is half full, nothing more is made, or so many seconds have passed; and whether it is the last.
  /// - Throws: what making has thrown.
  func empty(within seconds: Double) throws -> (bytes: [UInt8], isLast: Bool) {
    let end = DispatchTime.now() + seconds
    while true {
      let isOver = DispatchTime.now() >= end
      let found = try state.withLock { state -> ([UInt8], Bool)? in
        try state.outcome?.get()
        let isLast = state.outcome != nil
        guard isOver || isLast || state.bytes.count >= room / 2 else { return nil }
        defer {
          state.bytes = []
          for _ in 0..<state.waiting { emptied.signal() }
          state.waiting = 0
        }
        return (state.bytes, isLast)
      }
      if let found { return found }
      _ = added.wait(timeout: end)
    }
  }

  /// Ends what makes bytes, and returns when it has ended.
  func close() {
    state.withLock { state in
      state.isClosed = true
      for _ in 0..<state.waiting { emptied.signal() }
      state.waiting = 0
    }
    ended.wait()
    ended.signal()
  }
}
