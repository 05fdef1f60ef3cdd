import CXRFiles
import CXRCheckpoint
import CXRData
import CXRNet
import Foundation

/// A training run's folder from which a run goes on: what its `last.npz` holds, and whether it fits.
public struct Resumption: Sendable {
  /// The file.
  public let path: String
  private let checkpoint: Checkpoint
  private let metadata: CheckpointMetadata
  private let folder: OutputFolder
  private let architectures: Architectures

  static let filmsKey = "films_sha256"
  static let pixelsKey = "pixels_sha256"

  /// Reads the folder's `last.npz`; `nil` where there is none.
  ///
  /// - Parameters:
  ///   - folder: of the run.
  ///   - architectures: the networks that may be in it.
  /// - Throws: `CheckpointError`, ``TrainingError/unusableCheckpoint(path:reason:)``,
  ///   ``TrainingError/cannotGoOn(path:reason:)``.
  public init?(_ folder: OutputFolder, architectures: Architectures = .standard) throws {
    path = folder.file(Trainer.lastFile)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    self.folder = folder
    self.architectures = architectures
    checkpoint = try Checkpoint(ofNetwork: path, architectures)
    metadata = try CheckpointMetadata(checkpoint, path: path, architectures: architectures)
    guard metadata.history != nil else {
      let hasState = checkpoint.arrays.contains {
        $0.name.hasPrefix(ChestClassifier.optimizerPrefix)
      }
      throw TrainingError.cannotGoOn(
        path: path,
        reason: hasState
          ? "it holds no history, as files of earlier versions do not; use the version that wrote it"
          : "it holds no optimizer state, as best.npz does not; a run goes on from its own "
            + "last.npz only. Restore that file")
    }
  }

  /// Whether a run with these options has nothing left to do.
  public func isFinished(_ options: TrainingOptions) -> Bool {
    metadata.unfinishedEpoch == nil
      && (metadata.epoch >= options.epochs
        || metadata.progress.epochsWithoutImprovement >= options.patience)
  }

  /// Of the file that the run's first weights were taken from; `nil` where they were fresh.
  public var initialWeightsSHA256: String? {
    let text = metadata.options[TransferOptions.initialWeightsKey]
    return text == TransferOptions.fresh ? nil : text
  }

  /// Epochs done.
  public var epoch: Int { metadata.epoch }
  /// Steps done of the epoch that is going on.
  public var step: Int { metadata.unfinishedEpoch?.steps ?? 0 }

  /// Compares what is known before any film is decoded.
  ///
  /// - Parameters:
  ///   - options: of the run that is to go on.
  ///   - allowsOtherDevice: whether another processor or BLAS is accepted, which changes last bits.
  /// - Throws: ``TrainingError/resumeMismatch(path:differences:remedies:)`` naming every difference.
  public func check(_ options: TrainingOptions, allowsOtherDevice: Bool = false) throws {
    try refuse(differences(options, allowsOtherDevice: allowsOtherDevice))
  }

  /// What is not as it was.
  private struct Differences {
    /// A line each.
    var lines: [String]
    /// What accepts some of them.
    var remedies: [Remedy] = []

    mutating func append(_ line: String) { lines.append(line) }
  }

  private func differences(
    _ options: TrainingOptions, allowsOtherDevice: Bool
  ) -> Differences {
    var differences = Differences(lines: options.differences(from: metadata.options))
    let architecture =
      (try? options.architectures.complete(options.architecture)) ?? options.architecture
    if metadata.architecture != architecture {
      differences.append(
        "the network: was \(metadata.architecture), is \(architecture)")
    }
    if metadata.libraryVersion != LibraryVersion.current {
      differences.append(
        "library version: was \(metadata.libraryVersion), is \(LibraryVersion.current)")
    }
    let now = CheckpointMetadata.Device()
    if !allowsOtherDevice, let was = metadata.device, was != now {
      for (name, was, now) in [
        ("processor's vectors", was.vectorUnit, now.vectorUnit), ("BLAS", was.blas, now.blas),
      ] where was != now {
        differences.append(
          "\(name): was \(was), is \(now); the last bits differ")
        differences.remedies = [.acceptOtherDevice]
      }
    }
    return differences
  }

  private func refuse(_ differences: Differences) throws {
    guard differences.lines.isEmpty else {
      throw TrainingError.resumeMismatch(
        path: path, differences: differences.lines, remedies: differences.remedies)
    }
  }

