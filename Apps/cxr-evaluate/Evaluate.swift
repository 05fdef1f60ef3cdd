import CXREvaluation
import CXRFilms
import CXRFiles
import ArgumentParser
import CXRCommandLine
import CXRData
import CXRMetrics
import CXRReport
import CXRTraining
import Foundation

@main
struct Evaluate: Program {
  static let configuration = CommandConfiguration(
    commandName: "cxr-evaluate",
    abstract: "Applies trained classifiers to the test patients and compares them.",
    discussion: """
      Writes metrics.json, the tables of the report as CSV files, predictions-NAME.csv, \
      logits-NAME.csv, classification_report-NAME.txt, pictures and report.html to the output folder. Labels, image \
      settings and split come from the checkpoint. Intervals come from drawing patients, each with all \
      of their films; thresholds and calibrations from the validation patients.

      Examples:
        cxr-evaluate --checkpoint weighted/best.npz \\
          --checkpoint plain/best.npz --csv NIH/Data_Entry_2017.csv \\
          --images NIH --output comparison
        cxr-evaluate --predictions theirs.csv --predictions ours.csv \\
          --csv NIH/Data_Entry_2017.csv --output comparison
      """,
    version: LibraryVersion.current)

  static let worksTogether = true

  /// Of pictures of films on which networks were most sure, in pixels.
  private static let exampleSide = 176

  enum Part: String, ExpressibleByArgument, CaseIterable {
    case train, validation, test, all
    var subset: Subset? { Subset(rawValue: rawValue) }
  }

