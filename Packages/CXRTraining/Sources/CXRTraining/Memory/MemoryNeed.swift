import CXRParallel
import CXRNet
import CXRTensor

/// The memory that work with a network takes at its peak, estimated from above by its own shapes, so that a run that
/// does not fit is refused before its first film, not ended by the system after hours.
///
/// What the program takes besides was fitted to peaks measured over sides of 112 to 512 pixels, batches of 1 to 128
/// and 1 to 4 threads.
public struct MemoryNeed: Sendable {
  /// In memory, in bytes.
  public let resident: Int
  private let what: String
  /// That compute; 0 of weights alone.
  private let threads: Int

  /// The program and its libraries, and what each thread takes for its own.
  private static let ofProgram = 54 << 20
  private static let ofThread = 4 << 20

  /// Of training steps.
  ///
  /// - Parameters:
  ///   - model: the network.
  ///   - batchSize: films a step.
  ///   - shares: in how many shares sums over films are formed.
  ///   - batches: of a step.
  ///   - threads: that compute.
  public init(
    training model: any FilmClassifier, batchSize: Int, shares: Int = BatchShares.standard,
    accumulating batches: Int = 1, threads: Int = Parallel.threads
  ) {
    // The gradients of the batches so far, and the newest's beside them.
    let more = batches > 1 ? 2 * 4 * model.parameterCount : 0
    self.init(
      model, batchSize: batchSize,
      bytes: model.trainingBytes(batchSize: batchSize, shares: shares) + more, threads: threads)
  }

  /// Of predictions, which need less.
  public init(
    predicting model: any FilmClassifier, batchSize: Int, threads: Int = Parallel.threads
  ) {
    self.init(
      model, batchSize: batchSize, bytes: model.inferenceBytes(batchSize: batchSize),
      threads: threads)
  }

  /// Of a run with these options, before anything of it is prepared; of one of so many ranks.
  /// - Throws: ``TrainingError/invalidOption(_:)``, ``TrainingError/notEnoughMemory(need:what:limit:left:remedy:)`` where
  ///   there is no room for the weights alone, `NetError`.
  public init(_ options: TrainingOptions, ranks: Int = 1) throws {
    try options.validate()
    let (networks, side) = (options.architectures, options.preparation.imageSize)
    // Counted first: the weights are not made where they could not be.
    let weights = try networks.kernelCount(options.architecture, side: side, labels: 1)
    try MemoryNeed(weights: weights).check()
    let model = try networks.make(
      options.architecture, side: side, labels: 1, random: RandomStream(seed: 0))
    // What only a network can tell of the options, before films are prepared.
    try options.transfer.validate(model)
    try options.standardisation.validate(model)
    let own = options.part(ofRanks: ranks)
    self.init(
      training: model, batchSize: own.films, shares: own.shares,
      accumulating: options.accumulate)
  }

  /// Of so many weights with their gradients and what an optimizer keeps.
  private init(weights: Int) {
    let bytes = weights.multipliedReportingOverflow(by: 16)
    resident = bytes.overflow ? Int.max / 2 : min(bytes.partialValue, Int.max / 2)
    threads = 0
    what = "the \(weights) weights of this network, with their gradients,"
  }

  private init(_ model: any FilmClassifier, batchSize: Int, bytes: Int, threads: Int) {
    resident = Self.ofProgram + Self.ofThread * threads + bytes
    self.threads = threads
    what =
      "batches of \(batchSize) films of \(model.imageSize) × \(model.imageSize) pixels on \(threads) threads"
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
        Self.reservedByThread * threads + (threads > 0 ? Self.reservedOnce : 0)
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
