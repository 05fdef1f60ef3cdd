import CXRNet
import CXRParallel
import Foundation

extension Trainer {
  /// Sets the averages of batch normalisation by a pass over the training films, in a fresh order and without augmentation.
  mutating func recalibrateNorm(_ check: () throws -> Void) throws {
    guard hasMovingAverages else { return }
    var averages = NormAverages()
    let batches = data.plainTrainingBatches(
      batchSize: options.batchSize,
      random: random.child("norm").child(epoch))
    let frozen = step.frozen
    for place in 0..<batches.count {
      try check()
      let films = try batches[place].films
      averages.add(
        model, films,
        in: BatchShares(images: films.shape[0], of: options.batchSize, count: options.shares),
        freezing: { frozen.contains($0.description) })
    }
    averages.set(in: &step.model)
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