  /// Sets a fresh trainer to where the run was.
  ///
  /// - Parameters:
  ///   - trainer: of the run's data and options.
  ///   - allowsOtherDevice: whether another processor or BLAS is accepted, which changes last bits.
  /// - Throws: ``TrainingError/resumeMismatch(path:differences:remedies:)`` when anything that changes the numbers is
  ///   not as it was, `CheckpointError`; the trainer is then as it was.
  public func apply(to trainer: inout Trainer, allowsOtherDevice: Bool = false) throws {
    let now = trainer.metadata(isFinished: false)
    var differences = differences(trainer.options, allowsOtherDevice: allowsOtherDevice)
    if let was = metadata.options[TrainingOptions.uncertainKey],
      let now = now.options[TrainingOptions.uncertainKey], was != now
    {
      differences.append("\(TrainingOptions.uncertainKey): was \(was), is \(now)")
    }
    if metadata.labelRenames != now.labelRenames {
      differences.append(
        "\(TrainingOptions.renamesKey): was \(metadata.labelRenames), is \(now.labelRenames)")
    }
    let (read, reads) = (
      metadata.options[TrainingOptions.collectionKey], now.options[TrainingOptions.collectionKey]
    )
    if read != reads {
      let (was, isNow) = (
        metadata.collection?.name ?? "generic", now.collection?.name ?? "generic"
      )
      let members =
        metadata.collection.flatMap { was in now.collection?.members(differingFrom: was) } ?? []
      differences.append(
        "\(TrainingOptions.collectionKey): was \(was), is "
          + (was == isNow ? "another description of that name" : isNow)
          + (members.isEmpty ? "" : ", with other \(members.joined(separator: ", "))"))
    }
    let (was, isNow) = (
      metadata.options[TrainingOptions.patientsKey], now.options[TrainingOptions.patientsKey]
    )
    if was != isNow {
      differences.append(
        "whose films they are: was said by \(was ?? "the label file"), is by \(isNow ?? "the label file")"
      )
    }
    func compare<Value: Equatable>(_ name: String, _ value: KeyPath<CheckpointMetadata, Value>) {
      let (was, now) = (metadata[keyPath: value], now[keyPath: value])
      if was != now { differences.append("\(name): was \(was), is \(now)") }
    }
    compare("label file (SHA-256)", \.labelFileSHA256)
    compare("labels", \.labels)
    compare("split", \.split.kind)
    compare("split seed", \.split.seed)
    compare("training patients (SHA-256)", \.split.trainPatientsSHA256)
    compare("validation patients (SHA-256)", \.split.validationPatientsSHA256)
    if metadata.options[Self.filmsKey] != now.options[Self.filmsKey] {
      differences.append(
        "the list of films trained and validated on (the folder, or what exclude, allow-missing or "
          + "skip-unreadable leaves out)")
    } else if metadata.options[Self.pixelsKey] != now.options[Self.pixelsKey] {
      differences.append("the pixels of films trained and validated on (files were replaced)")
    }
    compare("mean of the training pixels", \.image.mean)
    compare("standard deviation of the training pixels", \.image.standardDeviation)
    try refuse(differences)
    try checkBest()
    try trainer.restore(checkpoint, metadata, path: path)
    trainer.adoption = InitialWeights.Adoption(runFile: folder.file(RunFile.name))
  }

  /// The best epoch's weights are in no other file: better to say now that they are gone than after hours.
  private func checkBest() throws {
    let best = folder.file(Trainer.bestFile)
    guard metadata.progress.bestEpoch > 0 else { return }
    let remedy = "Restore the file"
    guard FileManager.default.fileExists(atPath: best) else {
      throw TrainingError.cannotGoOn(
        path: best,
        reason:
          "is missing; it held the weights of epoch \(metadata.progress.bestEpoch), the best so "
          + "far. " + remedy)
    }
    let found = try ChestClassifier(path: best, architectures: architectures).metadata
    // Killed between two writes, a run has the next epoch's already.
    guard found.options == metadata.options,
      found.epoch == metadata.progress.bestEpoch
        // On another device it might not be the best again, and the earlier weights are gone.
        || (found.epoch - 1 == metadata.epoch && metadata.device == CheckpointMetadata.Device())
    else {
      throw TrainingError.cannotGoOn(
        path: best, reason: "is not of epoch \(metadata.progress.bestEpoch) of this run. " + remedy)
    }
  }
}
