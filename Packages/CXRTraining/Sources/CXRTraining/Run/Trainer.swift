import CXREvaluation
import CXRFiles
import CXRParallel
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
/// Every number follows from the data, the options and the seed: not from threads, not from interruptions.
/// `last.npz` is written after each epoch and, within one, every ``checkpointInterval``; a run that is killed at
/// any moment and goes on from it ends in the same bits.
public struct Trainer {
  /// What a run tells while it goes on.
  public enum Event: Sendable {
    /// A step is done.
    case step(StepFigures)
    /// `last.npz` is written, at the end of an epoch after `best.npz`; which took so many seconds.
    case checkpoint(Place, seconds: Double)
    /// An epoch is done and written.
    case epoch(HistoryRow, isBest: Bool)
  }

  /// How a run ended.
  public struct Outcome: Sendable {
    /// All epochs.
    public let history: History
    /// The epoch whose weights `best.npz` holds, from 1; 0 where none is done.
    public let bestEpoch: Int
    /// Whether patience ran out before the epochs did.
    public let stoppedEarly: Bool
    /// Whether there was nothing left to do.
    public let wasFinished: Bool
    /// Where the run was asked to stop; `nil` where it is done.
    public let stoppedAt: Place?
  }

  /// A place in a run.
  public struct Place: Sendable, Equatable {
    /// From 1.
    public let epoch: Int
    /// Steps taken in this epoch.
    public let step: Int
    /// Steps of an epoch.
    public let steps: Int
  }

  /// The network at its present step; after ``run(until:_:)`` the best epoch's.
  public var model: any FilmClassifier { step.model }
  /// How often `last.npz` is written within an epoch.
  public var checkpointInterval = CheckpointInterval.standard
  private var step: TrainingStep
  private var history = History()
  private var stopping: EarlyStopping
  /// Epochs done.
  private var epoch = 0
  /// The epoch that is going on.
  private var unfinished: UnfinishedEpoch?
  private var lastWrite = ContinuousClock.now
  private var stepsSinceWrite = 0
  private let data: TrainingData
  let options: TrainingOptions
  private let folder: OutputFolder
  private let schedule: ExponentialSchedule
  private let random: RandomStream
  /// Fitted when the first best epoch is written; it does not depend on the network.
  private var baseline: ThumbnailRidge?
  /// What frontal films look like, once it has been learnt; `nil` in it of films that are too few.
  private var frontal: FrontalTemplate??

  /// The file of the epoch with the lowest validation loss.
  public static let bestFile = "best.npz"
  /// The file of the latest step that was kept, with the optimizer's state.
  public static let lastFile = "last.npz"
  /// The file of figures an epoch.
  public static let historyFile = "history.csv"

  /// A run with fresh weights, of the network that the options name.
  /// - Throws: ``TrainingError/invalidOption(_:)``, `NetError`.
  public init(data: TrainingData, options: TrainingOptions, folder: OutputFolder) throws {
    try options.validate()
    let model = try options.architectures.make(
      options.architecture, side: options.preparation.imageSize,
      labels: data.collection.matrix.labels.count,
      random: RandomStream(seed: options.seed).child("model"))
    try self.init(model: model, data: data, options: options, folder: folder)
  }

  /// A run of a given network, from the weights that it has.
  ///
  /// - Parameters:
  ///   - model: a network for films of the data's size and for its labels.
  ///   - data: the films.
  ///   - options: their architecture is the model's, whatever it was.
  ///   - folder: where files are kept.
  /// - Throws: ``TrainingError/invalidOption(_:)``.
  public init(
    model: any FilmClassifier, data: TrainingData, options: TrainingOptions, folder: OutputFolder
  ) throws {
    var options = options
    options.architecture = model.architecture
    options.architectures = options.architectures.including(type(of: model))
    try options.validate()
    let labels = data.collection.matrix.labels.count
    guard model.imageSize == options.preparation.imageSize, model.labels == labels else {
      throw TrainingError.invalidOption(
        "model",
        needed:
          "the network takes films of \(model.imageSize) pixels a side and has \(model.labels) outputs; the data has "
          + "films of \(options.preparation.imageSize) pixels and \(labels) labels")
    }
    (self.data, self.options, self.folder) = (data, options, folder)
    random = RandomStream(seed: options.seed)
    stopping = EarlyStopping(patience: options.patience)
    schedule = ExponentialSchedule(initial: options.learningRate, decay: options.decay)
    // TrainingData admits only labels with both kinds, so that both weights are defined.
    let loss = options.loss.loss(
      negative: Tensor(data.classWeights.map { Float($0.negative ?? 0) }, shape: [labels]),
      positive: Tensor(data.classWeights.map { Float($0.positive ?? 0) }, shape: [labels]))
    step = TrainingStep(
      model: model, optimizer: try options.optimizers.make(options.optimizer, for: model),
      loss: loss, clipNorm: options.clipNorm)
  }

