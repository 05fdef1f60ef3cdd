import CXRFilms
import CXRFiles
import ArgumentParser
import CXRCommandLine
import CXRData
import CXRReport
import CXRTraining

@main
struct Explore: Program {
  static let configuration = CommandConfiguration(
    commandName: "cxr-explore",
    abstract: "Counts labels, splits patients, weighs classes and audits films.",
    discussion: """
      Writes explore.json, audit.csv, characteristics.csv (who is in each part), co_occurrence.csv \
      (which findings come together), pictures and report.html to the output folder. Without \
      --images only the label file is read; with it every film is decoded once, and with --cache \
      kept as cxr-train needs it. Give audit.csv to cxr-train and cxr-evaluate by --exclude.

      Example:
        cxr-explore --csv NIH/Data_Entry_2017.csv --images NIH --cache cache --output explore
      """,
    version: LibraryVersion.current)

  static let worksTogether = true

  @Option(
    help:
      "The label file: NIH's Data_Entry_2017.csv, CheXpert's train.csv, or as --collection describes it.",
    completion: .file())
  var csv: String
  @OptionGroup var collectionOptions: CollectionOptions
  @Option(
    help:
      "The folder of films, searched at any depth and in archives (.tar.gz, .zip), or an archive; archives need --cache.",
    completion: .file())
  var images: String?
  @Option(help: "The folder to write.", completion: .directory)
  var output: String
  @OptionGroup var labelOptions: LabelOptions
  @OptionGroup var names: NameOptions
  @OptionGroup var lists: ListOptions
  @Option(
    help: "Where the decoded films are kept for training. (default: nowhere)",
    completion: .directory)
  var cache: String?
  @OptionGroup var preparation: PreparationOptions
  @Flag(help: "Write into a folder that holds files; only files of this program change.")
  var force = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard cache == nil || images != nil else {
      throw ValidationError("--cache keeps films; name their folder by --images")
    }
    guard (1...4096).contains(preparation.imageSize) else {
      throw ValidationError(
        "--image-size \(preparation.imageSize): a number of pixels up to 4096 is needed")
    }
  }

  static func main() { mainTogether(Array(CommandLine.arguments.dropFirst())) }

  func work() throws {
    _ = common.start()
    let cluster = JoinedRanks.current
    // The first rank alone writes; the others decode a part of the films.
    let folder =
      try cluster.map { $0.rank == 0 } ?? true ? ResultFolder.explore(output, reusing: force) : nil
    var options = FilmCollection.Options(
      labelFile: csv, images: images, splitSeed: labelOptions.splitSeed)
    options.collection = try collectionOptions.choice(labelFile: csv).description
    options.patients = collectionOptions.source
    lists.apply(to: &options)
    names.apply(to: &options)
    options.uncertain = labelOptions.uncertain
    options.labels = labelOptions.labels?.names
    let progress = Progress("films decoded")
    let cacheFolder = try cache.map { try OutputFolder($0, reusing: true) }?.path
    let films = preparation.preparation
    func found(_ collection: FilmCollection) throws {
      collection.announce()
      try cluster?.compare(
        Exploration.facts(collection, preparation: films, cacheFolder: cacheFolder))
    }
    guard let folder else {
      defer { JoinedRanks.leave() }
      return try cluster.map {
        try Exploration.assist(
          options, cacheFolder: cacheFolder, preparation: films, ranks: $0, found: found,
          waiting: CacheOptions.announceWait)
      } ?? ()
    }
    let exploration = try Exploration(
      options, cacheFolder: cacheFolder, preparation: films, ranks: cluster, found: found,
      waiting: CacheOptions.announceWait, progress: { progress.update($0, of: $1) })
    JoinedRanks.leave()
    if let pixels = exploration.trainingPixels { announcePixels(pixels) }
    if let remark = exploration.remarkOfSizes { Console.warn(remark) }
    if let remark = exploration.remarkOfEmptyLabels { Console.warn(remark) }
    try folder.write(exploration.json, to: "explore.json")
    try folder.write(exploration.problems.auditCSV, to: "audit.csv")
    try folder.write(exploration.characteristics.csv, to: "characteristics.csv")
    try folder.write(exploration.coOccurrence.csv, to: "co_occurrence.csv")
    try writeReport(exploration, folder: folder)
    for part in exploration.parts {
      Console.result(
        "\(part.subset.rawValue): \(part.rows.count) images of \(part.patients) patients")
    }
    Console.result("with augmented copies \(exploration.augmentedTrainingCount) training images")
    for severity in [AuditProblem.Severity.error, .warning, .note] {
      let found = exploration.problems.filter { $0.severity == severity }
      guard !found.isEmpty else { continue }
      let kinds = Dictionary(grouping: found, by: \.kind).sorted { $0.key < $1.key }
      Console.result(
        "\(severity.rawValue)s: "
          + kinds.map {
            "\($0.value.filmCount) \($0.key.split(separator: "_").joined(separator: " "))"
          }
          .joined(separator: ", "))
    }
    if exploration.problems.contains(where: { $0.severity == .error }) {
      Console.result("leave out the films with errors by --exclude \(output)/audit.csv")
    }
    Console.result("report: \(output)/report.html")
  }
}
