import CXRFilms
import CXRFiles
import ArgumentParser
import CXRData
import CXRTraining
import Foundation

/// How the label file is read, and whose films it lists.
public struct CollectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How the label file is read: \(CollectionDescription.builtIn.map(\.name).joined(separator: ", ")), or a TOML file that describes it; generic for NIH's and CheXpert's columns alone. (default: what its header tells)",
      valueName: "name|file"), completion: .file())
  public var collection: String?
  @Option(
    help: ArgumentHelp(
      "A table of films and their patients (Image Index, Patient ID), where the label file has none.",
      valueName: "file"), completion: .file())
  public var patients: String?
  @Flag(
    help:
      "Take each film for a patient of its own, where nothing says whose films they are; every page will say so."
  )
  public var eachFilmAPatient = false

  public init() {}

  public func validate() throws {
    try collection.map(Self.check)
    guard patients == nil || !eachFilmAPatient else {
      throw ValidationError(
        "--patients and --each-film-a-patient: one or the other says whose films they are")
    }
  }

  /// Checks that a collection or a file is called so.
  /// - Throws: `ValidationError`.
  public static func check(_ collection: String) throws {
    let names = CollectionDescription.builtIn.map(\.name) + [generic]
    guard !names.contains(collection), !FileManager.default.fileExists(atPath: collection) else {
      return
    }
    throw ValidationError(
      "--collection \(collection): no collection and no file is called so"
        + (LabelSet.nearest(to: collection, among: names).map { "; did you mean \($0)?" }
          ?? "; there are \(names.joined(separator: ", "))"))
  }

  /// What reads as NIH's or CheXpert's, whatever the header is.
  private static let generic = "generic"

  /// What was chosen.
  public struct Choice {
    /// As the option would name it.
    public let name: String
    /// `nil` of `generic`.
    public let description: CollectionDescription?

    /// Names a choice.
    public init(name: String, description: CollectionDescription?) {
      (self.name, self.description) = (name, description)
    }
  }

  /// The collection that is asked for, or that the header tells, which is said.
  ///
  /// - Parameter labelFile: its path.
  /// - Throws: ``TOMLFileError``, `DataError`, `ValidationError`.
  public func choice(labelFile: String) throws -> Choice {
    if let named = try named(labelFile: labelFile) { return named }
    guard let found = CollectionDescription.recognised(labelFile: labelFile) else {
      if let likely = CollectionDescription.resembled(labelFile: labelFile) {
        Console.note(
          "\(labelFile): the header has all columns of \(likely), and others; --collection \(likely) reads it as that"
        )
      }
      return Choice(name: Self.generic, description: nil)
    }
    Console.note(
      "\(labelFile): the header is that of \(found.name), as by --collection \(found.name)")
    return Choice(name: found.name, description: found)
  }

  /// The collection that is asked for; `nil` where none is.
  public func named(labelFile: String) throws -> Choice? {
    try collection.map { try Self.named($0, labelFile: labelFile) }
  }

  /// The collection that a name or a file describes.
  ///
  /// - Parameters:
  ///   - collection: a name or a file.
  ///   - labelFile: which tells the shape, where a name stands for several.
  public static func named(_ collection: String, labelFile: String) throws -> Choice {
    if collection == generic { return Choice(name: collection, description: nil) }
    if let found = CollectionDescription.named(collection, labelFile: labelFile) {
      return Choice(name: collection, description: found)
    }
    return Choice(
      name: absolutePath(collection),
      description: try CollectionFile.read(collection, labelFile: labelFile))
  }

  /// Whose films they are.
  public var source: PatientSource {
    if eachFilmAPatient { return .eachFilm }
    return patients.map { .table(path: $0) } ?? .labelFile
  }

  /// Each option with its value, for `run.json`.
  public func commandLine(_ choice: Choice) -> [(String, JSONValue)] {
    [
      ("collection", .string(choice.name)),
      ("patients", .string(orNull: patients.map(absolutePath))),
      ("each-film-a-patient", .bool(eachFilmAPatient)),
    ]
  }
}

/// A map between a checkpoint's labels and those of the label file.
public func labelMap(_ path: String) throws -> LabelMap {
  LabelMap(path: path, names: try LabelMapFile.read(path))
}

/// A path that means the same from any folder.
public func absolutePath(_ path: String) -> String {
  path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
}
