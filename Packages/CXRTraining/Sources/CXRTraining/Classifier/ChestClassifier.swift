import CXREvaluation
import CXRParallel
import CXRCheckpoint
import CXRNet
import CXRTensor

/// A trained network with what is needed to use it: labels, image settings, statistics.
public struct ChestClassifier: Sendable {
  /// Arrays under this name are an optimizer's.
  static let optimizerPrefix = "optimizer/"
  /// Arrays under these names are not the network's.
  static let otherPrefixes = [
    optimizerPrefix, ThumbnailRidge.prefix, TypicalFilms.prefix, FrontalTemplate.prefix,
  ]

  /// The network.
  public var model: any FilmClassifier
  /// What belongs to it.
  public let metadata: CheckpointMetadata
  /// The yardstick that was fitted on the same training films; `nil` where the file has none.
  public let baseline: ThumbnailRidge?
  /// What films it knows; `nil` where the file does not say.
  public let typicalFilms: TypicalFilms?

  /// What its frontal films look like; `nil` where the file does not say.
  let frontalTemplate: FrontalTemplate?
  /// Whether films that are inverted, turned or not frontal can be told from those of training.
  public var knowsPoses: Bool { frontalTemplate != nil }

  /// Reads a checkpoint.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - architectures: the networks that may be in it.
  /// - Throws: `CheckpointError`, ``TrainingError/unusableCheckpoint(path:reason:)``.
  public init(path: String, architectures: Architectures = .standard) throws {
    try self.init(
      Checkpoint(ofNetwork: path, architectures), path: path, architectures: architectures)
  }

  /// Takes a checkpoint that has been read; `path` is for messages.
  public init(
    _ checkpoint: Checkpoint, path: String, architectures: Architectures = .standard
  ) throws {
    metadata = try CheckpointMetadata(checkpoint, path: path, architectures: architectures)
    do {
      model = try architectures.make(
        metadata.architecture, side: metadata.image.size, labels: metadata.labels.count,
        random: RandomStream(seed: 0))
    } catch {
      throw TrainingError.unusableCheckpoint(path: path, reason: "\(error)")
    }
    try model.load(from: checkpoint, ignoring: Self.otherPrefixes, path: path)
    if let constants = model.filmConstants,
      abs(metadata.image.mean - constants.mean * 255) > 1e-3
        || abs(metadata.image.standardDeviation - constants.deviation * 255) > 1e-3
    {
      throw TrainingError.unusableCheckpoint(
        path: path,
        reason:
          "its network counts on films standardised by \(constants.mean) and \(constants.deviation) of the full range of "
          + "grey, but it says other constants; the file is damaged or of another program")
    }
    if let problem = metadata.problemOfEvaluation {
      throw TrainingError.unusableCheckpoint(path: path, reason: problem + "; the file is damaged")
    }
    baseline = try ThumbnailRidge(
      checkpoint, strength: metadata.baseline?.strength, labels: metadata.labels.count, path: path)
    typicalFilms = try TypicalFilms(
      checkpoint, figures: metadata.typicalFilms,
      channels: model.featureCount, path: path)
    frontalTemplate = try FrontalTemplate(checkpoint, path: path)
  }

  /// A prepared film, in grey levels, as the network's input.
  func standardised(_ levels: some Sequence<Float>) -> [Float] {
    let (mean, deviation) = (Float(metadata.image.mean), Float(metadata.image.standardDeviation))
    return levels.map { ($0 - mean) / deviation }
  }

  /// Standardised films `[N, size, size, 1]` → probabilities `[N, K]`.
  public func probabilities(_ films: Tensor) -> Tensor {
    var pass = Pass.inference()
    return model.probabilities(films, in: &pass)
  }
}

extension Checkpoint {
  /// The parameters of a network, layer or optimizer; `metadata` is whatever text goes with them.
  public init(_ module: some Module, metadata: String = "{}") {
    self.init(module.namedArrays, metadata: metadata)
  }

  /// What a network's file may take of memory: a gibibyte, and no more than its weights can.
  static let networkLimits = Limits(totalBytes: 1 << 30, expansion: 16)

  /// Reads a network's file, within ``networkLimits``.
  /// - Throws: `CheckpointError`, ``TrainingError/unusableCheckpoint(path:reason:)``.
  init(ofNetwork path: String, _ architectures: Architectures) throws {
    try self.init(path: path, limits: Self.networkLimits) { outline in
      _ = try CheckpointMetadata(outline, path: path, architectures: architectures)
    }
  }

  /// The arrays called `prefix` and one of `names`, of the shapes given there.
  /// - Throws: `CheckpointError.mismatch` where one is missing, of another shape, or more than asked for.
  func arrays(under prefix: String, _ names: [(String, [Int])], path: String) throws -> [NamedArray]
  {
    try Checkpoint(arrays: arrays.filter { $0.name.hasPrefix(prefix) }, metadata: "")
      .arrays(matching: names.map { (prefix + $0.0, $0.1) }, path: path)
  }
}

extension Module {
  /// The parameters as named arrays.
  func arrays(prefix: String = "") -> [CXRCheckpoint.NamedArray] {
    namedArrays.map {
      CXRCheckpoint.NamedArray(name: prefix + $0.name, shape: $0.shape, scalars: $0.scalars)
    }
  }

  /// Sets all parameters from a checkpoint, or none.
  ///
  /// - Parameter ignoring: arrays under these names are of no concern.
  /// - Throws: `CheckpointError.mismatch` naming every array that does not fit.
  mutating func load(
    from checkpoint: Checkpoint, prefix: String = "", ignoring ignored: [String] = [], path: String
  ) throws {
    let expected = parameters.map {
      (name: prefix + $0.path.description, shape: $0.parameter.value.shape.dimensions)
    }
    let relevant = Checkpoint(
      arrays: checkpoint.arrays.filter { array in
        array.name.hasPrefix(prefix) && !ignored.contains { array.name.hasPrefix($0) }
      }, metadata: "")
    let arrays = try relevant.arrays(matching: expected, path: path)
    var next = arrays.makeIterator()
    forEachParameter(at: .root) { _, parameter in
      guard let array = next.next() else { return }
      parameter.value = Tensor(array.scalars, shape: Shape(array.shape))
    }
  }
}
