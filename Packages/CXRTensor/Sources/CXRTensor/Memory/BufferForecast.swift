import CConvolution

/// How much memory buffers take at most that come and go, by the rule of memory.c: one that is let go serves the next that is
/// not much smaller, and is kept for that as long as all together are no more than what was in use at once before.
struct BufferForecast {
  /// By the bytes asked for, what serves them now.
  private var served: [Int: [Int]] = [:]
  /// Oldest first.
  private var idle: [Int] = []
  private var idleBytes = 0
  private var usedBytes = 0
  private var mostUsed = TensorMemory.leastKept
  private var total = 0
  private(set) var most = 0

  mutating func take(_ bytes: Int) {
    guard bytes > 0 else { return }
    let largest = bytes < Int(CXR_SCRATCH) ? 4 * bytes : bytes + bytes / 4
    let fitting = idle.indices.filter { idle[$0] >= bytes && idle[$0] <= largest }
    var capacity = bytes
    if let best = fitting.min(by: { idle[$0] < idle[$1] }) {
      capacity = idle.remove(at: best)
      idleBytes -= capacity
    } else {
      makeRoom(bytes)
      total += cxr_buffer_footprint(bytes)
      most = max(most, total)
    }
    usedBytes += capacity
    mostUsed = max(mostUsed, usedBytes)
    served[bytes, default: []].append(capacity)
  }

  private mutating func makeRoom(_ bytes: Int) {
    while usedBytes + idleBytes + bytes > mostUsed, !idle.isEmpty {
      let oldest = idle.removeFirst()
      (idleBytes, total) = (idleBytes - oldest, total - cxr_buffer_footprint(oldest))
    }
  }

  mutating func give(_ bytes: Int) {
    guard let capacity = served[bytes]?.popLast() else { return }
    usedBytes -= capacity
    makeRoom(capacity)
    idle.append(capacity)
    idleBytes += capacity
  }

  /// Gives all back that is held.
  mutating func giveAll() {
    for (bytes, capacities) in served.sorted(by: { $0.key < $1.key }) {
      for _ in capacities { give(bytes) }
    }
  }

  /// Takes and gives back.
  mutating func visit(_ bytes: Int) {
    take(bytes)
    give(bytes)
  }
}
