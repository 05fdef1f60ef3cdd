import CXRCheckpoint
import CXRMetrics
import CXRNet
import CXRTensor
import Foundation

/// Trains a ``ChestClassifier`` epoch by epoch and keeps `history.csv`, `best.npz` and `last.npz`.
///
///     let data = try TrainingData(collection, options: options, cacheFolder: "run")
///     var trainer = try Trainer(data: data, options: options, folder: folder)
///     let outcome = try trainer.run { print($0) }
///
/// Every number follows from the data, the options and the seed: not from threads, not from
/// interruptions between epochs.
public struct Trainer {
  /// What a run tells while it goes on.
  public enum Event: Sendable {
    /// A step is done.
    case step(
      epoch: Int, step: Int, of: Int, secondsLeft: Double, imagesPerSecond: Double, loss: Double)
    /// An epoch is done and written.
    case epoch(HistoryRow, isBest: Bool)
  }

  /// How a run ended.
  public struct Outcome: Sendable {
    /// All epochs.
    public let history: History
    /// The epoch whose weights `best.npz` holds, from 1.
    public let bestEpoch: Int
    /// Whether patience ran out before the epochs did.
    public let stoppedEarly: Bool
    /// Whether there was nothing left to do.
    public let wasFinished: Bool
  }

  /// The network at its present epoch; after ``run(_:)`` the best epoch's.
  public var model: ChestCNN { step.model }
  private var step: TrainingStep
  private var history = History()
  private var stopping: EarlyStopping
  private var epoch = 0
  private let data: TrainingData
  private let options: TrainingOptions
  private let folder: OutputFolder
  private let schedule: ExponentialSchedule
  private let random: RandomStream
  /// Fitted when the first best epoch is written; it does not depend on the network.
  private var baseline: ThumbnailRidge?

  /// The file of the epoch with the lowest validation loss.
  public static let bestFile = "best.npz"
  /// The file of the latest epoch, with the optimizer's state.
  public static let lastFile = "last.npz"
  /// The file of figures an epoch.
  public static let historyFile = "history.csv"

  /// A run with fresh weights.
  /// - Throws: `NetError` for an image size too small.
  public init(data: TrainingData, options: TrainingOptions, folder: OutputFolder) throws {
    try options.validate()
    (self.data, self.options, self.folder) = (data, options, folder)
    random = RandomStream(seed: options.seed)
    let model = try ChestCNN(
      imageSize: options.preparation.imageSize, labels: data.collection.matrix.labels.count,
      random: random.child("model"))
    stopping = EarlyStopping(patience: options.patience)
    schedule = ExponentialSchedule(initial: options.learningRate, decay: options.decay)
    let loss: Loss
    switch options.loss {
    case .bce: loss = .binaryCrossEntropy
    case .weightedBCE:
      let labels = data.classWeights.count
      // TrainingData admits only labels with both kinds, so that both weights are defined.
      loss = .weightedBinaryCrossEntropy(
        negative: Tensor(data.classWeights.map { Float($0.negative ?? 0) }, shape: [labels]),
        positive: Tensor(data.classWeights.map { Float($0.positive ?? 0) }, shape: [labels]))
    }
    step = TrainingStep(model: model, loss: loss)
  }

  /// Whether the folder holds a `last.npz` to go on from.
  public var canResume: Bool { FileManager.default.fileExists(atPath: folder.file(Self.lastFile)) }

  /// Renames an earlier run's files in the folder to `….old`, so that a run that replaces it never
  /// stands beside its weights, and nothing is lost.
  /// - Throws: ``TrainingError/outputUnwritable(path:reason:)``.
  public static func setAsideEarlierRun(in folder: OutputFolder) throws {
    for name in [bestFile, lastFile, historyFile, "run.json", "report.html"] {
      let path = folder.file(name)
      guard FileManager.default.fileExists(atPath: path) else { continue }
      guard rename(path, path + ".old") == 0 else {
        throw TrainingError.outputUnwritable(path: path, reason: String(cString: strerror(errno)))
      }
    }
  }

  /// The random stream of order and augmentation.
  static let dataStream = "data"

  private static let filmsKey = "films_sha256"

  /// Compares the options with those of the folder's `last.npz`, before any film is decoded.
  /// - Throws: ``TrainingError/resumeMismatch(path:differences:)``, `CheckpointError`.
  public static func checkResumable(_ options: TrainingOptions, in folder: OutputFolder) throws {
    let path = folder.file(lastFile)
    guard FileManager.default.fileExists(atPath: path) else { return }
    let metadata = try CheckpointMetadata(Checkpoint(path: path), path: path)
    let differences = options.differences(from: metadata.options)
    guard differences.isEmpty else {
      throw TrainingError.resumeMismatch(path: path, differences: differences)
    }
  }

