import CXRNet
import CXRParallel
import CXRTensor
import Foundation

extension Trainer {
  /// Sets the averages of batch normalisation by a pass over the training films, in a fresh order and without augmentation.
  mutating func recalibrateNorm(_ check: () throws -> Void) throws {
    guard hasMovingAverages else { return }
    var averages = NormAverages()
    let batches = own(
      data.plainTrainingBatches(
        batchSize: options.batchSize, random: random.child("norm").child(epoch)))
    let frozen = step.frozen
    for place in 0..<batches.count {
      try check()
      let batch = try batches[place]
      let whole = BatchShares(
        images: batch.names.count, of: options.batchSize, count: options.shares)
      guard let shares = ranks.map({ whole.divided(among: $0) }) ?? whole else { continue }
      averages.add(
        model, batch.films, in: shares, freezing: { frozen.contains($0.description) })
    }
    averages.set(in: &step.model)
    try shareAverages()
  }

  /// Takes the averages of the first rank, which has films of every batch.
  private mutating func shareAverages() throws {
    guard let ranks, ranks.count > 1 else { return }
    let places = model.parameters.enumerated().filter { $0.element.parameter.role == .statistic }
    let floats = ranks.broadcast(
      places.flatMap { $0.element.parameter.value.scalars }.bytes
    ).floats
    var (values, first) = ([Int: Tensor](), 0)
    for (slot, place) in places {
      let shape = place.parameter.value.shape
      values[slot] = Tensor(Array(floats[first..<first + shape.count]), shape: shape)
      first += shape.count
    }
    step.model.setStatistics(Gradients(loss: 0, tensors: [], statistics: values))
  }

  /// Paths of the parameters that are not trained, in order.
  public var frozenPaths: [String] {
    model.parameters.map(\.path.description).filter { step.frozen.contains($0) }
  }

  /// Numbers that steps change.
  public var trainedParameterCount: Int {
    model.parameters.filter {
      $0.parameter.role != .statistic && !step.frozen.contains($0.path.description)
    }.reduce(0) { $0 + $1.parameter.value.shape.count }
  }

  /// Whether batch normalisation has averages that are not frozen.
  public var hasMovingAverages: Bool { !movingAverages.isEmpty }

  private var movingAverages: [String] {
    model.parameters.filter {
      $0.parameter.role == .statistic && !step.frozen.contains($0.path.description)
    }.map(\.path.description)
  }

  /// How much of what they began with is left in the averages of batch normalisation after an epoch, in 0…1; `nil` where
  /// there are none, or none that moves. Much of it, and validation says little of the network.
  public var staleShareOfAverages: Double? {
    let given = Set(adoption?.taken ?? [])
    let begunAnew = adoption != nil || options.transfer.initialWeightsSHA256 == nil
    guard begunAnew, movingAverages.contains(where: { !given.contains($0) }),
      !options.recalibratesNorm, let momentum = model.slowestMomentum
    else { return nil }
    return pow(Double(momentum), Double(stepsPerEpoch * options.accumulate))
  }
}
