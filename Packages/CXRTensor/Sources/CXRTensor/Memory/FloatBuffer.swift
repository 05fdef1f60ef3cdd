import CConvolution
import Synchronization

/// Memory for floats, aligned for the widest vectors, that goes back to a pool when it is let go.
///
/// A training step asks for the same sizes as the one before; pages that were touched once are cheaper
/// than fresh ones by more than the arithmetic done on them.
final class FloatBuffer: @unchecked Sendable {
  // Sendable, though it hands out its address: whoever writes through it holds the only reference
  // (Tensor checks that) or writes places that no other thread touches (Parallel's blocks).

  /// The first element, at a multiple of 64 bytes.
  let base: UnsafeMutablePointer<Float>
  /// The number of elements asked for.
  let count: Int
  private let bytes: Int

  /// Makes room for `count` elements of any content.
  init(count: Int) {
    self.count = count
    (base, bytes) = BufferPool.take(max(1, count) * MemoryLayout<Float>.stride)
  }

  deinit { BufferPool.give(base, bytes: bytes) }
}

/// Buffers between two uses.
enum BufferPool {
  /// Smaller ones are left to the system.
  private static let smallest = 1 << 16
  /// The most that is kept for later, in bytes; beyond it the oldest go back to the system.
  private static let mostIdle = 256 << 20

  private struct Idle {
    let address: UInt
    let bytes: Int
  }
  private struct State {
    var idle: [Idle] = []
    var idleBytes = 0
    var made = 0
  }
  private static let state = Mutex(State())

  /// How many large buffers have been asked of the system so far.
  static var madeCount: Int { state.withLock { $0.made } }

  static func take(_ bytes: Int) -> (UnsafeMutablePointer<Float>, bytes: Int) {
    if bytes >= smallest {
      let found = state.withLock { state -> Idle? in
        // The tightest fit of at most twice the size, so that a large one is there when it is needed.
        let fits = state.idle.indices.filter {
          state.idle[$0].bytes >= bytes && state.idle[$0].bytes <= 2 * bytes
        }
        guard let best = fits.min(by: { state.idle[$0].bytes < state.idle[$1].bytes }) else {
          state.made += 1
          return nil
        }
        let idle = state.idle.remove(at: best)
        state.idleBytes -= idle.bytes
        return idle
      }
      if let found, let address = UnsafeMutableRawPointer(bitPattern: found.address) {
        return (address.assumingMemoryBound(to: Float.self), found.bytes)
      }
    }
    guard let memory = cxr_allocate(bytes) else {
      preconditionFailure("CXRTensor: the system has no \(bytes) bytes of memory left")
    }
    return (memory.bindMemory(to: Float.self, capacity: bytes / MemoryLayout<Float>.stride), bytes)
  }

  static func give(_ base: UnsafeMutablePointer<Float>, bytes: Int) {
    guard bytes >= smallest else { return cxr_deallocate(base, bytes) }
    let surplus = state.withLock { state -> [Idle] in
      state.idle.append(Idle(address: UInt(bitPattern: base), bytes: bytes))
      state.idleBytes += bytes
      var surplus: [Idle] = []
      while state.idleBytes > mostIdle {
        let oldest = state.idle.removeFirst()
        state.idleBytes -= oldest.bytes
        surplus.append(oldest)
      }
      return surplus
    }
    for idle in surplus {
      cxr_deallocate(UnsafeMutableRawPointer(bitPattern: idle.address), idle.bytes)
    }
  }
}