  /// Goes on from the folder's `last.npz`.
  ///
  /// - Throws: ``TrainingError/resumeMismatch(path:differences:)`` when anything that changes the
  ///   numbers is not as it was.
  public mutating func resume() throws {
    let path = folder.file(Self.lastFile)
    let checkpoint = try Checkpoint(path: path)
    let found = try CheckpointMetadata(checkpoint, path: path)
    let now = metadata(isFinished: false)
    var differences = options.differences(from: found.options)
    if let was = found.options[TrainingOptions.uncertainKey],
      was != now.options[TrainingOptions.uncertainKey]
    {
      differences.append(
        "--uncertain: was \(was), is \(data.collection.matrix.uncertain.rawValue)")
    }
    if found.options[Self.filmsKey] != now.options[Self.filmsKey] {
      differences.append("the films trained and validated on are others than they were")
    }
    func compare<Value: Equatable>(_ name: String, _ value: KeyPath<CheckpointMetadata, Value>) {
      if found[keyPath: value] != now[keyPath: value] {
        differences.append(
          "\(name): was \(found[keyPath: value]), is \(now[keyPath: value])")
      }
    }
    compare("library version", \.libraryVersion)
    compare("label file (SHA-256)", \.labelFileSHA256)
    compare("labels", \.labels)
    compare("split", \.split.kind)
    compare("split seed", \.split.seed)
    compare("training patients (SHA-256)", \.split.trainPatientsSHA256)
    compare("mean of the training pixels", \.image.mean)
    compare("standard deviation of the training pixels", \.image.standardDeviation)
    guard differences.isEmpty else {
      throw TrainingError.resumeMismatch(path: path, differences: differences)
    }
    guard checkpoint.arrays.contains(where: { $0.name.hasPrefix(ChestClassifier.optimizerPrefix) })
    else {
      throw TrainingError.unusableCheckpoint(
        path: path,
        reason: "it holds no optimizer state, as best.npz does not; a run goes on from its own "
          + "last.npz only. Restore that file, or start anew with --force")
    }
    let history = try History(path: folder.file(Self.historyFile))
    guard history.rows.count >= found.epoch else {
      throw TrainingError.unusableCheckpoint(
        path: folder.file(Self.historyFile),
        reason: "\(history.rows.count) epochs where last.npz has \(found.epoch); restore the file")
    }
    try step.model.load(from: checkpoint, ignoring: ChestClassifier.otherPrefixes, path: path)
    try step.optimizer.load(
      from: checkpoint, prefix: ChestClassifier.optimizerPrefix, path: path)
    step.optimizer.step = found.step
    // A run killed between the two writes has one row more than last.npz has epochs.
    self.history.rows = Array(history.rows.prefix(found.epoch))
    epoch = found.epoch
    stopping = EarlyStopping(
      patience: options.patience, bestLoss: found.progress.bestLoss,
      bestEpoch: found.progress.bestEpoch,
      epochsWithoutImprovement: found.progress.epochsWithoutImprovement)
  }

  /// Trains until the epochs or the patience run out, then restores the best weights.
  /// - Throws: ``TrainingError/lossNotFinite(epoch:step:films:)``, `CheckpointError` when a file
  ///   cannot be written; earlier files stay.
  public mutating func run(_ report: (Event) -> Void) throws -> Outcome {
    let wasFinished = isFinished
    while !isFinished {
      let (row, answers) = try trainOneEpoch(report)
      history.rows.append(row)
      let isBest = stopping.isImprovement(row.validation.loss, epoch: epoch)
      try folder.write(history.csv, to: Self.historyFile)
      if isBest { try bestCheckpoint(answers).write(to: folder.file(Self.bestFile)) }
      try lastCheckpoint().write(to: folder.file(Self.lastFile))
      report(.epoch(row, isBest: isBest))
    }
    let best = folder.file(Self.bestFile)
    try step.model.load(
      from: Checkpoint(path: best), ignoring: ChestClassifier.otherPrefixes, path: best)
    return Outcome(
      history: history, bestEpoch: stopping.bestEpoch, stoppedEarly: epoch < options.epochs,
      wasFinished: wasFinished)
  }

  /// Whether the epochs or the patience have run out.
  public var isFinished: Bool { epoch >= options.epochs || stopping.shouldStop }

  private mutating func trainOneEpoch(
    _ report: (Event) -> Void
  ) throws -> (HistoryRow, ValidationAnswers) {
    let started = ContinuousClock.now
    let labels = data.collection.matrix.labels.count
    let rate = schedule(epoch: epoch)
    let number = epoch + 1
    var (metrics, lossSum, seen) = (RunningMetrics(labels: labels), 0.0, 0)
    let batches = data.trainingBatches(
      epoch: epoch, batchSize: options.batchSize, random: random.child(Self.dataStream))
    let stepRandom = random.child("step")
    let steps = (data.samples.count + options.batchSize - 1) / options.batchSize
    for (place, batch) in batches.enumerated() {
      let result = step(batch, learningRate: rate, random: stepRandom.child(step.count))
      guard result.loss.isFinite else {
        throw TrainingError.lossNotFinite(epoch: number, step: place + 1, films: batch.names)
      }
      metrics.add(
        probabilities: Array(result.probabilities.scalars), labels: Array(batch.labels.scalars))
      lossSum += Double(result.loss) * Double(batch.names.count)
      seen += batch.names.count
      let seconds = started.duration(to: .now).seconds
      report(
        .step(
          epoch: number, step: place + 1, of: steps,
          secondsLeft: seconds / Double(place + 1) * Double(steps - place - 1),
          imagesPerSecond: Double(seen) / seconds,
          loss: lossSum / Double(seen)))
    }
    let seconds = started.duration(to: .now).seconds
    epoch += 1
    let (validation, answers) = try validate()
    let row = HistoryRow(
      epoch: number,
      training: HistoryRow.Figures(metrics, loss: lossSum / Double(seen)),
      validation: validation, learningRate: rate, seconds: seconds,
      imagesPerSecond: Double(seen) / seconds)
    return (row, answers)
  }

