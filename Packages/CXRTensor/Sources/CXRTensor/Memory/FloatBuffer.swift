import CConvolution

/// Memory for floats, aligned for the widest vectors, that goes back to a pool when it is let go.
///
/// A training step asks for the same sizes as the one before; pages that were touched once are cheaper
/// than fresh ones by more than the arithmetic done on them.
// Sendable, though it hands out its address: whoever writes through it holds the only reference
// (Tensor checks that) or writes places that no other thread touches (Parallel's blocks).
final class FloatBuffer: @unchecked Sendable {
  /// The first element, at a multiple of 64 bytes.
  let base: UnsafeMutablePointer<Float>
  /// The number of elements asked for.
  let count: Int
  private let capacity: Int

  /// Makes room for `count` elements of any content.
  init(count: Int) {
    self.count = count
    var capacity = 0
    let bytes = max(1, count) * MemoryLayout<Float>.stride
    guard let memory = cxr_take_buffer(bytes, &capacity) else {
      TensorMemory.exhausted(bytes)
    }
    self.capacity = capacity
    base = memory.bindMemory(to: Float.self, capacity: max(1, count))
  }

  deinit { cxr_give_buffer(base, capacity) }
}
