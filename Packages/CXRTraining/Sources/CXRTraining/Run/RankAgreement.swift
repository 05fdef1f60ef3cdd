import CXRImage
import CXRNet
import CXRParallel
import CXRTensor

/// What all ranks know after a step that they took together: the gradients, which are the same on all that had films, and the
/// answers of each for its own.
struct RankAgreement {
  private let ranks: any Ranks
  private let shares: BatchShares
  /// Films of each rank that has some.
  private let films: [Int]

  /// - Parameters:
  ///   - ranks: of the step.
  ///   - shares: of the whole batch.
  init(_ ranks: any Ranks, _ shares: BatchShares) {
    (self.ranks, self.shares) = (ranks, shares)
    films = (0..<ranks.count).map { shares.places(ofRank: $0, of: ranks.count).count }
      .filter { $0 > 0 }
  }

  /// - Parameters:
  ///   - own: of this rank; `nil` where it had no film.
  ///   - model: the network.
  ///   - labels: K.
  func agreed(
    _ own: (gradients: Gradients, probabilities: Tensor)?, of model: some FilmClassifier,
    labels: Int
  ) -> (Gradients, probabilities: Tensor) {
    var found = own
    if let own, films.count > 1 {
      let digest = own.gradients.digest
      let message: [UInt8] =
        withUnsafeBytes(of: digest) { Array($0) } + Array(own.probabilities.scalars).bytes
      let all = ranks.gathered(message, sizes: films.map { 8 + 4 * $0 * labels })
      // Sums over films that an operation forms by itself are those of this rank's films alone.
      precondition(
        all.allSatisfy { $0.prefix(8) == message.prefix(8) },
        "TrainingStep: ranks have come to different gradients; an operation of the network sums over films by itself, or ranks compute with different libraries"
      )
      let numbers = all.flatMap { $0.dropFirst(8).floats }
      found = (
        own.gradients, Tensor(numbers, shape: [numbers.count / max(1, labels), labels])
      )
    }
    guard films.count < ranks.count else {
      guard let found else { preconditionFailure("RankAgreement: a rank without films") }
      return (found.gradients, found.probabilities)
    }
    // Those that had no film learn from the first, which has always one.
    let bytes = ranks.broadcast(
      found.map { ($0.gradients.floats(of: model) + $0.probabilities.scalars).bytes } ?? [])
    if let found { return (found.gradients, found.probabilities) }
    return Gradients.from(floats: bytes.floats, of: model, labels: labels)
  }
}

extension Gradients {
  /// A number that tells gradients and statistics from others.
  fileprivate var digest: UInt64 {
    let tensors = tensors.compactMap { $0 } + statistics.sorted { $0.key < $1.key }.map(\.value)
    let each =
      [UInt64(loss.bitPattern)]
      + tensors.map {
        $0.scalars.withUnsafeBufferPointer { UnsafeRawBufferPointer($0).checksum64 }
      }
    return each.withUnsafeBytes { $0.checksum64 }
  }

  /// Everything, each parameter's gradient and new statistic behind a number that says whether it is there.
  fileprivate func floats(of model: some Module) -> [Float] {
    var floats = [loss]
    for slot in model.parameters.indices {
      for tensor in [tensors.indices.contains(slot) ? tensors[slot] : nil, statistics[slot]] {
        floats.append(tensor == nil ? 0 : 1)
        if let tensor { floats += tensor.scalars }
      }
    }
    return floats
  }

  fileprivate static func from(
    floats: [Float], of model: some Module, labels: Int
  ) -> (Gradients, probabilities: Tensor) {
    var place = 1
    func next(_ shape: Shape) -> Tensor? {
      defer { place += 1 }
      guard floats[place] != 0 else { return nil }
      defer { place += shape.count }
      return Tensor(Array(floats[place + 1..<place + 1 + shape.count]), shape: shape)
    }
    var (tensors, statistics) = ([Tensor?](), [Int: Tensor]())
    for (slot, parameter) in model.parameters.enumerated() {
      tensors.append(next(parameter.parameter.value.shape))
      statistics[slot] = next(parameter.parameter.value.shape)
    }
    let rest = Array(floats[place...])
    return (
      Gradients(loss: floats[0], tensors: tensors, statistics: statistics),
      Tensor(rest, shape: [rest.count / max(1, labels), labels])
    )
  }
}

extension Array<Float> {
  /// As the machine has them: ranks are of one kind.
  var bytes: [UInt8] { withUnsafeBytes { Array<UInt8>($0) } }
}

extension Collection<UInt8> {
  /// Of such bytes.
  var floats: [Float] {
    let bytes = Array(self)
    return bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
    }
  }
}
