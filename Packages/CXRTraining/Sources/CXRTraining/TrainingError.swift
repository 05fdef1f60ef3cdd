import CXRData

/// Why a run cannot start, go on, or be evaluated.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// An option is outside its range.
  case invalidOption(String)
  /// The work takes more memory than there is, in bytes.
  case notEnoughMemory(need: Int, what: String, limit: String, left: Int, remedy: String)
  /// Something of a run is no longer a number.
  case notFinite(Quantity, epoch: Int, step: Int, films: [String])
  /// A checkpoint's metadata lacks something or is of a newer format.
  case unusableCheckpoint(path: String, reason: String)
  /// A run cannot go on with other options than it began with.
  case resumeMismatch(path: String, differences: [String])
  /// Checkpoints that cannot be compared, or do not belong to these films.
  case evaluationMismatch(String)

  /// What may cease to be a number.
  public enum Quantity: String, Sendable {
    /// Of the batch.
    case loss = "the loss is"
    /// Of a step whose loss is a number.
    case gradient = "the gradient is"
    /// The network's or the optimizer's, after a step.
    case weights = "the weights are"
    /// Of a validation batch.
    case validationLoss = "the validation loss is"
  }

  /// The message a person reads.
  public var description: String {
    switch self {
    case .invalidOption(let text): return text
    case .notEnoughMemory(let need, let what, let limit, let left, let remedy):
      return
        "not enough memory: \(what) take about \(need >> 20) MiB more, and \(limit) \(left >> 20) MiB. "
        + "Lower --batch-size, --image-size or --threads, choose a smaller network, or \(remedy)"
    case .notFinite(let quantity, let epoch, let step, let films):
      return
        "\(quantity.rawValue) not finite in epoch \(epoch), step \(step); best.npz and last.npz stay as "
        + "they were. Start anew with a lower --learning-rate or with --clip-norm 1"
        + (films.isEmpty ? "" : ". Films of the batch: " + films.joined(separator: ", "))
    case .unusableCheckpoint(let path, let reason):
      return "\(path): \(reason)"
    case .resumeMismatch(let path, let differences):
      return "\(path): the run began with other settings, so it cannot go on:\n  "
        + differences.joined(separator: "\n  ")
        + "\nUse the same settings, or start anew in another folder"
    case .evaluationMismatch(let text): return text
    }
  }
}