  /// Whether the epochs or the patience have run out.
  public var isFinished: Bool { epoch >= options.epochs || stopping.shouldStop }

  // ---- Going on

  /// Takes up the state that `last.npz` holds.
  mutating func restore(_ checkpoint: Checkpoint, _ metadata: CheckpointMetadata, path: String)
    throws
  {
    var (model, optimizer) = (step.model, step.optimizer)
    try model.load(from: checkpoint, ignoring: ChestClassifier.otherPrefixes, path: path)
    try optimizer.load(from: checkpoint, prefix: ChestClassifier.optimizerPrefix, path: path)
    optimizer.step = metadata.step
    (step.model, step.optimizer) = (model, optimizer)
    history = try History(csv: metadata.history ?? "", path: path)
    epoch = metadata.epoch
    unfinished = metadata.unfinishedEpoch
    stopping = EarlyStopping(
      patience: options.patience, bestLoss: metadata.progress.bestLoss ?? .infinity,
      bestEpoch: metadata.progress.bestEpoch,
      epochsWithoutImprovement: metadata.progress.epochsWithoutImprovement)
    let lastRow = history.rows.last?.epoch ?? 0
    let state = unfinished ?? UnfinishedEpoch(labels: data.classWeights.count)
    guard history.rows.count == epoch, lastRow == epoch, stopping.bestEpoch <= epoch,
      state.steps <= stepsPerEpoch, metadata.step == epoch * stepsPerEpoch + state.steps,
      state.films == min(state.steps * options.batchSize, data.samples.count),
      state.metrics.positives.count == data.classWeights.count
    else {
      throw TrainingError.unusableCheckpoint(
        path: path, reason: "its history and its epoch do not belong together; the file is damaged")
    }
    // A run killed between two writes has a row more in its file, or an older file.
    try folder.write(history.csv, to: Self.historyFile)
  }

  /// The steps of an epoch.
  var stepsPerEpoch: Int {
    (data.samples.count + options.batchSize - 1) / options.batchSize
  }

  // ---- Going through the epochs

  /// A run was asked to stop.
  private struct Stop: Error {}

  /// Trains until the epochs or the patience run out, then restores the best weights.
  ///
  /// - Parameters:
  ///   - shouldStop: asked after each step; once it says yes, `last.npz` is written and the run ends there.
  ///   - report: told of every step and epoch.
  /// - Throws: ``TrainingError/notEnoughMemory(need:what:limit:left:remedy:)`` before the first step,
  ///   ``TrainingError/notFinite(_:epoch:step:films:)``, `CheckpointError` when a file cannot be written;
  ///   earlier files stay.
  public mutating func run(
    until shouldStop: () -> Bool = { false }, _ report: (Event) -> Void
  ) throws -> Outcome {
    let wasFinished = isFinished
    if !wasFinished {
      try MemoryNeed(training: model, batchSize: options.batchSize).check()
    }
    (lastWrite, stepsSinceWrite) = (.now, 0)
    func check() throws { if shouldStop() { throw Stop() } }
    do {
      while !isFinished {
        try trainOneEpoch(check, report)
        try closeEpoch(check, report)
      }
    } catch is Stop {
      try writeLast()
      return Outcome(
        history: history, bestEpoch: stopping.bestEpoch, stoppedEarly: false, wasFinished: false,
        stoppedAt: place(unfinished))
    }
    let best = folder.file(Self.bestFile)
    let kept = try Checkpoint(ofNetwork: best, options.architectures)
    let found = try CheckpointMetadata(kept, path: best, architectures: options.architectures)
    guard found.epoch == stopping.bestEpoch else {
      throw TrainingError.cannotGoOn(
        path: best, reason: "is not of epoch \(stopping.bestEpoch), the best one; restore it")
    }
    try step.model.load(
      from: kept, ignoring: ChestClassifier.otherPrefixes, path: best)
    return Outcome(
      history: history, bestEpoch: stopping.bestEpoch, stoppedEarly: epoch < options.epochs,
      wasFinished: wasFinished, stoppedAt: nil)
  }

