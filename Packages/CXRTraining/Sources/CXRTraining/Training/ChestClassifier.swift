import CXRCheckpoint
import CXRNet
import CXRTensor

/// A trained network with what is needed to use it: labels, image settings, statistics.
public struct ChestClassifier: Sendable {
  static let architectureName = "ChestCNN"
  /// Arrays under this name are an optimizer's.
  static let optimizerPrefix = "optimizer/"

  /// The network.
  public var model: ChestCNN
  /// What belongs to it.
  public let metadata: CheckpointMetadata

  /// Reads a checkpoint.
  /// - Throws: `CheckpointError`, ``TrainingError/unusableCheckpoint(path:reason:)``.
  public init(path: String) throws {
    try self.init(Checkpoint(path: path), path: path)
  }

  /// Takes a checkpoint that has been read; `path` is for messages.
  public init(_ checkpoint: Checkpoint, path: String) throws {
    metadata = try CheckpointMetadata(checkpoint, path: path)
    do {
      model = try ChestCNN(
        imageSize: metadata.image.size, labels: metadata.labels.count,
        channels: metadata.architecture.channels, kernel: metadata.architecture.kernel,
        random: RandomStream(seed: 0))
    } catch {
      throw TrainingError.unusableCheckpoint(path: path, reason: "\(error)")
    }
    try model.load(from: checkpoint, ignoring: Self.optimizerPrefix, path: path)
  }

  /// Standardised films `[N, size, size, 1]` → probabilities `[N, K]`.
  public func probabilities(_ films: Tensor) -> Tensor {
    var pass = Pass.inference()
    return model.probabilities(films, in: &pass)
  }
}

extension Checkpoint {
  /// The numbers in the file that are a model's.
  var parameterCount: Int {
    arrays.reduce(0) {
      $0 + ($1.name.hasPrefix(ChestClassifier.optimizerPrefix) ? 0 : $1.scalars.count)
    }
  }
}

extension Module {
  /// The parameters as named arrays.
  func arrays(prefix: String = "") -> [NamedArray] {
    parameters.map {
      NamedArray(
        name: prefix + $0.path.description, shape: $0.parameter.value.shape.dimensions,
        scalars: Array($0.parameter.value.scalars))
    }
  }

  /// Sets all parameters from a checkpoint, or none.
  ///
  /// - Parameter ignoring: arrays under this name are of no concern.
  /// - Throws: `CheckpointError.mismatch` naming every array that does not fit.
  mutating func load(
    from checkpoint: Checkpoint, prefix: String = "", ignoring ignored: String? = nil, path: String
  ) throws {
    let expected = parameters.map {
      (name: prefix + $0.path.description, shape: $0.parameter.value.shape.dimensions)
    }
    let relevant = Checkpoint(
      arrays: checkpoint.arrays.filter { $0.name.hasPrefix(prefix) }, metadata: "")
    let arrays = try relevant.arrays(matching: expected, ignoring: ignored, path: path)
    var next = arrays.makeIterator()
    forEachParameter(at: .root) { _, parameter in
      guard let array = next.next() else { return }
      parameter.value = Tensor(array.scalars, shape: Shape(array.shape))
    }
  }
}
