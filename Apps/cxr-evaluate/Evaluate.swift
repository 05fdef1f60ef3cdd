import CXREvaluation
import CXRFilms
import CXRFiles
import ArgumentParser
import CXRCommandLine
import CXRData
import CXRMetrics
import CXRReport
import CXRTraining

@main
struct Evaluate: Program {
  static let configuration = CommandConfiguration(
    commandName: "cxr-evaluate",
    abstract: "Applies trained classifiers to the test patients and compares them.",
    discussion: """
      Writes metrics.json, the tables of the report as CSV files, predictions-NAME.csv, \
      classification_report-NAME.txt, pictures and report.html to the output folder. Labels, image \
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

  enum Part: String, ExpressibleByArgument, CaseIterable {
    case train, validation, test, all
    var subset: Subset? { Subset(rawValue: rawValue) }
  }

  @Option(help: "A checkpoint of cxr-train; repeat to compare.")
  var checkpoint: [String] = []
  @Option(
    help: ArgumentHelp(
      "A table of probabilities, Image Index (or Path) and a column a label, as predictions-NAME.csv, others left out of account; repeat to compare. Without checkpoints its films are evaluated."
    ))
  var predictions: [String] = []
  @Option(
    help: ArgumentHelp(
      "For each --predictions, in their order, such a table of validation films, on which thresholds are chosen."
    ))
  var validationPredictions: [String] = []
  @Option(help: "The label file that the checkpoints were trained with; with --subset all, any.")
  var csv: String
  @OptionGroup var collectionOptions: CollectionOptions
  @Option(
    help: ArgumentHelp(
      "A TOML file that says what the checkpoint's findings are called in the label file: Effusion = \"Pleural Effusion\", or [\"a\", \"b\"] where either counts, or [] where nothing is known of it.",
      valueName: "file"))
  var remap: String?
  @Option(
    help:
      "The folder of films, which checkpoints need, searched at any depth and in archives (.tar.gz, .zip), or an archive; archives need --cache."
  )
  var images: String?
  @Option(help: "The folder to write.")
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
      "How thresholds are chosen on validation films: youden, sensitivity=S, specificity=S, f1, or cost=C, where a miss costs C false alarms. (default: as stored in the checkpoint)"
    ))
  var operatingPoint: OperatingRule?
  @Option(
    help: ArgumentHelp(
      "How common findings are where the model will be used, for their PPV there: a share for all, or NAME=SHARE, separated by commas. A share is a number between 0 and 1."
    ), transform: PrevalenceList.init(parsing:))
  var prevalence: PrevalenceList?
  @Option(
    help: ArgumentHelp(
      "A list of boxes in the shape of NIH's BBox_List_2017.csv, in coordinates of films of 1024 by 1024 pixels: does the network look there?"
    ))
  var boxes: String?
  @Option(help: "How often patients are drawn for the intervals.")
  var replicates = 1000
  @Option(help: "Seed of these draws.")
  var seed: UInt64 = 0
  @Option(
    help: "Where prepared films are kept, as by cxr-train. (default: they are decoded and not kept)"
  )
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

  func work() throws {
    _ = common.start()
    let folder = try ResultFolder.evaluate(output, reusing: force)
    let options = try options
    if collectionOptions.collection == nil, checkpoint.isEmpty || subset == .all {
      // Said here, as the evaluation will find it too.
      _ = try collectionOptions.choice(labelFile: csv)
    }
    // Before hours of decoding.
    let unnamed = try boxes.map { try BoxList(path: $0) }
    let prevalences = try prevalence?.shares(of: Evaluation.labels(of: options)) ?? [:]
    let evaluation = try Evaluation(options, events: events)
    announce(evaluation)
    let boxList = unnamed?.renaming(evaluation.collection.file.renames)
    var figureOptions = EvaluationFigures.Options()
    (figureOptions.replicates, figureOptions.seed) = (replicates, seed)
    figureOptions.prevalences = prevalences
    let drawing = Progress("draws of patients")
    let figures = EvaluationFigures(evaluation, options: figureOptions) {
      drawing.update($0, of: $1)
    }
    let looking = Progress("maps")
    let localisations =
      try boxList.map { try evaluation.localisations($0) { looking.update($0, of: $1) } } ?? []
    if let boxList {
      let strangers = boxList.strangers(to: evaluation.labels)
      if !strangers.isEmpty {
        Console.note(
          "\(boxes ?? ""): boxes of what is no finding judged here: "
            + strangers.joined(separator: ", "))
      }
      let used = localisations.compactMap { $0?.total.hits.films }.max() ?? 0
      Console.note(
        "\(boxes ?? ""): boxes of \(boxList.count) findings on films, \(used) of them on films that are "
          + "evaluated and have the finding")
      if boxList.isSuspiciouslySmall {
        Console.warn(
          "\(boxes ?? ""): all boxes lie in the upper left quarter; are these coordinates of films of "
            + "1024 × 1024 pixels, as they must be?")
      }
    }
    warnOfShifts(figures)
    for model in figures.models where !model.labelsOfEqualScores.isEmpty {
      Console.warn(
        "\(model.name): no threshold could be chosen, because all validation films score alike: "
          + model.labelsOfEqualScores.joined(separator: ", "))
    }

    let tables = figures.tables(localisations: localisations)
    let earlier = EvaluationFiles(folder)
    let written =
      tables.map(\.name)
      + evaluation.models.flatMap {
        ($0.metadata == nil ? [] : ["predictions-\($0.name).csv"])
          + ["classification_report-\($0.name).txt"]
      }
    try folder.write(
      figures.json(evaluation, localisations: localisations, files: written), to: "metrics.json")
    earlier.remove(except: written + predictions + validationPredictions)
    for table in tables { try folder.write(table.text, to: table.name) }
    for (model, own) in zip(evaluation.models, figures.models) {
      if model.metadata != nil {
        try folder.write(
          evaluation.predictionsCSV(of: model), to: "predictions-\(model.name).csv")
      }
      try folder.write(own.report.text, to: "classification_report-\(model.name).txt")
    }
    try writeReport(
      evaluation, figures, localisations: localisations, tables: tables.map(\.name), folder: folder)
    printComparison(evaluation, figures, localisations)
  }

  private var options: Evaluation.Options {
    get throws {
      var collection = FilmCollection.Options(
        labelFile: csv, images: images, allowMissing: allowMissing)
      let choice = try collectionOptions.named(labelFile: csv)
      collection.collection = choice?.description
      collection.patients = collectionOptions.source
      collection.partners = try remap.map(labelMap)
      lists.apply(to: &collection)
      names.apply(to: &collection)
      collection.exclude = exclusion.exclude
      var options = Evaluation.Options(
        checkpoints: checkpoint, collection: collection, subset: (subset ?? .test).subset,
        skipsUnreadable: skipUnreadable)
      options.recognisesCollection = choice == nil
      options.predictions = predictions
      options.validationPredictions = validationPredictions
      options.labels = labels?.names
      options.operatingRule = operatingPoint
      options.cacheFolder = try cache.map { try OutputFolder($0, reusing: true) }?.path
      options.uncertain = uncertain
      options.dicomModalities = modalities.modalities
      options.cacheCheck = cacheOptions.cacheCheck
      return options
    }
  }

  private var events: Evaluation.Events {
    let progress = Progress("films evaluated")
    let paths = checkpoint
    var events = Evaluation.Events()
    events.found = { collection, networks in
      collection.announce()
      for (path, network) in zip(paths, networks) {
        Console.note(
          "\(path): \(network.loss), epoch \(network.epoch), mean "
            + "\(network.image.mean), standard deviation \(network.image.standardDeviation)")
        if network.isOfOtherDICOM {
          Console.warn("\(path): \(CheckpointMetadata.otherDICOM)")
        }
        if let trained = network.collection, trained != collection.file.collection {
          Console.note(
            "\(path) was trained on films read as the collection \(trained.name), these are read as "
              + "\(collection.file.collection?.name ?? "generic")")
        }
      }
    }
    events.waiting = CacheOptions.announceWait
    events.progress = { progress.update($0, of: $1) }
    events.fitting = { films in
      Console.note("thresholds are chosen anew on \(films) validation films")
    }
    return events
  }

  private func announce(_ evaluation: Evaluation) {
    for (path, labels) in evaluation.labelsWithoutRanking {
      Console.warn(
        "\(path): all scores of \(labels.joined(separator: ", ")) are exactly 0 or 1; are these what is true, and not what "
          + "was predicted? Name the column of predictions by --rename COLUMN=LABEL")
    }
    for (path, columns) in evaluation.unjudgedColumns {
      Console.note(
        "\(path): columns that are no findings judged here: " + columns.joined(separator: ", "))
    }
    let unknown = evaluation.collection.matrix.unknowns(in: evaluation.rows)
    if !checkpoint.isEmpty, unknown.allSatisfy({ $0 == evaluation.rows.count }) {
      Console.warn(
        "the label file says nothing of any finding that the checkpoint answers; --remap says what they are called there"
      )
    }
    if !evaluation.skippedFilms.isEmpty {
      Console.warn(
        "\(evaluation.skippedFilms.count) films cannot be decoded, left out:\n"
          + evaluation.skippedFilms.prefix(20).map { "  \($0.name): \($0.reason)" }
          .joined(separator: "\n"))
    }
    for model in evaluation.models where model.fit != nil {
      guard let chosenOn = model.patientsSeenInValidation, chosenOn > 0 else { continue }
      Console.warn(
        "\(model.name): its thresholds and calibrations were chosen on patients of whom \(chosenOn) have the "
          + "identifiers of these \(evaluation.patientCount); where they are the same people, what is said of "
          + "thresholds and calibrations here flatters them")
    }
    for model in evaluation.models {
      guard let seen = model.patientsSeenInTraining else { continue }
      if seen > 0 || evaluation.subset == nil {
        Console.note(
          "\(model.name): \(seen) of \(evaluation.patientCount) patient "
            + "identifiers also occur in its training part; where they are the same people, figures "
            + "flatter the network")
      }
    }
  }

  private func warnOfShifts(_ figures: EvaluationFigures) {
    for (model, shifts) in zip(figures.models, figures.shifts) where !shifts.isEmpty {
      Console.warn(
        "\(model.name): more or less common here than on the validation films, beyond chance:\n"
          + shifts.map {
            "  \($0.label): \(percent($0.here)) instead of \(percent($0.validation))"
          }.joined(separator: "\n")
          + "\n  PPV, NPV and calibrated probabilities do not carry over to such films")
    }
  }

  private func percent(_ share: Double?) -> String {
    fixedPoint(share.map { $0 * 100 }, digits: 1) + (share == nil ? "" : " %")
  }

  /// How many findings a threshold was chosen for, where it is not all.
  private static func coverage(_ model: ModelFigures) -> String {
    let chosen = model.labels.filter { $0.fitted != nil }.count
    return chosen == model.labels.count ? "" : " (\(chosen) of \(model.labels.count) findings)"
  }

  private func printComparison(
    _ evaluation: Evaluation, _ figures: EvaluationFigures, _ localisations: [Localisation?]
  ) {
    let part = evaluation.partName
    let undefined = figures.models.first?.undefinedLabels ?? []
    Console.result(
      "\(evaluation.rows.count) films of \(evaluation.patientCount) patients (\(part)), "
        + "\(evaluation.labels.count) findings"
        + (undefined.isEmpty
          ? ""
          : ", \(undefined.count) of them n/a and left out of means: "
            + undefined.joined(separator: ", ")) + "\n")
    Console.table(
      header: ["model", "mean AUC", "positives found", "negatives found", "accuracy"],
      rows: figures.models.map { model in
        [
          model.name, model.meanAUC.text(digits: 3),
          percent(model.detection.positivesFoundPercent.map { $0 / 100 }),
          percent(model.detection.negativesFoundPercent.map { $0 / 100 }),
          percent(model.counts.accuracy),
        ]
      })
    let fitted = zip(figures.models, evaluation.models).filter { $0.0.fittedCounts != nil }
    if !fitted.isEmpty {
      Console.result("\nat the thresholds chosen on validation patients:")
      Console.table(
        header: ["model", "chosen by", "positives found", "negatives found"],
        rows: fitted.map { figures, model in
          [
            figures.name, (model.fit?.operatingPoint ?? "") + Self.coverage(figures),
            percent(figures.fittedCounts?.recall),
            percent(figures.fittedCounts?.specificity),
          ]
        })
    }
    let comparisons = figures.differences + figures.models.compactMap(\.overBaseline)
    if !comparisons.isEmpty {
      Console.result("\nmean AUC, one less another, on the same patients:")
      Console.table(
        header: ["model", "less", "difference", "p"],
        rows: comparisons.map {
          [$0.name, $0.other, $0.mean.auc.text(digits: 3), pValueText($0.mean.pValue)]
        })
    }
    for model in figures.models {
      guard let interval = model.overBaseline?.mean.auc.interval, interval.low <= 0 else {
        continue
      }
      Console.result(
        "\(model.name) \(interval.high < 0 ? "ranks worse than" : "cannot be told from") a regression on "
          + "thumbnails on these films; a network must beat that to have learned more than where films are bright"
      )
    }
    for (model, localisation) in zip(figures.models, localisations) {
      guard let total = localisation?.total else { continue }
      Console.result(
        "\n\(model.name): the map's peak lies in the box on \(total.hits.hits) of \(total.hits.films) "
          + "films, \(percent(total.hits.value)); of those called positive on "
          + "\(total.hitsAmongTruePositives.hits) of \(total.hitsAmongTruePositives.films), "
          + "\(percent(total.hitsAmongTruePositives.value)); blindly \(percent(total.chance)), at the "
          + "finding's usual place \(percent(total.usualPlace))")
    }
    Console.result("\nreport: \(output)/report.html")
  }
}