  private func place(_ state: UnfinishedEpoch?) -> Place {
    Place(epoch: epoch + 1, step: state?.steps ?? 0, steps: stepsPerEpoch)
  }

  /// Takes the steps of the epoch that are left.
  private mutating func trainOneEpoch(_ check: () throws -> Void, _ report: (Event) -> Void) throws
  {
    let rate = schedule(epoch: epoch)
    var state = unfinished ?? UnfinishedEpoch(labels: data.collection.matrix.labels.count)
    let (before, started, done) = (state.seconds, ContinuousClock.now, state.steps)
    let batches = data.trainingBatches(
      epoch: epoch, batchSize: options.batchSize, random: random.child(TrainingData.stream))
    let stepRandom = random.child("step")
    for place in done..<max(done, batches.count) {
      try check()
      let batch = try batches[place]
      let result = step(batch, learningRate: rate, random: stepRandom.child(step.count))
      guard result.isFinite else {
        throw TrainingError.notFinite(
          result.loss.isFinite ? .gradient : .loss, epoch: epoch + 1, step: place + 1,
          films: batch.names)
      }
      state.metrics.add(
        probabilities: Array(result.probabilities.scalars), labels: Array(batch.labels.scalars))
      state.lossSum += Double(result.loss) * Double(batch.names.count)
      state.films += batch.names.count
      state.steps = place + 1
      state.seconds = before + started.duration(to: .now).seconds
      unfinished = state
      report(
        .step(
          StepFigures(
            epoch: epoch + 1, step: place + 1, steps: batches.count, batchLoss: result.loss,
            loss: state.lossSum / Double(state.films), gradientNorm: result.gradientNorm,
            learningRate: rate, imagesPerSecond: Double(state.films) / state.seconds,
            secondsLeft: state.seconds / Double(place + 1) * Double(batches.count - place - 1))))
      stepsSinceWrite += 1
      if checkpointInterval.isDue(
        seconds: lastWrite.duration(to: .now).seconds, steps: stepsSinceWrite)
      {
        let start = ContinuousClock.now
        try writeLast(films: batch.names)
        report(.checkpoint(self.place(state), seconds: start.duration(to: .now).seconds))
      }
    }
  }

  /// Validates, and writes what the epoch came to.
  private mutating func closeEpoch(_ check: () throws -> Void, _ report: (Event) -> Void) throws {
    guard let state = unfinished else { return }
    try checkWeights()
    let (validation, answers) = try validate(check)
    let row = HistoryRow(
      epoch: epoch + 1,
      training: HistoryRow.Figures(state.metrics, loss: state.lossSum / Double(state.films)),
      validation: validation, learningRate: schedule(epoch: epoch), seconds: state.seconds,
      imagesPerSecond: Double(state.films) / state.seconds)
    var next = stopping
    let isBest = next.take(row.validation.loss, epoch: epoch + 1)
    if isBest, baseline == nil { baseline = try data.thumbnailRidge(checking: check) }
    if isBest, frontal == nil { frontal = .some(try data.frontalTemplate()) }
    let place = self.place(state)
    (epoch, stopping, unfinished) = (epoch + 1, next, nil)
    history.rows.append(row)
    // In this order: killed before last.npz is written, the run comes here again and writes the same.
    let best = isBest ? bestCheckpoint(answers) : nil
    let start = ContinuousClock.now
    if let best { try best.write(to: folder.file(Self.bestFile)) }
    try folder.write(history.csv, to: Self.historyFile)
    try writeLast()
    report(.checkpoint(place, seconds: start.duration(to: .now).seconds))
    report(.epoch(row, isBest: isBest))
  }

  /// What the network says of the validation films.
  private struct ValidationAnswers {
    /// `[N, K]`.
    var logits: [Float] = []
    /// `[N, K]`.
    var probabilities: [Float] = []
    /// Of films spread evenly, `[n, C]`.
    var features: [Float] = []
  }

