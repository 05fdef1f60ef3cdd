import CXRFiles
import ArgumentParser
import CXRCommandLine
import CXRPhantom
import CXRTraining

@main
struct Synth: Program {
  static let configuration = CommandConfiguration(
    commandName: "cxr-synth",
    abstract: "Writes a learnable, synthetic phantom of the NIH ChestX-ray14 set.",
    discussion: """
      Radiograph-like films in images_001/images, Data_Entry_2017.csv in NIH's shape, and \
      BBox_List_2017.csv with the place of every localised sign. The same options give the same \
      bytes. No patient is shown: nothing here is medical data.

      Example:
        cxr-synth --output phantom --images 800 --patients 300 --size 512
      """,
    version: LibraryVersion.current)

  @Option(help: "The folder to write.", completion: .directory)
  var output: String
  @Option(help: "The number of films.")
  var images = 800
  @Option(help: "The number of patients.")
  var patients = 300
  @Option(help: "The side of a film, in pixels.")
  var size = 1024
  @Option(help: "How films are encoded: png or jpeg.")
  var format: PhantomSet.Format = .png
  @Option(
    help: "How many different films are drawn; the other names are links to them. (default: all)")
  var distinct: Int?
  @Option(help: "Seed of all that is drawn at random.")
  var seed: UInt64 = 0
  @Flag(help: "Write into a folder that holds files; other files stay.")
  var force = false
  @OptionGroup var common: CommonOptions

  private var options: PhantomSet.Options {
    PhantomSet.Options(
      images: images, patients: patients, size: size, format: format, distinct: distinct,
      seed: seed)
  }

  func validate() throws { try usage(options.validate) }

  func work() throws {
    _ = common.start()
    let set = try PhantomSet(options)
    let folder = try ResultFolder.synth(output, reusing: force)
    let progress = Progress("films")
    let total = images
    try set.write(to: folder.path) { progress.update($0, of: total) }
    let positive = set.entries.filter { !$0.findings.isEmpty }.count
    Console.result(
      "\(images) films of \(patients) patients in \(folder.path), \(positive) of them with findings"
    )
  }
}

extension PhantomSet.Format: ExpressibleByArgument {}
