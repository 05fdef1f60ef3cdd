/// Watches the validation loss: the best epoch so far, and whether to stop.
///
/// An improvement is a strictly lower loss. A loss that is not a number never is one, not even the
/// first.
public struct EarlyStopping: Sendable, Equatable {
  /// Epochs without improvement after which a run stops.
  public let patience: Int
  /// The lowest loss so far; infinite before the first.
  public private(set) var bestLoss = Double.infinity
  /// The epoch of the lowest loss, from 1; 0 before the first.
  public private(set) var bestEpoch = 0
  /// Epochs since then.
  public private(set) var epochsWithoutImprovement = 0

  /// Nothing seen yet.
  public init(patience: Int) { self.patience = patience }

  /// Goes on from a saved state.
  public init(
    patience: Int, bestLoss: Double, bestEpoch: Int, epochsWithoutImprovement: Int
  ) {
    self.patience = patience
    self.bestLoss = bestLoss
    self.bestEpoch = bestEpoch
    self.epochsWithoutImprovement = epochsWithoutImprovement
  }

  /// Whether the run should stop.
  public var shouldStop: Bool { epochsWithoutImprovement >= patience }

  /// Takes the loss of an epoch, counted from 1, and says whether it is the best so far.
  @discardableResult
  public mutating func take(_ loss: Double, epoch: Int) -> Bool {
    guard loss < bestLoss else {
      epochsWithoutImprovement += 1
      return false
    }
    (bestLoss, bestEpoch, epochsWithoutImprovement) = (loss, epoch, 0)
    return true
  }
}
