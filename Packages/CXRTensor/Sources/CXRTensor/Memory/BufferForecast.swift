import CConvolution

/// How much memory buffers take at most that come and go, by the rule of memory.c, whose own code counts here what it would hold.
final class BufferForecast {
  private struct Buffer {
    let address: UnsafeMutableRawPointer
    let capacity: Int
  }

  private let pool: OpaquePointer
  /// By the bytes asked for, what serves them now.
  private var served: [Int: [Buffer]] = [:]

  init() {
    guard let pool = cxr_make_forecast() else { TensorMemory.exhausted(1 << 15) }
    self.pool = pool
  }

  deinit { cxr_end_forecast(pool) }

  /// In bytes.
  var most: Int { cxr_most_held(pool) }

  func take(_ bytes: Int) {
    guard bytes > 0 else { return }
    var capacity = 0
    guard let address = cxr_pool_take(pool, bytes, &capacity) else { return }
    served[bytes, default: []].append(Buffer(address: address, capacity: capacity))
  }

  func give(_ bytes: Int) {
    guard let buffer = served[bytes]?.popLast() else { return }
    cxr_pool_give(pool, buffer.address, buffer.capacity)
  }

  /// Gives all back that is held.
  func giveAll() {
    for (bytes, buffers) in served.sorted(by: { $0.key < $1.key }) {
      for _ in buffers { give(bytes) }
    }
  }

  /// Takes and gives back.
  func visit(_ bytes: Int) {
    take(bytes)
    give(bytes)
  }
}
