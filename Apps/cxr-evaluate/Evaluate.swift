import ArgumentParser
import CXRCommandLine
import CXRData
import CXRMetrics
import CXRReport
import CXRTraining

@main
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cxr-evaluate",
    abstract: "Applies trained classifiers to the test patients and compares them.",
    discussion: """
      Writes metrics.json, predictions-NAME.csv, classification_report-NAME.txt, pictures and \
      report.html to the output folder. Labels, image settings and split come from the checkpoint.

      Example:
        cxr-evaluate --checkpoint weighted/best.npz --checkpoint plain/best.npz \\
          --csv NIH/Data_Entry_2017.csv --images NIH --output comparison
      """,
    version: DeviceReport.libraryVersion)

  enum Part: String, ExpressibleByArgument, CaseIterable {
    case train, validation, test, all
    var subset: Subset? { Subset(rawValue: rawValue) }
  }

  @Option(help: "A checkpoint of cxr-train; repeat to compare.")
  var checkpoint: [String]
  @Option(help: "The label file that the checkpoints were trained with.")
  var csv: String
  @Option(help: "The folder of films; searched at any depth.")
  var images: String
  @Option(help: "The folder to write.")
  var output: String
  @Option(help: "Whose films: train, validation, test, or all.")
  var subset: Part = .test
  @OptionGroup var lists: ListOptions
  @Option(
    help: "Where prepared films are kept, as by cxr-train. (default: they are decoded and not kept)"
  )
  var cache: String?
  @OptionGroup var cacheOptions: CacheOptions
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
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    _ = threads.start()
    let folder = try OutputFolder(output, of: .evaluate, reusing: force)
    let progress = Progress("films evaluated")
    var collection = FilmCollection.Options(
      labelFile: csv, images: images, lists: lists.lists, allowMissing: allowMissing)
    collection.exclude = exclusion.exclude
    var options = Evaluation.Options(
      checkpoints: checkpoint, collection: collection, subset: subset.subset,
      skipsUnreadable: skipUnreadable)
    options.cacheFolder = try cache.map { try OutputFolder($0, reusing: true) }?.path
    options.uncertain = uncertain
    options.cacheCheck = cacheOptions.cacheCheck
    let evaluation = try Evaluation(
      options,
      found: { collection, networks in
        collection.announce()
        for (path, network) in zip(checkpoint, networks) {
          Console.note(
            "\(path): \(network.loss.rawValue), epoch \(network.epoch), mean "
              + "\(network.image.mean), standard deviation \(network.image.standardDeviation)")
        }
      }, waiting: CacheOptions.announceWait, progress: { progress.update($0, of: $1) })
    if !evaluation.skippedFilms.isEmpty {
      Console.warn(
        "\(evaluation.skippedFilms.count) films cannot be decoded, left out:\n"
          + evaluation.skippedFilms.prefix(20).map { "  \($0.name): \($0.reason)" }
          .joined(separator: "\n"))
    }
    if subset == .all {
      for model in evaluation.models {
        Console.note(
          "\(model.name): \(model.patientsSeenInTraining) of \(evaluation.patientCount) patient "
            + "identifiers also occur in its training part; where they are the same people, figures "
            + "flatter the network")
      }
    }
    let figures = evaluation.models.map { ModelFigures($0, in: evaluation) }
    try folder.write(evaluation.json(figures: figures), to: "metrics.json")
    for (model, figures) in zip(evaluation.models, figures) {
      try folder.write(
        evaluation.predictionsCSV(of: model), to: "predictions-\(model.name).csv")
      try folder.write(
        figures.report.text, to: "classification_report-\(model.name).txt")
    }
    try writeReport(evaluation, figures: figures, folder: folder)
    printComparison(evaluation, figures)
  }

  private func printComparison(_ evaluation: Evaluation, _ figures: [ModelFigures]) {
    Console.result(
      "\(evaluation.rows.count) films of \(evaluation.patientCount) patients (\(subset.rawValue))\n"
    )
    let header = ["model", "mean AUC", "positives found", "negatives found", "accuracy"]
    let rows = zip(evaluation.models, figures).map { model, figures in
      [
        model.name, fixedPoint(figures.meanAUC, digits: 3),
        fixedPoint(figures.detection.positivesFoundPercent, digits: 1) + " %",
        fixedPoint(figures.detection.negativesFoundPercent, digits: 1) + " %",
        fixedPoint(figures.counts.accuracy.map { $0 * 100 }, digits: 1) + " %",
      ]
    }
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    for row in [header] + rows {
      let cells = row.indices.map { i in
        let space = String(repeating: " ", count: widths[i] - row[i].count)
        return i == 0 ? row[i] + space : space + row[i]
      }
      Console.result(cells.joined(separator: "  "))
    }
    for (model, figures) in zip(evaluation.models, figures) where !figures.undefinedLabels.isEmpty {
      Console.result(
        "\(model.name): AUC undefined (n/a) and left out of the mean for "
          + figures.undefinedLabels.joined(separator: ", "))
    }
    Console.result("\nreport: \(output)/report.html")
  }
}
