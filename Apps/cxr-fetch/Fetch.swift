import CXRFiles
import ArgumentParser
import CXRCommandLine
import CXRFetch
import CXRTraining

@main
struct Fetch: Program {
  static let configuration = CommandConfiguration(
    commandName: "cxr-fetch",
    abstract: "Fetches archives of films, goes on where it broke off, and checks their sums.",
    discussion: """
      The set nih is NIH ChestX-ray14: twelve archives, 45.1 GB. Another set is a CSV with the columns \
      file, url, bytes and md5. A file that is not whole yet ends with .part; run the same command again \
      after whatever stopped it. The archives need no unpacking: the other programs read them as they are.

      NIH gives its label files to a browser only, on \(FetchCatalogue.labelsPage); hand on what you \
      saved there by --labels-from. It is known by what is in it, and kept beside the archives.

      Example:
        cxr-fetch nih --output NIH --labels-from Downloads/Data_Entry_2017_v2020.csv
      """,
    version: LibraryVersion.current)

  @Argument(
    help: ArgumentHelp("nih, or a catalogue: a CSV file.", valueName: "set"), completion: .file())
  var set: String
  @Option(
    help: "The folder to fetch into; what it holds and is whole is not fetched again.",
    completion: .directory)
  var output: String
  @Option(
    help: ArgumentHelp(
      "Which files of the set, by number from 1 on, as 1,3-4. (default: all)", valueName: "numbers")
  )
  var parts: String?
  @Option(
    help: ArgumentHelp(
      "One of NIH's label files, lists or boxes, as a path or an address; repeat for others.",
      valueName: "file|url"), completion: .file())
  var labelsFrom: [String] = []
  @Option(help: "How many files are fetched at a time, 1 to 16.")
  var connections = Fetcher.Options().connections
  @Option(
    help: ArgumentHelp(
      "After how long without a byte a connection is made anew.", valueName: "seconds"))
  var stall = Fetcher.Options().stall
  @OptionGroup var common: CommonOptions

  private static let mostConnections = 16
  private static let longestStall = 86_400.0

  func validate() throws {
    guard (1...Self.mostConnections).contains(connections) else {
      throw ValidationError(
        "--connections \(connections): a number from 1 to \(Self.mostConnections) is needed")
    }
    guard stall > 0, stall <= Self.longestStall else {
      throw ValidationError(
        "--stall \(stall): a number of seconds above 0 and up to \(Int(Self.longestStall)) is needed"
      )
    }
    _ = try selection()
  }

  private func selection() throws -> PartSelection? {
    do {
      return try parts.map { try PartSelection($0) }
    } catch let error as PartSelectionError {
      throw ValidationError("--parts: \(error)")
    }
  }

  private func catalogue() throws -> FetchCatalogue {
    let all = try set == FetchCatalogue.nih.name ? FetchCatalogue.nih : FetchCatalogue(csv: set)
    guard let selection = try selection() else { return all }
    do {
      return try all.selecting(selection)
    } catch let error as PartSelectionError {
      throw ValidationError("--parts: \(error)")
    }
  }

  func work() throws {
    let catalogue = try catalogue()
    let folder = try FetchFolder(output)
    try Interruption.graceful {
      try saveLabels(to: folder)
      try fetch(catalogue, into: folder)
    }
    tellNext(folder)
  }

  private func saveLabels(to folder: FetchFolder) throws {
    let labels = LabelFetch(into: folder, stall: stall)
    for source in labelsFrom {
      let kind = try labels.save(
        source, shouldStop: { Interruption.isRequested }, report: { Console.note("\($0)") })
      guard let kind, !Interruption.isRequested else { throw stopped() }
      Console.note("\(kind.name): \(kind.description)")
    }
  }

  private func fetch(_ catalogue: FetchCatalogue, into folder: FetchFolder) throws {
    var options = Fetcher.Options()
    (options.connections, options.stall) = (connections, stall)
    let megabyte = 1_000_000
    let (checking, fetching) = (
      CXRCommandLine.Progress("MB checked"), CXRCommandLine.Progress("MB")
    )
    let outcome = try Fetcher(catalogue, into: folder, options: options).run(
      shouldStop: { Interruption.isRequested },
      progress: { progress in
        switch progress {
        case .checking(let done, let all): checking.update(done / megabyte, of: all / megabyte)
        case .fetching(let done, let all): fetching.update(done / megabyte, of: all / megabyte)
        }
      },
      report: { event in
        if case .failed = event { Console.fail("\(event)") } else { Console.note("\(event)") }
      })
    if outcome.isStopped { throw stopped() }
    let (all, failed) = (catalogue.entries.count, outcome.failures.count)
    guard failed == 0 else {
      Console.fail(
        "\(failed) of \(all) files \(failed == 1 ? "is" : "are") missing: "
          + outcome.failures.map(\.file).joined(separator: ", ")
          + "; once what is said above is mended, run the same command again, which fetches what is missing alone"
      )
      throw ExitCode.failure
    }
    Console.result("\(all) file\(all == 1 ? "" : "s") in \(folder.path), whole and as published")
  }

  private func stopped() -> ExitCode {
    Console.note("stopped; what has come is kept: run the same command again to go on")
    return ExitCode(Interruption.exitCode)
  }
}
