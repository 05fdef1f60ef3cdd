import CXRCheckpoint
import CXRData
import CXRNet
import CXRTensor
import Foundation

/// Weights of another network that a run begins with: every array whose name and shape fit, the rest fresh.
public struct InitialWeights: Sendable {
  /// The file.
  public let path: String
  /// Of its bytes.
  public let sha256: String
  private let arrays: [NamedArray]
  /// What the file says of itself; `nil` where it holds arrays alone.
  private let metadata: CheckpointMetadata?

  /// Reads a checkpoint of a training run, or any file of named arrays.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - architectures: the networks that may be in it.
  /// - Throws: `CheckpointError`, ``TrainingError/unusableCheckpoint(path:reason:)`` where an array is not finite or what
  ///   the file says of itself is not understood.
  public init(path: String, architectures: Architectures = .standard) throws {
    let checkpoint = try Checkpoint(path: path, limits: Checkpoint.networkLimits)
    self.path = path
    sha256 = try Self.digest(of: path)
    metadata =
      checkpoint.metadata == Self.nothingSaid
      ? nil : try CheckpointMetadata(checkpoint, path: path, architectures: architectures)
    arrays = checkpoint.arrays.filter { array in
      !ChestClassifier.otherPrefixes.contains { array.name.hasPrefix($0) }
    }
    if let array = arrays.first(where: { !$0.scalars.allSatisfy(\.isFinite) }) {
      throw TrainingError.unusableCheckpoint(
        path: path, reason: "\(array.name) holds numbers that are not finite")
    }
  }

  private static let nothingSaid = "{}"

  /// The SHA-256 of a file.
  /// - Throws: ``TrainingError/unusableCheckpoint(path:reason:)`` where it cannot be read.
  public static func digest(of path: String) throws -> String {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw TrainingError.unusableCheckpoint(path: path, reason: "cannot be read")
    }
    return SHA256.hexDigest(of: [UInt8](bytes))
  }

  /// Sets the parameters that fit; the head's only where it is for the same findings in the same order.
  ///
  /// - Parameters:
  ///   - model: the network.
  ///   - labels: the findings that it is for, in order.
  ///   - options: of the run: how its films are standardised, and what is not trained.
  /// - Throws: ``TrainingError/unusableCheckpoint(path:reason:)`` where nothing fits, a variance is below 0, or what is not
  ///   to be trained would meet what it was not made for; the network is then as it was.
  public func adopt(
    into model: inout some FilmClassifier, labels: [String], options: TrainingOptions
  ) throws -> Adoption {
    let given = Dictionary(arrays.map { ($0.name, $0) }) { first, _ in first }
    let (own, head) = (model.parameters, model.headParameters)
    var (taken, fresh) = ([String](), [(path: String, reason: String)]())
    for (path, parameter) in own {
      let (name, shape) = (path.description, parameter.value.shape.dimensions)
      guard let array = given[name] else {
        fresh.append((name, "not in the file"))
        continue
      }
      if array.shape != shape {
        fresh.append((name, "the file's is \(array.shape), the network's \(shape)"))
      } else if head.contains(name), let metadata, metadata.labels != labels {
        fresh.append((name, "the file's is for \(Self.some(metadata.labels))"))
      } else {
        taken.append(name)
      }
      if parameter.role == .statistic, name.hasSuffix("variance"),
        let least = array.scalars.min(), least < 0
      {
        throw unusable("\(name) holds a variance of \(least), and none is below 0")
      }
    }
    guard !taken.isEmpty else {
      throw unusable(
        "no array fits the network, which has \(Self.some(own.map(\.path.description))); the file has "
          + "\(Self.some(arrays.map(\.name))). Choose a file of the same kind of network")
    }
    let warnings = try conditions(
      model, head: head, taken: Set(taken), fresh: fresh.map(\.path), options)
    let fitting = Set(taken)
    model.forEachParameter(at: .root) { path, parameter in
      guard fitting.contains(path.description), let array = given[path.description] else { return }
      parameter.value = Tensor(array.scalars, shape: Shape(array.shape))
    }
    let names = Set(own.map(\.path.description))
    return Adoption(
      sha256: sha256, taken: taken, fresh: fresh,
      unused: arrays.map(\.name).filter { !names.contains($0) }, warnings: warnings)
  }

  /// What is not as it was when the weights were made: refused where weights stay as they are, else told.
  private func conditions(
    _ model: some FilmClassifier, head: Set<String>, taken: Set<String>, fresh: [String],
    _ options: TrainingOptions
  ) throws -> [String] {
    func isFrozen(_ name: String) -> Bool { options.transfer.isFrozen(name, head: head) }
    func layer(_ name: String) -> Substring {
      name[..<(name.lastIndex(of: "/") ?? name.startIndex)]
    }
    let layers = Set(taken.map(layer))
    let statistics = Set(
      model.parameters.filter { $0.parameter.role == .statistic }.map(\.path.description))
    if let name = fresh.first(where: {
      isFrozen($0) && statistics.contains($0) && layers.contains(layer($0))
    }) {
      throw unusable(
        "\(name) is not in it and would stay as it is, though it is no average of anything; train \(layer(name)), "
          + "or choose a file with averages")
    }
    var warnings: [String] = []
    let idle = fresh.filter(isFrozen)
    if !idle.isEmpty {
      warnings.append(
        "not trained and not from the file, so that they stay random: \(Self.some(idle))")
    }
    guard let metadata else {
      if !head.isDisjoint(with: taken) {
        warnings.append(
          "the file does not say which findings its head is for; it is taken to be these, in this order"
        )
      }
      return warnings
    }
    var differences = model.architecture.conditions(differingFrom: metadata.architecture)
    if let was = metadata.options[Standardisation.optionKey], was != "\(options.standardisation)" {
      differences.append("\(Standardisation.optionKey) was \(was), is \(options.standardisation)")
    }
    guard !differences.isEmpty else { return warnings }
    let text = differences.joined(separator: "; ")
    if taken.contains(where: isFrozen) {
      throw unusable(
        "its weights were made under other conditions, and some are not to be trained: \(text). Give what was, or train "
          + "all of them")
    }
    return warnings + ["the weights were made under other conditions: \(text)"]
  }

  private func unusable(_ reason: String) -> TrainingError {
    .unusableCheckpoint(path: path, reason: reason)
  }

  private static func some(_ names: [String]) -> String {
    names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
  }
}
