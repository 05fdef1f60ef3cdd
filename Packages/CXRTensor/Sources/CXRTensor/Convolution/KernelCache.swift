import Synchronization

/// A convolution kernel as its algorithm reads it, kept from batch to batch.
///
/// A layer that predicts asks with the same kernel again and again. The kernel's memory is held with
/// what was made from it, so that a changed kernel, which then is a copy, is never mistaken for it.
public final class KernelCache: Sendable {
  private struct Entry {
    let kernel: FloatBuffer
    let algorithm: ConvolutionPlan.Algorithm
    let shape: [Int]
    let prepared: FloatBuffer
  }
  private let entry = Mutex<Entry?>(nil)

  /// An empty cache.
  public init() {}

  /// Lets go of what was kept: a kernel that is trained changes at every step.
  public func clear() { entry.withLock { $0 = nil } }

  /// What `make` makes of the kernel, or made of it before.
  func prepared(
    _ kernel: Tensor, for plan: ConvolutionPlan, make: () -> FloatBuffer
  ) -> FloatBuffer {
    // The spectrum depends on the tile's length, a direct kernel on its groups of rows: on the
    // algorithm and the kernel's shape. Lanes follow from the shape too.
    let shape = kernel.shape.dimensions
    let known = entry.withLock { entry -> FloatBuffer? in
      guard let entry, entry.kernel === kernel.buffer, entry.algorithm == plan.algorithm,
        entry.shape == shape
      else { return nil }
      return entry.prepared
    }
    if let known { return known }
    let made = make()
    entry.withLock {
      $0 = Entry(
        kernel: kernel.buffer, algorithm: plan.algorithm, shape: shape, prepared: made)
    }
    return made
  }
}
