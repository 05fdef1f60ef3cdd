import CXRCheckpoint
import CXRFiles
import CXRFilms
import CXRImage
import CXRNet
import Foundation

extension CheckpointMetadata {
  /// Reads a checkpoint's metadata.
  /// - Throws: ``TrainingError/unusableCheckpoint(path:reason:)``.
  public init(
    _ checkpoint: Checkpoint, path: String, architectures: Architectures = .standard
  ) throws {
    try self.init(checkpoint.outline, path: path, architectures: architectures)
  }

  /// Reads the metadata of a checkpoint whose arrays have not been unpacked.
  /// - Throws: ``TrainingError/unusableCheckpoint(path:reason:)``.
  init(_ outline: Checkpoint.Outline, path: String, architectures: Architectures) throws {
    struct Format: Decodable {
      let version: Int
      enum CodingKeys: String, CodingKey { case version = "format_version" }
    }
    let data = Data(outline.metadata.utf8)
    guard let format = try? JSONDecoder().decode(Format.self, from: data) else {
      throw TrainingError.unusableCheckpoint(
        path: path,
        reason: "metadata.json names no format_version; it is no checkpoint of a training run")
    }
    guard format.version == Self.formatVersion else {
      throw TrainingError.unusableCheckpoint(
        path: path,
        reason:
          "format \(format.version) is not the format \(Self.formatVersion) that this version "
          + "(\(LibraryVersion.current)) reads; use the version that wrote it")
    }
    do {
      self = try JSONDecoder().decode(Self.self, from: data)
    } catch DecodingError.keyNotFound(let key, _) {
      throw TrainingError.unusableCheckpoint(
        path: path, reason: "metadata.json has no \"\(key.stringValue)\"; the file is damaged")
    } catch {
      throw TrainingError.unusableCheckpoint(
        path: path, reason: "metadata.json cannot be read (\(error)); the file is damaged")
    }
    guard knowsReading else {
      throw TrainingError.unusableCheckpoint(
        path: path,
        reason: "says how its label file was read in words that this version "
          + "(\(LibraryVersion.current)) does not know; use the version that wrote it, \(libraryVersion)"
      )
    }
    guard !labels.isEmpty, Set(labels).count == labels.count, (0...1 << 40).contains(epoch),
      (0...1 << 40).contains(step), progress.bestEpoch >= 0,
      progress.epochsWithoutImprovement >= 0,
      (1...8192).contains(image.size),
      image.mean.isFinite, image.standardDeviation.isFinite,
      (1e-6...1e6).contains(image.standardDeviation), abs(image.mean) < 1e6,
      (9...16).contains(image.pngBits ?? 16),
      image.depth == FilmPreparation.ownDepth || FilmDepth(rawValue: image.depth) != nil,
      labels.count <= 10_000
    else {
      throw TrainingError.unusableCheckpoint(
        path: path,
        reason: "metadata.json describes no network that this version can build "
          + "from the arrays in the file; the file is damaged or of another program")
    }
    // A damaged description may ask for any number of weights: counted before memory is taken for them. Small
    // mismatches are named array by array later.
    do {
      architecture = try architectures.complete(architecture)
      let count = try architectures.kernelCount(
        architecture, side: image.size, labels: labels.count)
      guard count <= max(10_000_000, 2 * Self.parameterCount(outline)) else {
        throw TrainingError.unusableCheckpoint(
          path: path,
          reason:
            "metadata.json describes a network of \(count) weights, \(architecture), which are not in the file; "
            + "the file is damaged or of another program")
      }
    } catch NetError.unknownNetwork(let name, let known) {
      throw TrainingError.unusableCheckpoint(
        path: path,
        reason:
          "holds a network called \(name); known are \(known.joined(separator: ", ")). A program that "
          + "brings networks of its own names them by architectures")
    } catch let error as NetError {
      throw TrainingError.unusableCheckpoint(
        path: path,
        reason:
          "metadata.json describes no network that this version can build: \(error); the file "
          + "is damaged or of another program")
    }
  }

  /// What is wrong with the parts that an evaluation uses, in words; `nil` where nothing is.
  var problemOfEvaluation: String? {
    guard classWeights.map(\.label) == labels else {
      return "its class weights are of other labels"
    }
    let weights = classWeights.flatMap { [$0.positive, $0.negative] }.compactMap { $0 }
    guard weights.allSatisfy({ (1e-6...1e9).contains($0) }) else {
      return "its class weights are no weights"
    }
    if let validation {
      guard validation.labels.map(\.label) == labels else {
        return "its thresholds are of other labels than its network"
      }
      let isFine = validation.labels.allSatisfy { label in
        (0...label.films).contains(label.positives) && label.films <= validation.films
          && (0...Double(max(0, label.films))).contains(label.effectiveFilms)
          && (-1...1).contains(label.threshold ?? 0)
          && (-1e6...1e6).contains(label.logitThreshold ?? 0)
          && (label.logitThreshold == nil || label.threshold != nil)
          && [label.platt, label.vector].compactMap { $0 }.allSatisfy {
            abs($0.scale) < 1e6 && abs($0.shift) < 1e6
          }
      }
      guard isFine else { return "its thresholds or calibrations are no numbers that could be" }
    }
    if let typicalFilms, !typicalFilms.isPlausible {
      return "what it says of its films' sizes and grey levels cannot be"
    }
    if let baseline, !baseline.strength.isFinite {
      return "its regression on thumbnails has no strength"
    }
    return nil
  }

  /// The numbers in a file that are a model's.
  private static func parameterCount(_ outline: Checkpoint.Outline) -> Int {
    outline.arrays.reduce(0) { sum, array in
      ChestClassifier.otherPrefixes.contains { array.name.hasPrefix($0) }
        ? sum : sum + array.shape.reduce(1, *)
    }
  }
}
