import CXRTensor

/// The memory that work with the reference network takes at its peak, estimated from above, so that a run that does
/// not fit is refused before its first film, not ended by the system after hours.
///
/// Fitted to peaks measured over sides of 112 to 512 pixels, batches of 1 to 128 and 1 to 4 threads: never less
/// than those, and less than twice as much.
public struct MemoryNeed: Sendable {
  /// In memory, in bytes.
  public let resident: Int
  private let what: String
  private let threads: Int

  private static let mebibyte = Double(1 << 20)

  /// Of training steps, or of predictions, which need less.
  ///
  /// - Parameters:
  ///   - batchSize: films a step.
  ///   - imageSize: the side of the network's input, in pixels.
  ///   - threads: that compute.
  public init(batchSize: Int, imageSize: Int, threads: Int = Parallel.threads) {
    let area = Double(imageSize * imageSize)
    // Program and weights; each film's activations; a film's frequencies; each thread's own.
    let mebibytes =
      88 + 3.6 * Double(batchSize) * area / 50_176 + 0.00035 * area + 12 * Double(threads)
    resident = Int(mebibytes * Self.mebibyte)
    self.threads = threads
    what =
      "batches of \(batchSize) films of \(imageSize) × \(imageSize) pixels on \(threads) threads"
  }

  /// Of the address space that is taken but not used: BLAS reserves this much a thread, and the rest once.
  private static let reservedByThread = 136 << 20
  private static let reservedOnce = 64 << 20
  /// The same of threads that prepare films.
  private static let reservedByPreparation = 192 << 20

  /// Compares with what this process may still take.
  ///
  /// - Parameter isBeforePreparation: whether films are to be prepared first.
  /// - Throws: ``TrainingError/notEnoughMemory(need:what:limit:left:remedy:)``.
  public func check(isBeforePreparation: Bool = false) throws {
    try check(MemoryLimits(), isBeforePreparation: isBeforePreparation)
  }

  func check(_ limits: MemoryLimits, isBeforePreparation: Bool) throws {
    let more = max(0, resident - limits.residentNow)
    if let limit = limits.addressSpace {
      let reserved =
        Self.reservedByThread * threads + Self.reservedOnce
        + (isBeforePreparation ? Self.reservedByPreparation : 0)
      try compare(more + reserved, limit)
    }
    for limit in limits.resident { try compare(more, limit) }
    do {
      try TensorMemory.probe(more)
    } catch {
      throw TrainingError.notEnoughMemory(
        need: more, what: what, limit: "the system refuses them; in one piece it gives less than",
        left: more, remedy: "end other programs")
    }
  }

  private func compare(_ need: Int, _ limit: MemoryLimits.Limit) throws {
    guard need > limit.left else { return }
    throw TrainingError.notEnoughMemory(
      need: need, what: what, limit: limit.name, left: max(0, limit.left), remedy: limit.remedy)
  }
}