  private func validate(
    _ check: () throws -> Void
  ) throws -> (HistoryRow.Figures, ValidationAnswers) {
    var answers = ValidationAnswers()
    let (count, most) = (data.validationCount, TypicalFilms.mostFeatureFilms)
    var metrics = RunningMetrics(labels: data.collection.matrix.labels.count)
    var (lossSum, seen) = (0.0, 0)
    let batches = data.validationBatches(batchSize: options.batchSize)
    for place in 0..<batches.count {
      try check()
      let batch = try batches[place]
      let reading = model.reading(batch.films)
      let value = step.loss(logits: Variable(reading.logits), labels: batch.labels).value.scalar
      guard value.isFinite else {
        throw TrainingError.notFinite(
          .validationLoss, epoch: epoch + 1, step: stepsPerEpoch, films: batch.names)
      }
      let probabilities = Array(reading.probabilities.scalars)
      metrics.add(probabilities: probabilities, labels: Array(batch.labels.scalars))
      answers.logits += reading.logits.scalars
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
    return (HistoryRow.Figures(metrics, loss: lossSum / Double(seen)), answers)
  }

  // ---- Writing

  /// Checks that the network and the optimizer hold numbers.
  private func checkWeights(films: [String] = []) throws {
    let all = model.parameters.map(\.parameter) + step.optimizer.parameters.map(\.parameter)
    guard all.allSatisfy({ $0.value.sumOfSquares.isFinite }) else {
      throw TrainingError.notFinite(
        .weights, epoch: unfinished == nil ? epoch : epoch + 1,
        step: unfinished?.steps ?? stepsPerEpoch, films: films)
    }
  }

  /// Writes the network with all that is needed to go on.
  ///
  /// - Parameter films: of the latest batch, for messages.
  /// - Throws: ``TrainingError/notFinite(_:epoch:step:films:)`` instead of replacing a good file by weights
  ///   that are no numbers.
  private mutating func writeLast(films: [String] = []) throws {
    try checkWeights(films: films)
    let arrays =
      model.arrays() + step.optimizer.arrays(prefix: ChestClassifier.optimizerPrefix)
    var metadata = metadata(isFinished: isFinished)
    (metadata.history, metadata.unfinishedEpoch) = (history.csv, unfinished)
    try Checkpoint(arrays: arrays, metadata: metadata.json.text)
      .write(to: folder.file(Self.lastFile))
    (lastWrite, stepsSinceWrite) = (.now, 0)
  }

  /// The network with what is needed to use it: thresholds, calibration, yardstick, typical films.
  private func bestCheckpoint(_ answers: ValidationAnswers) -> Checkpoint {
    let typical = data.typicalFilms(features: answers.features, channels: model.featureCount)
    // Whether more epochs follow is the run's state, not these weights'.
    var metadata = metadata(isFinished: false)
    metadata.validation = ValidationFit(
      rule: options.operatingRule,
      answers: FilmAnswers(
        films: JudgedFilms(rows: data.validationRows, of: data.collection),
        logits: answers.logits.map(Double.init),
        probabilities: answers.probabilities.map(Double.init)))
    metadata.baseline = baseline.map { CheckpointMetadata.Baseline(strength: $0.strength) }
    metadata.typicalFilms = typical.figures
    return Checkpoint(
      arrays: model.arrays() + (baseline?.arrays ?? []) + typical.arrays
        + ((frontal ?? nil)?.arrays ?? []),
      metadata: metadata.json.text)
  }

  /// What a checkpoint of the present state says of it.
  func metadata(isFinished: Bool) -> CheckpointMetadata {
    let preparation = options.preparation
    return CheckpointMetadata(
      architecture: model.architecture,
      labels: data.collection.matrix.labels,
      image: CheckpointMetadata.Image(
        size: preparation.imageSize, resize: preparation.resize,
        jpegDCT: preparation.jpegTransform, depth: preparation.depthName,
        dicomRange: preparation.dicomRange, pngBits: preparation.pngBits,
        appliesOrientation: preparation.appliesOrientation,
        storage: preparation.storage, mean: data.moments.mean,
        standardDeviation: data.moments.standardDeviation),
      loss: options.loss.name, classWeights: data.classWeights,
      split: CheckpointMetadata.Split(data.collection.split),
      labelFileSHA256: data.collection.file.sha256, seed: options.seed, epoch: epoch,
      step: step.count,
      options: options.comparable.merging(
        [
          Resumption.filmsKey: data.filmsSHA256, Resumption.pixelsKey: data.pixelsSHA256,
          TrainingOptions.uncertainKey: data.collection.matrix.uncertain.rawValue,
        ].merging(TrainingOptions.text(ofReading: data.collection.file)) { $1 }
      ) { $1 },
      progress: CheckpointMetadata.Progress(
        bestLoss: stopping.bestEpoch > 0 ? stopping.bestLoss : nil, bestEpoch: stopping.bestEpoch,
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
