import ArgumentParser
import CXRData
import CXRFiles
import CXRFilms

/// What names mean that a label file and a folder of films do not spell alike.
public struct NameOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A finding's name in the files and what it is taken for, as \"Pleural Effusion=Effusion\"; repeat for others.",
      valueName: "from=to"))
  public var rename: [Rename] = []
  @Option(
    help: ArgumentHelp(
      "Leading folders of films' names that --images does not have, as CheXpert-v1.0-small.",
      valueName: "folders"))
  public var dropFolders: String?
  @Flag(help: "Take x.jpg, x.PNG or a DICOM file x for the film x.png of the label file.")
  public var ignoreExtensions = false

  public init() {}

  public func validate() throws {
    var seen: Set<String> = []
    if let twice = rename.first(where: { !seen.insert($0.from).inserted }) {
      throw ValidationError("--rename: \(twice.from) is renamed twice; rename each name once")
    }
  }

  /// What each name is taken for.
  public var renames: [String: String] {
    Dictionary(rename.map { ($0.from, $0.to) }, uniquingKeysWith: { first, _ in first })
  }

  /// Applies the choices.
  public func apply(to options: inout FilmCollection.Options) {
    options.renames = renames
    options.filmNames = FilmNameRule(
      droppedFolders: dropFolders ?? "", ignoresExtensions: ignoreExtensions)
  }

  /// Each option with its value, for `run.json`.
  public var commandLine: [(String, JSONValue)] {
    [
      ("rename", .strings(rename.map(\.argument))), ("drop-folders", .string(orNull: dropFolders)),
      ("ignore-extensions", .bool(ignoreExtensions)),
    ]
  }
}

/// A name and what it is taken for.
public struct Rename: ExpressibleByArgument {
  /// The name in the files.
  public let from: String
  /// What it is taken for.
  public let to: String
  /// `from=to`.
  public var argument: String { "\(from)=\(to)" }

  public init?(argument: String) {
    let names = argument.split(separator: "=", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    // With a second sign it is not certain which one parts the names.
    guard names.count == 2, !names.contains("") else { return nil }
    (from, to) = (names[0], names[1])
  }
}
