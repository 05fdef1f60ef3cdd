import ArgumentParser
import CXRCommandLine
import CXRData
import CXRImage
import CXRMetrics
import CXRNet
import CXRReport
import CXRTraining

@main
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cxr-train",
    abstract: "Trains a chest X-ray classifier on the training patients of a label file.",
    discussion: """
      Writes history.csv, best.npz, last.npz, run.json, pictures and report.html to the output \
      folder. A run goes on after its last whole epoch with --resume.

      Example:
        cxr-train --csv NIH/Data_Entry_2017.csv --images NIH --output weighted
      """,
    version: DeviceReport.libraryVersion)

  enum Switch: String, ExpressibleByArgument, CaseIterable { case on, off }

  @Option(
    help: "The label file, in the shape of NIH's Data_Entry_2017.csv or CheXpert's train.csv.")
  var csv: String
  @Option(help: "The folder of films; searched at any depth.")
  var images: String
  @Option(help: "The folder to write.")
  var output: String
  @Option(help: "What is minimised: weighted-bce or bce.")
  var loss: LossKind = .weightedBCE
  @Option(help: "The most epochs.")
  var epochs = 20
  @Option(help: "Films a step.")
  var batchSize = 32
  @OptionGroup var preparation: PreparationOptions
  @Option(help: "The learning rate of the first epoch.")
  var learningRate = 0.001
  @Option(help: "The learning rate's factor an epoch.")
  var decay = 0.95
  @Option(help: "Epochs without a lower validation loss after which the run stops.")
  var patience = 5
  @Option(help: "Add augmented copies of films with under-represented labels: on or off.")
  var augment: Switch = .on
  @Option(
    help: ArgumentHelp(
      "The under-represented labels. (default: those of \(LabelSet.underrepresented10.joined(separator: ", ")) that are in the label set)"
    ))
  var augmentLabels: NameList?
  @Option(
    help: ArgumentHelp(
      "How each finding's threshold is chosen on the validation films: youden, sensitivity=S, specificity=S, f1, or cost=C, where a miss costs C false alarms."
    ))
  var operatingPoint: OperatingRule = .youden
  @Option(help: "Seed of weights, order, augmentation and dropout.")
  var seed: UInt64 = 0
  @OptionGroup var labelOptions: LabelOptions
  @OptionGroup var lists: ListOptions
  @Flag(help: "Leave out labels without a positive, or without a negative film in training.")
  var skipEmptyLabels = false
  @Option(
    help:
      "Where prepared films are kept; runs that share it decode them once. (default: the output folder)"
  )
  var cache: String?
  @OptionGroup var cacheOptions: CacheOptions
  @OptionGroup var exclusion: ExcludeOptions
  @Flag(help: "Go on without rows whose film is missing.")
  var allowMissing = false
  @Flag(help: "Go on without films that cannot be decoded.")
  var skipUnreadable = false
  @Flag(help: "Go on from the output folder's last.npz.")
  var resume = false
  @Flag(help: "Replace a run in the output folder; its files are kept as NAME.old.")
  var force = false
  @OptionGroup var threads: ThreadOptions

  private var options: TrainingOptions {
    var options = TrainingOptions()
    options.loss = loss
    options.epochs = epochs
    options.batchSize = batchSize
    options.preparation = preparation.preparation
    options.learningRate = learningRate
    options.decay = decay
    options.patience = patience
    options.augments = augment == .on
    if let augmentLabels { options.augmentedLabels = augmentLabels.names }
    options.operatingRule = operatingPoint
    options.seed = seed
    options.skipsEmptyLabels = skipEmptyLabels
    options.skipsUnreadable = skipUnreadable
    return options
  }

  func validate() throws {
    try augmentLabels?.validate("--augment-labels")
    do {
      try options.validate()
      try ChestCNN.checkImageSize(preparation.imageSize)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  func run() throws {
    let device = threads.start()
    let folder = try OutputFolder(output, of: .train, reusing: force || resume)
    if resume { try Trainer.checkResumable(options, in: folder) }
    let decoding = Progress("films prepared")
    var collection = FilmCollection.Options(
      labelFile: csv, images: images, splitSeed: labelOptions.splitSeed, lists: lists.lists,
      allowMissing: allowMissing)
    if let labels = labelOptions.labels { collection.labels = labels.names }
    collection.exclude = exclusion.exclude
    collection.uncertain = labelOptions.uncertain
    let cacheFolder = try cache.map { try OutputFolder($0, reusing: true) } ?? folder
    let data = try TrainingData(
      collection, options: options, cacheFolder: cacheFolder.path,
      check: cacheOptions.cacheCheck, found: { $0.announce() },
      waiting: CacheOptions.announceWait, progress: { decoding.update($0, of: $1) })
    announce(data)

    var trainer = try Trainer(data: data, options: options, folder: folder)
    Console.note(trainer.model.summary)
    if resume, trainer.canResume {
      try trainer.resume()
    } else {
      if resume {
        Console.note("no \(Trainer.lastFile) in \(output): the run starts from the beginning")
      }
      try Trainer.setAsideEarlierRun(in: folder)
    }
    if !trainer.isFinished {
      try folder.write(
        data.runRecord(commandLine: commandLine, device: device), to: "run.json")
    }
    let outcome = try trainer.run(report)
    if !outcome.wasFinished {
      try writeReport(
        outcome, data: data, device: device, folder: folder, summary: trainer.model.summary)
    }
    conclude(outcome)
  }

  private func announce(_ data: TrainingData) {
    if !data.skippedLabels.isEmpty {
      Console.note(
        "labels without both kinds of films in training, left out: "
          + data.skippedLabels.joined(separator: ", "))
    }
    if !data.skippedFilms.isEmpty {
      Console.warn(
        "\(data.skippedFilms.count) films cannot be decoded, left out:\n"
          + data.skippedFilms.prefix(20).map { "  \($0.name): \($0.reason)" }
          .joined(separator: "\n"))
    }
    announcePixels(data.moments)
    Console.note(
      "\(data.trainingCount) films to train on with \(data.samples.copyCount) augmented copies, "
        + "\(data.validationCount) to validate on, \(data.cache.reusedCount) taken from the cache")
    if augment == .on, data.samples.copyCount == 0 {
      Console.note("no film has an under-represented label: there are no augmented copies")
    }
  }

  private func report(_ event: Trainer.Event) {
    switch event {
    case .step(let epoch, let step, let of, let left, let rate, let loss):
      StepLine.show(
        epoch: epoch, epochs: epochs, step: step, of: of, secondsLeft: left,
        imagesPerSecond: rate, loss: loss)
    case .epoch(let row, let isBest):
      Console.note(
        "epoch \(row.epoch)/\(epochs)  loss \(short(row.training.loss))  "
          + "val_loss \(short(row.validation.loss))  val_auc \(short(row.validation.auc))  "
          + "val_recall \(short(row.validation.recall))  "
          + "\(Int(row.imagesPerSecond.rounded())) images/s  \(Progress.clock(row.seconds))"
          + (isBest ? "  best" : ""))
    }
  }

  private func conclude(_ outcome: Trainer.Outcome) {
    if outcome.wasFinished {
      Console.result("the run in \(output) is finished; nothing was changed")
    } else {
      Console.result(
        "best epoch \(outcome.bestEpoch) of \(outcome.history.rows.count)"
          + (outcome.stoppedEarly ? ", stopped early" : "") + " · \(output)/\(Trainer.bestFile)")
    }
  }

  private func short(_ value: Double?) -> String {
    value.map { "\(($0 * 10_000).rounded() / 10_000)" } ?? "n/a"
  }

  /// Every option with its value, for `run.json`.
  private var commandLine: [(String, JSONValue)] {
    [
      ("csv", .string(csv)), ("images", .string(images)), ("output", .string(output)),
      ("loss", .string(loss.rawValue)), ("epochs", .integer(epochs)),
      ("batch-size", .integer(batchSize)), ("learning-rate", .number(learningRate)),
      ("decay", .number(decay)),
      ("patience", .integer(patience)), ("augment", .string(augment.rawValue)),
      ("augment-labels", .strings(options.augmentedLabels)),
      ("operating-point", .string(operatingPoint.description)), ("seed", .unsigned(seed)),
      ("labels", .strings(labelOptions.labels?.names ?? LabelSet.nih14)),
      ("uncertain", .string(labelOptions.uncertain.rawValue)),
      ("skip-empty-labels", .bool(skipEmptyLabels)),
      ("split-seed", .integer(Int(labelOptions.splitSeed))),
      ("train-list", .string(orNull: lists.trainList)),
      ("test-list", .string(orNull: lists.testList)), ("cache", .string(orNull: cache)),
      ("cache-check", .string(cacheOptions.cacheCheck.rawValue)),
      ("exclude", .string(orNull: exclusion.exclude)), ("allow-missing", .bool(allowMissing)),
      ("skip-unreadable", .bool(skipUnreadable)),
    ] + preparation.commandLine
  }
}
