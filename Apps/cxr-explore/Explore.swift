import ArgumentParser
import CXRCommandLine
import CXRData
import CXRReport
import CXRTraining

@main
struct Explore: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cxr-explore",
    abstract: "Counts labels, splits patients, weighs classes and looks for problems.",
    discussion: """
      Writes explore.json, audit.csv, pictures and report.html to the output folder. Without \
      --images only the label file is read.

      Example:
        cxr-explore --csv NIH/Data_Entry_2017.csv --images NIH --output explore
      """,
    version: DeviceReport.libraryVersion)

  @Option(help: "The label file, in the shape of NIH's Data_Entry_2017.csv.")
  var csv: String
  @Option(help: "The folder of films; searched at any depth.")
  var images: String?
  @Option(help: "The folder to write.")
  var output: String
  @OptionGroup var labelOptions: LabelOptions
  @OptionGroup var lists: ListOptions
  @Flag(help: "Write into a folder that holds files; only files of this program change.")
  var force = false
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    _ = threads.start()
    let folder = try OutputFolder(output, of: .explore, reusing: force)
    var options = FilmCollection.Options(
      labelFile: csv, images: images, splitSeed: labelOptions.splitSeed, lists: lists.lists)
    if let labels = labelOptions.labels { options.labels = labels.names }
    let progress = Progress("films decoded")
    let exploration = try Exploration(
      options, found: { $0.announce() }, progress: { progress.update($0, of: $1) })
    if let pixels = exploration.trainingPixels { announcePixels(pixels) }
    let empty = exploration.classWeights.filter { $0.positive == nil }.map(\.label)
    if !empty.isEmpty {
      Console.warn("no positive film in training for \(empty.joined(separator: ", "))")
    }
    try folder.write(exploration.json, to: "explore.json")
    try folder.write(exploration.auditCSV, to: "audit.csv")
    try writeReport(exploration, folder: folder)
    for part in exploration.parts {
      Console.result(
        "\(part.subset.rawValue): \(part.rows.count) images of \(part.patients) patients")
    }
    Console.result("with augmented copies \(exploration.augmentedTrainingCount) training images")
    let errors = exploration.problems.filter { $0.severity == .error }.count
    if errors > 0 { Console.result("\(errors) films cannot be used; see \(output)/audit.csv") }
    Console.result("report: \(output)/report.html")
  }
}
