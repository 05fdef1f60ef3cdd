import CXRFilms
import CXRFiles
import ArgumentParser
import CXRCommandLine
import CXRData
import CXRImage
import CXRMetrics
import CXRNet
import CXRReport
import CXRTraining
import Foundation

@main
struct Train: Program {
  static let configuration = CommandConfiguration(
    commandName: "cxr-train",
    abstract: "Trains a chest X-ray classifier on the training patients of a label file.",
    discussion: """
      Writes history.csv, best.npz, last.npz, run.json, pictures and report.html to the output \
      folder. A run that was stopped or killed goes on with --resume, from the step that last.npz holds, \
      and ends in the same bits; options that are not given are those it began with. Ctrl-C finishes \
      the step and writes last.npz; a second one stops at once.

      Examples:
        cxr-train --csv NIH/Data_Entry_2017.csv --images NIH --output weighted
        cxr-train --resume --output weighted
      """,
    version: LibraryVersion.current)

  enum Switch: String, ExpressibleByArgument, CaseIterable { case on, off }

  @Option(
    help:
      "The label file: NIH's Data_Entry_2017.csv, CheXpert's train.csv, or as --collection describes it."
  )
  var csv: String
  @OptionGroup var collectionOptions: CollectionOptions
  @Option(
    help:
      "The folder of films, searched at any depth and in archives (.tar.gz, .zip), or an archive.")
  var images: String
  @Option(help: "The folder to write.")
  var output: String
  @Option(
    help: ArgumentHelp(
      "What is minimised: \(LossKind.standard.map(\.name).joined(separator: " or "))."))
  var loss: LossKind = .reference
  @Option(
    help: ArgumentHelp("The network: \(Architectures.standard.names.joined(separator: " or "))."))
  var model = Architectures.standard.names[0]
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Settings of the network that differ from its own: \(Architectures.standard.summary.joined(separator: "; ")).",
      valueName: "key=value"))
  var architecture: [String] = []
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
  @Option(
    help: ArgumentHelp(
      "Shorten longer gradients to this length, all parameters' taken together. (default: off)"))
  var clipNorm: Double?
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
  @OptionGroup var names: NameOptions
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
  @Option(
    help: ArgumentHelp(
      "How often last.npz is written within an epoch: 300s, 5m, 1h or 200steps.",
      valueName: "interval"))
  var checkpointEvery: CheckpointInterval = .standard
  @Flag(
    help:
      "Go on from the output folder's last.npz; the options that began the run are taken from run.json."
  )
  var resume = false
  @Flag(help: "With --resume: accept another processor or BLAS, though the last bits differ.")
  var otherDevice = false
  @Flag(help: "Replace a run in the output folder; its files are kept as NAME.old.")
  var force = false
  @Option(
    help: ArgumentHelp(
      "Write each step's and epoch's figures to this open file descriptor, an object of JSON a line.",
      valueName: "number"))
  var metricsFd: Int32?
  @OptionGroup var common: CommonOptions

  private func network() throws -> Architecture {
    var texts: [String: String] = [:]
    for text in architecture {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw ValidationError(
          "--architecture \(text): KEY=VALUE is needed, as in channels=16,32,64,128")
      }
      texts[parts[0]] = parts[1]
    }
    let settings = texts
    return try usage { try Architectures.standard.architecture(model, texts: settings) }
  }

  private func options() throws -> TrainingOptions {
    var options = TrainingOptions()
    options.loss = loss
    options.architecture = try network()
    options.epochs = epochs
    options.batchSize = batchSize
    options.preparation = preparation.preparation
    options.learningRate = learningRate
    options.decay = decay
    options.patience = patience
    options.clipNorm = clipNorm
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
    try usage(options().validate)
    if let metricsFd, !MetricsLines.canWrite(to: metricsFd) {
      throw ValidationError(
        "--metrics-fd \(metricsFd): not open for writing; open it as in `3>metrics.jsonl`")
    }
    guard resume || !otherDevice else {
      throw ValidationError("--other-device belongs to --resume")
    }
  }

  /// Begins; a run that goes on has its options before those that are given.
  static func main() {
    let given = Array(CommandLine.arguments.dropFirst())
    guard let request = try? ResumeRequest.parse(given), request.resume,
      let output = request.output
    else { return main(given) }
    do {
      let saved = try SavedRun(
        path: output + "/" + RunFile.name, known: optionNames(),
        repeated: ["rename", "architecture"])
      if saved == nil, !given.contains(where: { $0.hasPrefix("--csv") }) {
        throw ValidationError(
          "\(output) holds no \(RunFile.name) of a run to go on with; give --csv and --images")
      }
      main((saved?.arguments ?? []) + given)
    } catch {
      exit(withError: error)
    }
  }

  func work() throws {
    let device = common.start()
    let options = try options()
    // A reader of the log that goes away is no reason to lose a run.
    signal(SIGPIPE, SIG_IGN)
    let folder = try ResultFolder.train(output, reusing: force || resume)
    let resumption = resume ? try Resumption(folder) : nil
    try resumption?.check(options, allowsOtherDevice: otherDevice)
    if let resumption, resumption.isFinished(options), folder.has("report.html") {
      return Console.result(Self.finished(output))
    }
    if resume, resumption == nil {
      Console.note("no \(Trainer.lastFile) in \(output): the run starts from the beginning")
    }
    let choice = try collectionOptions.choice(labelFile: csv)
    let commandLine = try commandLine(choice)
    // A run killed before its first checkpoint is begun anew by --resume --output alone.
    let isFirst = Trainer.isUntouched(folder)
    if isFirst {
      try folder.write(RunFile.beginning(options: commandLine), to: RunFile.name)
    }
    try MemoryNeed(options).check(isBeforePreparation: true)
    let decoding = Progress("films prepared")
    var collection = FilmCollection.Options(
      labelFile: csv, images: images, splitSeed: labelOptions.splitSeed,
      allowMissing: allowMissing)
    collection.collection = choice.description
    collection.patients = collectionOptions.source
    lists.apply(to: &collection)
    collection.labels = labelOptions.labels?.names
    names.apply(to: &collection)
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
    trainer.checkpointInterval = checkpointEvery
    if let resumption {
      try resumption.apply(to: &trainer, allowsOtherDevice: otherDevice)
      Console.note(
        "goes on in epoch \(resumption.epoch + 1) after step \(resumption.step)",
        [
          "epoch": .stringConvertible(resumption.epoch + 1),
          "step": .stringConvertible(resumption.step),
        ])
    } else {
      try Trainer.setAsideEarlierRun(in: folder, except: isFirst ? RunFile.name : nil)
    }
    if !trainer.isFinished {
      // Of fewer epochs: where it stands, the run is taken to be done.
      unlink(folder.file("report.html"))
      try folder.write(
        data.runRecord(commandLine: commandLine, device: device), to: RunFile.name)
    }
    let metrics = metricsFd.map { MetricsLines(descriptor: $0) }
    let outcome = try Interruption.graceful {
      try trainer.run(until: { Interruption.isRequested }) { report($0, metrics) }
    }
    if let place = outcome.stoppedAt { try stop(at: place) }
    try writeReport(
      outcome, data: data, device: device, folder: folder, summary: trainer.model.summary)
    conclude(outcome)
  }

  private func stop(at place: Trainer.Place) throws -> Never {
    Console.note(
      "stopped in epoch \(place.epoch) after step \(place.step) of \(place.steps); go on with "
        + "cxr-train --resume --output \(output)",
      ["epoch": .stringConvertible(place.epoch), "step": .stringConvertible(place.step)])
    throw ExitCode(Interruption.exitCode)
  }

  private static func finished(_ output: String) -> String {
    "the run in \(output) is finished; nothing was changed"
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
    if !data.labelsUndefinedInValidation.isEmpty {
      Console.note("val_auc is the mean over " + Self.meanLabels(data))
    }
    if augment == .on, data.samples.copyCount == 0 {
      Console.note("no film has an under-represented label: there are no augmented copies")
    }
  }

  /// What `val_auc` is a mean over, where it is not all findings.
  static func meanLabels(_ data: TrainingData) -> String {
    let (count, undefined) = (data.collection.matrix.labels.count, data.labelsUndefinedInValidation)
    return
      "\(count - undefined.count) of \(count) findings; without positive or negative films in validation: "
      + undefined.joined(separator: ", ")
  }

  private func report(_ event: Trainer.Event, _ metrics: MetricsLines?) {
    metrics?.write(event.json)
    switch event {
    case .step(let figures):
      StepLine.show(figures, epochs: epochs)
    case .checkpoint(let place, let seconds):
      Console.debug(
        "\(Trainer.lastFile) written in epoch \(place.epoch) after step \(place.step)",
        [
          "epoch": .stringConvertible(place.epoch), "step": .stringConvertible(place.step),
          "seconds": .stringConvertible(seconds),
        ])
    case .epoch(let row, let isBest):
      Console.note(
        "epoch \(row.epoch)/\(epochs)  loss \(short(row.training.loss))  "
          + "val_loss \(short(row.validation.loss))  val_auc \(short(row.validation.auc))  "
          + "val_recall \(short(row.validation.recall))  "
          + "\(Int(row.imagesPerSecond.rounded())) images/s  \(Progress.clock(row.seconds))"
          + (isBest ? "  best" : ""),
        [
          "epoch": .stringConvertible(row.epoch), "loss": .stringConvertible(row.training.loss),
          "val_loss": .stringConvertible(row.validation.loss), "best": .stringConvertible(isBest),
          "seconds": .stringConvertible(row.seconds),
          "images_per_second": .stringConvertible(row.imagesPerSecond),
        ])
    }
  }

  private func conclude(_ outcome: Trainer.Outcome) {
    if outcome.wasFinished {
      Console.note("the run in \(output) was finished; its report, which was missing, is written")
    }
    Console.result(
      "best epoch \(outcome.bestEpoch) of \(outcome.history.rows.count)"
        + (outcome.stoppedEarly ? ", stopped early" : "") + " · \(output)/\(Trainer.bestFile)")
  }

  private func short(_ value: Double?) -> String {
    value.map { "\(($0 * 10_000).rounded() / 10_000)" } ?? "n/a"
  }

  /// Every option that a run is repeated with, for `run.json`; the paths hold from any folder.
  private func commandLine(
    _ choice: CollectionOptions.Choice
  ) throws -> [(String, JSONValue)] {
    try [
      ("csv", .string(absolutePath(csv))), ("images", .string(absolutePath(images))),
      ("loss", .string(loss.name)), ("model", .string(model)),
      ("architecture", .strings(architecture)), ("epochs", .integer(epochs)),
      ("batch-size", .integer(batchSize)), ("learning-rate", .number(learningRate)),
      ("decay", .number(decay)),
      ("patience", .integer(patience)), ("clip-norm", .number(orNull: clipNorm)),
      ("checkpoint-every", .string(checkpointEvery.description)),
      ("augment", .string(augment.rawValue)),
      ("augment-labels", .strings(options().augmentedLabels)),
      ("operating-point", .string(operatingPoint.description)), ("seed", .unsigned(seed)),
      (
        "labels",
        .strings(
          labelOptions.labels?.names ?? FilmCollection.labels(of: choice.description))
      ),
      ("uncertain", .string(labelOptions.uncertain.rawValue)),
      ("skip-empty-labels", .bool(skipEmptyLabels)),
      ("split-seed", .integer(Int(labelOptions.splitSeed))),
      ("cache", .string(orNull: cache.map(absolutePath))),
      ("cache-check", .string(cacheOptions.cacheCheck.rawValue)),
      ("exclude", .string(orNull: exclusion.exclude.map(absolutePath))),
      ("allow-missing", .bool(allowMissing)),
      ("skip-unreadable", .bool(skipUnreadable)),
    ] + collectionOptions.commandLine(choice) + lists.commandLine + names.commandLine
      + preparation.commandLine
  }

  /// The names of these options.
  private static func optionNames() throws -> Set<String> {
    let any = CollectionOptions.Choice(name: "", description: nil)
    return Set(
      try parse(["--csv=.", "--images=.", "--output=."]).commandLine(any).map(\.0))
  }
}

extension CheckpointInterval: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