  @Option(help: "A checkpoint of cxr-train; repeat to compare.", completion: .file())
  var checkpoint: [String] = []
  @Option(
    help: ArgumentHelp(
      "A table of probabilities, Image Index (or Path) and a column a label, as predictions-NAME.csv, others left out of account; repeat to compare. Without checkpoints its films are evaluated."
    ), completion: .file())
  var predictions: [String] = []
  @Option(
    help:
      "What stands in these tables: probability, numbers from 0 to 1, or logit, log-odds as in logits-NAME.csv."
  )
  var scores = ScoreKind.probability
  @Option(
    help: ArgumentHelp(
      "For each --predictions, in their order, such a table of validation films, on which thresholds are chosen."
    ), completion: .file())
  var validationPredictions: [String] = []
  @Option(
    help: "The label file that the checkpoints were trained with; with --subset all, any.",
    completion: .file())
  var csv: String
  @OptionGroup var collectionOptions: CollectionOptions
  @Option(
    help: ArgumentHelp(
      "A TOML file that says what the checkpoint's findings are called in the label file: Effusion = \"Pleural Effusion\", or [\"a\", \"b\"] where either counts, or [] where nothing is known of it.",
      valueName: "file"), completion: .file())
  var remap: String?
  @Option(
    help:
      "The folder of films, which checkpoints need, searched at any depth and in archives (.tar.gz, .zip), or an archive; archives need --cache.",
    completion: .file())
  var images: String?
  @Option(help: "The folder to write.", completion: .directory)
  var output: String
  @Option(
    help: ArgumentHelp(
      "Whose films: train, validation, test, or all. (default: test; without checkpoints those of the first table)"
    ))
  var subset: Part?
  @Option(
    help: ArgumentHelp(
      "The findings to judge, where there are tables alone, separated by commas. (default: the first table's columns that the label file knows)"
    ))
  var labels: NameList?
  @OptionGroup var names: NameOptions
  @OptionGroup var lists: ListOptions
  @Option(
    help: ArgumentHelp(
      "What is judged: film, study, or patient; a study's or patient's score is the largest of its films', with =mean behind it their mean. Thresholds are chosen anew on validation films so joined."
    ))
  var unit = JudgementUnit.film
  @Option(
    help: ArgumentHelp(
      "How thresholds are chosen on validation films: youden, sensitivity=S, specificity=S, f1, or cost=C, where a miss costs C false alarms. (default: as stored in the checkpoint)"
    ))
  var operatingPoint: OperatingRule?
  @Option(
    help: ArgumentHelp(
      "How common findings are where the model will be used, for their PPV there: a share for all, or NAME=SHARE, separated by commas. A share is a number between 0 and 1."
    ), transform: PrevalenceOption.init(parsing:))
  var prevalence: PrevalenceOption?
  @Option(
    help: ArgumentHelp(
      "A list of boxes in the shape of NIH's BBox_List_2017.csv, in coordinates of films of 1024 by 1024 pixels: does the network look there?"
    ), completion: .file())
  var boxes: String?
  @Option(help: "How often patients are drawn for the intervals.")
  var replicates = EvaluationFigures.Options().replicates
  @Option(help: "Seed of these draws.")
  var seed = EvaluationFigures.Options().seed
  @Option(
    help:
      "Where prepared films are kept, as by cxr-train. (default: they are decoded and not kept)",
    completion: .directory)
  var cache: String?
  @OptionGroup var cacheOptions: CacheOptions
  @OptionGroup var modalities: ModalityOptions
  @Option(
    help: "What an uncertain finding counts as: zeros, ones or ignore. (default: as in training)")
  var uncertain: UncertainPolicy?
  @OptionGroup var exclusion: ExcludeOptions
  @Flag(help: "Go on without rows whose film is missing.")
  var allowMissing = false
  @Flag(help: "Go on without films that cannot be decoded.")
  var skipUnreadable = false
  @Flag(help: "Write into a folder that holds files; only files of this program change.")
  var force = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard !checkpoint.isEmpty || !predictions.isEmpty else {
      throw ValidationError("name at least one --checkpoint or one table of --predictions")
    }
    guard checkpoint.isEmpty || images != nil else {
      throw ValidationError("--images is missing: checkpoints need films; name their folder")
    }
    guard (100...10_000).contains(replicates) else {
      throw ValidationError("--replicates \(replicates): a number from 100 to 10000 is needed")
    }
    try labels?.validate("--labels")
    guard scores == .probability || !predictions.isEmpty else {
      throw ValidationError("--scores is of tables; name one by --predictions, or leave it out")
    }
    guard checkpoint.isEmpty || labels == nil else {
      throw ValidationError("--labels: a checkpoint has its own findings; leave the option out")
    }
    if checkpoint.isEmpty {
      guard remap == nil else {
        throw ValidationError(
          "--remap is of a checkpoint's findings; columns of tables are renamed by --rename")
      }
      guard subset == nil else {
        throw ValidationError(
          "--subset: without a checkpoint the films are those of the first table; leave it out")
      }
      guard boxes == nil else {
        throw ValidationError("--boxes: tables have no maps to compare with; name a --checkpoint")
      }
      guard operatingPoint == nil || !validationPredictions.isEmpty else {
        throw ValidationError(
          "--operating-point: there are no films to choose thresholds on; name --validation-predictions"
        )
      }
    }
    guard validationPredictions.isEmpty || validationPredictions.count == predictions.count else {
      throw ValidationError(
        "--validation-predictions: \(validationPredictions.count) for \(predictions.count) "
          + "--predictions; name one for each, or none")
    }
  }

  static func main() { mainTogether(Array(CommandLine.arguments.dropFirst())) }

  func work() throws {
    _ = common.start()
    let cluster = JoinedRanks.current
    // The first rank alone writes.
    let folder =
      try cluster.map { $0.rank == 0 } ?? true ? ResultFolder.evaluate(output, reusing: force) : nil
    var options = try options
    options.ranks = cluster
    if collectionOptions.collection == nil, checkpoint.isEmpty || subset == .all {
      // Said here, as the evaluation will find it too.
      _ = try collectionOptions.choice(labelFile: csv)
    }
    // Before hours of decoding.
    let boxList = try boxes.map { try BoxList(path: $0) }
    (options.boxes, options.exampleSide) = (boxList, Self.exampleSide)
    let prevalences = try prevalence?.shares(of: Evaluation.labels(of: options)) ?? [:]
    let evaluation = try Evaluation(options, events: events(options))
    JoinedRanks.leave()
    guard let folder else { return }
    announce(evaluation)
    if let boxList = boxList?.renaming(evaluation.collection.file.renames) {
      announce(boxList, evaluation)
    }
    var figureOptions = EvaluationFigures.Options()
    (figureOptions.replicates, figureOptions.seed) = (replicates, seed)
    figureOptions.prevalences = prevalences
    let drawing = Progress("draws of patients")
    let figures = EvaluationFigures(
      evaluation.models, on: evaluation.films, options: figureOptions
    ) { drawing.update($0, of: $1) }
    warn(figures)
    try write(evaluation, figures, to: folder)
    printComparison(evaluation.report(figures))
  }

  private func write(
    _ evaluation: Evaluation, _ figures: EvaluationFigures, to folder: OutputFolder
  ) throws {
    var report = evaluation.report(figures)
    report.made = made
    report.program = "cxr-evaluate \(LibraryVersion.current)"
    let tables = report.tables
    let earlier = EvaluationFiles(folder)
    let written =
      tables.map(\.name)
      + evaluation.models.enumerated().flatMap { m, model in
        (evaluation.metadata.indices.contains(m)
          ? ["predictions-\(model.name).csv", "logits-\(model.name).csv"] : [])
          + ["classification_report-\(model.name).txt"]
      }
    try folder.write(report.json(files: written), to: "metrics.json")
    earlier.remove(except: written + predictions + validationPredictions)
    for table in tables { try folder.write(table.text, to: table.name) }
    for (m, model) in figures.models.enumerated() {
      if evaluation.metadata.indices.contains(m) {
        try folder.write(evaluation.predictionsCSV(of: m), to: "predictions-\(model.name).csv")
        try folder.write(evaluation.logitsCSV(of: m), to: "logits-\(model.name).csv")
      }
      try folder.write(model.report.text, to: "classification_report-\(model.name).txt")
    }
    if let problem = try report.writePage(to: folder.path) { Console.warn("\(problem)") }
  }

  /// When and how this page is made.
  private var made: String {
    let words = CommandLine.arguments.dropFirst().map { word in
      word.contains { $0.isWhitespace || "\"'$`\\*".contains($0) } ? "'\(word)'" : word
    }
    return
      "Made on \(Date.now.formatted(.iso8601.year().month().day())) with version \(LibraryVersion.current): "
      + (["cxr-evaluate"] + words).joined(separator: " ") + "."
  }
}

extension ScoreKind: ExpressibleByArgument {}
extension JudgementUnit: ExpressibleByArgument {}