  /// What the network says of the validation films.
  private struct ValidationAnswers {
    /// `[N, K]`.
    var probabilities: [Float] = []
    /// Of films spread evenly, `[n, C]`.
    var features: [Float] = []
  }

  private func validate() throws -> (HistoryRow.Figures, ValidationAnswers) {
    var answers = ValidationAnswers()
    let (count, most) = (data.validationCount, TypicalFilms.mostFeatureFilms)
    var metrics = RunningMetrics(labels: data.collection.matrix.labels.count)
    var (lossSum, seen) = (0.0, 0)
    let batches = data.validationBatches(batchSize: options.batchSize)
    for batch in batches {
      let reading = model.reading(batch.films)
      let value = step.loss(logits: Variable(reading.logits), labels: batch.labels).value.scalar
      let probabilities = Array(reading.probabilities.scalars)
      metrics.add(probabilities: probabilities, labels: Array(batch.labels.scalars))
      answers.probabilities += probabilities
      let (features, channels) = (Array(reading.features.scalars), reading.features.shape[1])
      for i in batch.names.indices {
        let film = seen + i
        // The films at which the line from (0, 0) to (count, most) passes a whole number.
        guard count <= most || (film + 1) * most / count > film * most / count else { continue }
        answers.features += features[i * channels..<(i + 1) * channels]
      }
      lossSum += Double(value) * Double(batch.names.count)
      seen += batch.names.count
    }
    let mean = lossSum / Double(seen)
    guard mean.isFinite else {
      throw TrainingError.lossNotFinite(epoch: epoch, step: step.count, films: ["validation"])
    }
    return (HistoryRow.Figures(metrics, loss: mean), answers)
  }

  /// The network with all that is needed to go on.
  private func lastCheckpoint() -> Checkpoint {
    Checkpoint(
      arrays: model.arrays() + step.optimizer.arrays(prefix: ChestClassifier.optimizerPrefix),
      metadata: metadata(isFinished: isFinished).json.text)
  }

  /// The network with what is needed to use it: thresholds, calibration, yardstick, typical films.
  private mutating func bestCheckpoint(_ answers: ValidationAnswers) -> Checkpoint {
    let baseline = baseline ?? data.thumbnailRidge()
    self.baseline = baseline
    let typical = data.typicalFilms(features: answers.features, channels: model.channels.last ?? 0)
    var metadata = metadata(isFinished: isFinished)
    metadata.validation = ValidationFit(
      rule: options.operatingRule,
      answers: FilmAnswers(
        answers.probabilities, rows: data.validationRows, of: data.collection))
    metadata.baseline = baseline.map { CheckpointMetadata.Baseline(strength: $0.strength) }
    metadata.typicalFilms = typical.figures
    return Checkpoint(
      arrays: model.arrays() + (baseline?.arrays ?? []) + typical.arrays,
      metadata: metadata.json.text)
  }

  private func metadata(isFinished: Bool) -> CheckpointMetadata {
    let preparation = options.preparation
    return CheckpointMetadata(
      architecture: CheckpointMetadata.Architecture(
        name: ChestClassifier.architectureName, channels: model.channels, kernel: model.kernel),
      labels: data.collection.matrix.labels,
      image: CheckpointMetadata.Image(
        size: preparation.imageSize, resize: preparation.resize,
        jpegDCT: preparation.jpegTransform, depth: preparation.depthName,
        dicomRange: preparation.dicomRange,
        storage: preparation.storage, mean: data.moments.mean,
        standardDeviation: data.moments.standardDeviation),
      loss: options.loss, classWeights: data.classWeights,
      split: CheckpointMetadata.Split(data.collection.split),
      labelFileSHA256: data.collection.file.sha256, seed: options.seed, epoch: epoch,
      step: step.count,
      options: options.comparable.merging([
        Self.filmsKey: data.filmsSHA256,
        TrainingOptions.uncertainKey: data.collection.matrix.uncertain.rawValue,
      ]) { $1 },
      progress: CheckpointMetadata.Progress(
        bestLoss: stopping.bestLoss, bestEpoch: stopping.bestEpoch,
        epochsWithoutImprovement: stopping.epochsWithoutImprovement, isFinished: isFinished))
  }
}

extension HistoryRow.Figures {
  init(_ metrics: RunningMetrics, loss: Double) {
    self.init(
      loss: loss, binaryAccuracy: metrics.binaryAccuracy, auc: metrics.approximateAUC,
      recall: metrics.recall, precision: metrics.precision)
  }
}

extension Duration {
  /// The duration in seconds.
  public var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
