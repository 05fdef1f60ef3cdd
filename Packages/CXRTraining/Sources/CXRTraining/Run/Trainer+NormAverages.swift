import CXRNet
import CXRParallel
import Foundation

extension Trainer {
  /// Sets the averages of batch normalisation by a pass over the training films, in a fresh order and without augmentation.
  mutating func recalibrateNorm(_ check: () throws -> Void) throws {
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

  /// How much of what they began with is left in the averages of batch normalisation after an epoch, in 0…1; `nil` where
  /// there are none, or none that moves. Much of it, and validation says little of the network.
  public var staleShareOfAverages: Double? {
    let frozen = step.frozen
    let moves = model.parameters.contains {
      $0.parameter.role == .statistic && !frozen.contains($0.path.description)
    }
    guard moves, options.transfer.initialWeightsSHA256 == nil, !options.recalibratesNorm,
      let momentum = model.slowestMomentum
    else { return nil }
    return pow(Double(momentum), Double(stepsPerEpoch * options.accumulate))
  }
}
