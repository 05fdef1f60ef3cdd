import CXRData

/// Why a run cannot start, go on, or be evaluated.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// An option is outside its range, or does not go with the others.
  case invalidOption(InvalidOption)
  /// The work takes more memory than there is, in bytes.
  case notEnoughMemory(need: Int, what: String, limit: String, left: Int, remedy: String)
  /// Something of a run is no longer a number.
  case notFinite(Quantity, epoch: Int, step: Int, films: [String])
  /// A checkpoint's metadata lacks something or is of a newer format.
  case unusableCheckpoint(path: String, reason: String)
  /// A run cannot go on from this file of its own, and may be begun anew.
  case cannotGoOn(path: String, reason: String)
  /// A run cannot go on with other options than it began with; what of that can be accepted.
  case resumeMismatch(path: String, differences: [String], remedies: [Remedy] = [])
  /// Checkpoints that cannot be compared, or do not belong to these films; what can be done by options.
  case evaluationMismatch(String, remedies: [Remedy] = [])

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

  /// An option by its name, what it is set to, and what is needed.
  static func invalidOption(
    _ name: String, _ value: String? = nil, needed: String, remedies: [Remedy] = []
  ) -> TrainingError {
    .invalidOption(InvalidOption(name, value, needed: needed, remedies: remedies))
  }

  /// The message a person reads.
  public var description: String {
    switch self {
    case .invalidOption(let option): return option.description
    case .notEnoughMemory(let need, let what, let limit, let left, let remedy):
      return
        "not enough memory: \(what) take about \(need >> 20) MiB more, and \(limit) \(left >> 20) MiB. "
        + "Take smaller batches, smaller images or fewer threads, choose a smaller network, or \(remedy)"
    case .notFinite(let quantity, let epoch, let step, let films):
      return
        "\(quantity.rawValue) not finite in epoch \(epoch), step \(step); best.npz and last.npz stay as "
        + "they were. Start anew with a lower learning rate, or with gradients no longer than 1"
        + (films.isEmpty ? "" : ". Films of the batch: " + films.joined(separator: ", "))
    case .unusableCheckpoint(let path, let reason):
      return "\(path): \(reason)"
    case .cannotGoOn(let path, let reason):
      return "\(path): \(reason), or start anew in another folder, or over this one"
    case .resumeMismatch(let path, let differences, _):
      return "\(path): the run began with other settings, so it cannot go on:\n  "
        + differences.joined(separator: "\n  ")
        + "\nUse the same settings, or start anew in another folder"
    case .evaluationMismatch(let text, _): return text
    }
  }
}

extension TrainingError: OptionError, RemediedError {
  public var invalidOption: InvalidOption? {
    if case .invalidOption(let option) = self { option } else { nil }
  }

  /// What can be done by options.
  public var remedies: [Remedy] {
    switch self {
    case .invalidOption(let option): option.remedies
    case .notEnoughMemory: ["batchSize", "imageSize", "threads"].map { Remedy(option: $0) }
    case .notFinite: [Remedy(option: "learningRate"), Remedy(option: "clipNorm", value: "1")]
    case .unusableCheckpoint: []
    case .cannotGoOn: [.startAnew]
    case .resumeMismatch(_, _, let remedies), .evaluationMismatch(_, let remedies): remedies
    }
  }
}

extension Remedy {
  /// Begin a run anew in a folder that holds another: ``Trainer/setAsideEarlierRun(in:except:)``.
  public static let startAnew = Remedy(option: "force")
  /// Go on with a run on another processor or BLAS: ``Resumption/check(_:allowsOtherDevice:)``.
  public static let acceptOtherDevice = Remedy(option: "otherDevice")
  /// Evaluate all films, not a part of them: ``Evaluation/Options/subset``.
  public static let evaluateAllFilms = Remedy(option: "subset", value: "all")
}
