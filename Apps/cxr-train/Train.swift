import CXRFilms
import CXRFiles
import ArgumentParser
import CXRCommandLine
import CXRData
import CXRImage
import CXRMetrics
import CXRNet
import CXRParallel
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

  static let worksTogether = true

  enum Switch: String, ExpressibleByArgument, CaseIterable { case on, off }

  @Option(
    help:
      "The label file: NIH's Data_Entry_2017.csv, CheXpert's train.csv, or as --collection describes it.",
    completion: .file())
  var csv: String
  @OptionGroup var collectionOptions: CollectionOptions
  @Option(
    help:
      "The folder of films, searched at any depth and in archives (.tar.gz, .zip), or an archive.",
    completion: .file())
  var images: String
  @Option(help: "The folder to write.", completion: .directory)
  var output: String
  @Option(
    help: ArgumentHelp(
      "What is minimised: \(LossKind.standard.map(\.name).joined(separator: " or "))."))
  var loss: LossKind = .reference
  @Option(
    help: ArgumentHelp("The network: \(Architectures.standard.names.joined(separator: ", "))."),
    completion: .list(Architectures.standard.names))
  var model = Architectures.standard.names[0]
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Settings of the network that differ from its own: \(Architectures.standard.summary.joined(separator: "; ")).",
      valueName: "key=value"))
  var architecture: [String] = []
  @Option(help: "The most epochs.")
  var epochs = TrainingOptions().epochs
  @Option(help: "Films a batch.")
  var batchSize = TrainingOptions().batchSize
  @Option(
    help: ArgumentHelp(
      "In how many shares of a batch sums over its films are formed, 1 to \(BatchShares.most): last bits follow from it, and not from threads.",
      valueName: "number"))
  var shares = TrainingOptions().shares
  @Option(
    help: ArgumentHelp(
      "Take each step on the films of so many batches, one in memory at a time. Batch normalisation normalises each by itself.",
      valueName: "batches"))
  var accumulate = TrainingOptions().accumulate
  @OptionGroup var transfer: TransferArguments
  @Option(
    help: ArgumentHelp(
      "What films are standardised by: training (their own mean and deviation), imagenet (0.449,0.226), or MEAN,DEVIATION as shares of the full range of grey.",
      valueName: "what"))
  var standardisation: Standardisation = TrainingOptions().standardisation
  @Option(
    help:
      "Before each validation set the averages of batch normalisation exactly, by a pass over the training films: on or off. For epochs of few steps."
  )
  var recalibrateNorm: Switch = .off
  @OptionGroup var preparation: PreparationOptions
  @Option(help: "The learning rate of the first epoch.")
  var learningRate = TrainingOptions().learningRate
  @Option(help: "The learning rate's factor an epoch.")
  var decay = TrainingOptions().decay
  @Option(help: "Epochs without a lower validation loss after which the run stops.")
  var patience = TrainingOptions().patience
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
      "Where prepared films are kept; runs that share it decode them once. (default: the output folder)",
    completion: .directory)
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
    try usage { try Architectures.standard.architecture(model, settings: architecture) }
  }

  func options() throws -> TrainingOptions {
    var options = TrainingOptions()
    options.loss = loss
    options.architecture = try network()
    options.epochs = epochs
    options.batchSize = batchSize
    options.shares = shares
    options.accumulate = accumulate
    options.transfer = transfer.options
    options.standardisation = standardisation
    options.recalibratesNorm = recalibrateNorm == .on
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
    JoinedRanks.join()
    let given = Array(CommandLine.arguments.dropFirst())
    guard let request = try? ResumeRequest.parse(given), request.resume,
      let output = request.output
    else { return mainTogether(given) }
    do {
      let saved = try SavedRun(
        path: output + "/" + RunFile.name, known: optionNames(),
        repeated: ["rename", "architecture"])
      if saved == nil, !given.contains(where: { $0.hasPrefix("--csv") }) {
        throw ValidationError(
          "\(output) holds no \(RunFile.name) of a run to go on with; give --csv and --images")
      }
      // A setting that is given anew takes the place of the one that the run began with.
      let settings = given.map { $0.hasPrefix("--architecture=") ? String($0.dropFirst(15)) : $0 }
      let keys = settings.compactMap { text in text.firstIndex(of: "=").map { text[...$0] } }
      mainTogether(
        (saved?.arguments ?? []).filter { argument in
          !keys.contains { argument.hasPrefix("--architecture=" + $0) }
        } + given)
    } catch {
      JoinedRanks.letFirstSpeak()
      exit(withError: error)
    }
  }
}

extension Standardisation: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
  public var defaultValueDescription: String { description }
}

extension CheckpointInterval: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
