import CXRFiles

extension CheckpointMetadata {
  /// The state of a run, in `last.npz` and `best.npz`.
  public struct Progress: Codable, Sendable, Equatable {
    /// The lowest validation loss so far, in nats; `nil` before the first.
    public var bestLoss: Double?
    /// The epoch of the lowest validation loss, from 1.
    public var bestEpoch: Int
    /// Epochs since then.
    public var epochsWithoutImprovement: Int
    /// Whether the run is over.
    public var isFinished: Bool

    enum CodingKeys: String, CodingKey {
      case bestLoss = "best_loss"
      case bestEpoch = "best_epoch"
      case epochsWithoutImprovement = "epochs_without_improvement"
      case isFinished = "finished"
    }
  }
}

extension CheckpointMetadata.Progress {
  /// As a document.
  var json: JSONValue {
    .object([
      ("best_loss", .number(orNull: bestLoss)),
      ("best_epoch", .integer(bestEpoch)),
      ("epochs_without_improvement", .integer(epochsWithoutImprovement)),
      ("finished", .bool(isFinished)),
    ])
  }
}
