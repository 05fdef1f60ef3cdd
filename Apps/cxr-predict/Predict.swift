import CXREvaluation
import CXRFilms
import CXRFiles
import ArgumentParser
import CXRCommandLine
import CXRData
import CXRImage
import CXRReport
import CXRTraining
import Foundation

@main
struct Predict: Program {
  static let configuration = CommandConfiguration(
    commandName: "cxr-predict",
    abstract: "Asks a trained classifier about films.",
    discussion: """
      For each film and finding: the network's output, the probability that it stands for among films like \
      those of its validation (n/a where that is not known), the finding's threshold, and the verdict, yes or no. A film that looks \
      unlike those of training, or is inverted, turned, lateral, constant or not grey, is warned of. Films that cannot be read are named, the others are \
      answered, and the program ends with 1.

      It is research software, no medical device: do not use it to diagnose.

      Examples:
        cxr-predict --checkpoint weighted/best.npz film.png
        cxr-predict --checkpoint best.npz --format csv films/ > answers.csv
        ls films/*.png | cxr-predict --checkpoint best.npz --maps maps -
        cxr-predict --checkpoint best.npz --csv train.csv --images CheXpert-v1.0-small
      """,
    version: LibraryVersion.current)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, json }

  @Option(help: "The checkpoint: best.npz of a run of cxr-train.", completion: .file())
  var checkpoint: String
  @Argument(
    help: ArgumentHelp(
      "Films, folders of films, archives of films (.tar.gz, .zip), or - for a list of them, a line each, on standard input.",
      valueName: "film"), completion: .file())
  var films: [String] = []
  @Option(
    help: ArgumentHelp(
      "A label file whose films are asked about, those that its collection keeps; needs --images.",
      valueName: "file"), completion: .file())
  var csv: String?
  @Option(
    help:
      "The folder of the films of --csv, searched at any depth and in archives (.tar.gz, .zip), or an archive.",
    completion: .file())
  var images: String?
  @Option(
    help: ArgumentHelp(
      "How --csv is read: \(CollectionDescription.builtIn.map(\.name).joined(separator: ", ")), or a TOML file. (default: what its header tells, or as the checkpoint's)",
      valueName: "name|file"), completion: .file())
  var collection: String?
  @Option(
    help: ArgumentHelp(
      "With --csv: leading folders of films' names that --images does not have.",
      valueName: "folders"))
  var dropFolders: String?
  @Flag(help: "With --csv: take x.jpg, x.PNG or a DICOM file x for the film x.png.")
  var ignoreExtensions = false
  @Flag(help: "With --csv: go on without rows whose film is missing.")
  var allowMissing = false
  @Option(
    help: "How answers are written: table, csv or json. (default: table on a terminal, else csv)")
  var format: Format?
  @Option(
    help: ArgumentHelp(
      "How the output becomes a probability: none, weights (the loss's class weights taken out), platt or vector. (default: platt, where the checkpoint has it)"
    ))
  var calibration: CalibrationMethod?
  @Option(
    help: "A folder to write maps to: the film, and where the network looks, as SVG.",
    completion: .directory)
  var maps: String?
  @Option(help: "Findings of which maps are written. (default: those with the verdict yes)")
  var mapLabels: NameList?
  @Flag(help: "Write maps into a folder that holds files.")
  var force = false
  @OptionGroup var modalities: ModalityOptions
  @OptionGroup var common: CommonOptions

  /// Films that are held in memory together.
  private static let batchSize = 16

  func validate() throws {
    guard !films.isEmpty || csv != nil else {
      throw ValidationError("name films, folders, or - for a list; or a label file by --csv")
    }
    try mapLabels?.validate("--map-labels")
    try collection.map(CollectionOptions.check)
    guard csv == nil || films.isEmpty else {
      throw ValidationError("--csv lists the films; name their folder by --images, and no others")
    }
    guard (csv == nil) == (images == nil) else {
      throw ValidationError("--csv and --images go together: a label file, and its films' folder")
    }
    guard
      csv != nil || collection == nil && !allowMissing && dropFolders == nil && !ignoreExtensions
    else {
      throw ValidationError(
        "--collection, --drop-folders, --ignore-extensions and --allow-missing are of a label file; name it by --csv"
      )
    }
    guard mapLabels == nil || maps != nil else {
      throw ValidationError("--map-labels needs --maps, the folder to write them to")
    }
  }

  func work() throws {
    _ = common.start()
    var predictor = try FilmPredictor(path: checkpoint, calibration: calibration)
    predictor.dicomModalities = modalities.modalities
    let metadata = predictor.classifier.metadata
    Console.note(
      "\(checkpoint): \(metadata.loss), epoch \(metadata.epoch), thresholds "
        + (metadata.validation.map { "by \($0.operatingPoint)" } ?? "n/a")
        + ", calibration \(predictor.calibration.rawValue)")
    guard metadata.validation != nil || maps == nil || mapLabels != nil else {
      throw ValidationError(
        "--maps: \(checkpoint) holds no thresholds, so there are no verdicts to draw maps of; name findings by "
          + "--map-labels, or use best.npz")
    }
    if metadata.validation == nil {
      Console.warn(
        "\(checkpoint) holds no thresholds, as only best.npz of a training run does; there are no verdicts"
      )
    }
    if !predictor.classifier.knowsPoses {
      Console.note(
        "\(checkpoint) does not say what its frontal films look like: it is of an earlier version, no best.npz, or its "
          + "training films were too few or too unlike each other; whether films are inverted, turned or lateral is not looked at"
      )
    }
    let strangers = (mapLabels?.names ?? []).filter { !metadata.labels.contains($0) }
    guard strangers.isEmpty else {
      throw ValidationError(
        "--map-labels: \(strangers.joined(separator: ", ")) not among the network's findings "
          + metadata.labels.joined(separator: ", "))
    }
    let list =
      if let csv, let images {
        try FilmList(
          listedIn: csv, images: images,
          collection: collection.map { try CollectionOptions.named($0, labelFile: csv) },
          asCheckpoint: metadata.collection,
          rule: FilmNameRule(
            droppedFolders: dropFolders ?? "", ignoresExtensions: ignoreExtensions),
          allowMissing: allowMissing)
      } else { try FilmList(films) }
    let paths = list.paths
    if list.missingCount > 0 { Console.note("\(list.missingCount) rows have no film, left out") }
    if list.leftOutCount > 0 {
      Console.note("\(list.leftOutCount) hidden files that look like films, not asked about")
    }
    guard !paths.isEmpty || !list.failures.isEmpty else {
      throw ValidationError(
        csv == nil
          ? "no film to ask about: the folders or the list hold no \(FilmFormat.allNames) file"
          : "no film to ask about: --images has none of the films that --csv lists")
    }
    let mapWriter = try maps.map {
      MapWriter(
        folder: try OutputFolder($0, reusing: force), labels: mapLabels?.names,
        calibration: predictor.calibration, films: paths)
    }

    let kind = format ?? (isatty(1) == 1 ? .table : .csv)
    var writer = AnswerWriter(kind, checkpoint: checkpoint, predictor: predictor)
    var unreadable = list.failures
    let (progress, files) = (Progress("films"), FilmFiles())
    for start in stride(from: 0, to: paths.count, by: Self.batchSize) {
      let part = Array(paths[start..<min(paths.count, start + Self.batchSize)])
      for result in try predictor.answers(films: part, from: files) {
        switch result {
        case .success(let answer):
          writer.add(answer, maps: try mapWriter?.write(answer) ?? [:])
          for warning in AnswerWriter.warnings(of: answer) where kind != .table {
            Console.warn("\(answer.path): \(warning)")
          }
        case .failure(let failure): unreadable.append(failure.film)
        }
      }
      if kind != .table { progress.update(start + part.count, of: paths.count) }
    }
    writer.finish(unreadable: unreadable)
    if let mapWriter {
      Console.note("maps written: \(mapWriter.count), in \(mapWriter.folder.path)")
    }
    guard unreadable.isEmpty else {
      Console.fail(
        "\(unreadable.count) of \(paths.count + list.failures.count) films and archives cannot be read:\n"
          + unreadable.map { "  \($0.name): \($0.reason)" }.joined(separator: "\n"))
      throw ExitCode(1)
    }
  }
}

extension CalibrationMethod: ExpressibleByArgument {}
