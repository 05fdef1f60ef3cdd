import CXREvaluation
import CXRFiles
import CXRParallel
import CXRNet
import CXRTensor
import Foundation

/// Trains a ``ChestClassifier`` epoch by epoch and keeps `history.csv`, `best.npz` and `last.npz`.
///
/// ```swift
/// let collection = FilmCollection.Options(labelFile: "Data_Entry_2017.csv", images: "images")
/// let options = TrainingOptions()
/// let folder = try OutputFolder("run", for: .trainingRun)
/// let data = try TrainingData(collection, options: options, cacheFolder: "cache")
/// var trainer = try Trainer(data: data, options: options, folder: folder)
/// let outcome = try trainer.run { print($0) }
/// ```
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
  /// How often `last.npz` is written within an epoch; every five minutes unless said otherwise.
  public var checkpointInterval = CheckpointInterval.standard
  /// Processes that train together; `nil` where this one is alone. The first of them writes files; all end in the same state.
  public private(set) var ranks: (any Ranks)?
  /// What was taken from another network's file; `nil` where nothing was asked for.
  public internal(set) var adoption: InitialWeights.Adoption?
  var step: TrainingStep
  var history = History()
  var stopping: EarlyStopping
  /// Epochs done.
  var epoch = 0
  /// The epoch that is going on.
  var unfinished: UnfinishedEpoch?
  var lastWrite = ContinuousClock.now
  var stepsSinceWrite = 0
  let data: TrainingData
  let options: TrainingOptions
  let folder: OutputFolder
  let schedule: ExponentialSchedule
  let random: RandomStream
  /// Fitted when the first best epoch is written; it does not depend on the network.
  var baseline: ThumbnailRidge?
  /// What frontal films look like, once it has been learnt; `nil` in it of films that are too few.
  var frontal: FrontalTemplate??

  /// The file of the epoch with the lowest validation loss.
  public static let bestFile = "best.npz"
  /// The file of the latest step that was kept, with the optimizer's state.
  public static let lastFile = "last.npz"
  /// The file of figures an epoch.
  public static let historyFile = "history.csv"

  /// A run with fresh weights, of the network that the options name.
  ///
  /// - Parameters:
  ///   - data: the films.
  ///   - options: of the run.
  ///   - folder: where files are kept.
  ///   - initialWeights: what some of the first weights are taken from; ``adoption`` tells which.
  ///   - ranks: processes that train together, each with the same data.
  /// - Throws: ``TrainingError/invalidOption(_:)``, ``TrainingError/unusableCheckpoint(path:reason:)``, `NetError`.
  public init(
    data: TrainingData, options: TrainingOptions, folder: OutputFolder,
    initialWeights: InitialWeights? = nil, ranks: (any Ranks)? = nil
  ) throws {
    try options.validate()
    var model = try options.architectures.make(
      options.architecture, side: options.preparation.imageSize,
      labels: data.collection.matrix.labels.count,
      random: RandomStream(seed: options.seed).child("model"))
    var options = options
    let adoption = try initialWeights?.adopt(
      into: &model, labels: data.collection.matrix.labels, options: options)
    if let initialWeights { options.transfer.initialWeightsSHA256 = initialWeights.sha256 }
    try self.init(model: model, data: data, options: options, folder: folder, ranks: ranks)
    self.adoption = adoption
  }

  /// A run of a given network, from the weights that it has.
  ///
  /// - Parameters:
  ///   - model: a network for films of the data's size and for its labels.
  ///   - data: the films.
  ///   - options: their architecture is the model's, whatever it was.
  ///   - folder: where files are kept.
  ///   - ranks: processes that train together, each with the same data.
  /// - Throws: ``TrainingError/invalidOption(_:)``.
  public init(
    model: any FilmClassifier, data: TrainingData, options: TrainingOptions, folder: OutputFolder,
    ranks: (any Ranks)? = nil
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
    try options.transfer.validate(model)
    try options.standardisation.validate(model)
    let head = model.headParameters
    step = TrainingStep(
      model: model, optimizer: try options.optimizers.make(options.optimizer, for: model),
      loss: loss, clipNorm: options.clipNorm, batchSize: options.batchSize, shares: options.shares,
      frozen: Set(
        model.parameters.map(\.path.description).filter {
          options.transfer.isFrozen($0, head: head)
        }), headRate: options.transfer.headLearningRate.map { Float($0 / options.learningRate) })
    try options.validate(ranks: ranks?.count ?? 1)
    self.ranks = ranks
    step.ranks = ranks
  }

  /// Whether the epochs or the patience have run out.
  public var isFinished: Bool { epoch >= options.epochs || stopping.shouldStop }

  /// The steps of an epoch.
  public var stepsPerEpoch: Int {
    let batches = (data.samples.count + options.batchSize - 1) / options.batchSize
    return (batches + options.accumulate - 1) / options.accumulate
  }
}
