import ArgumentParser
import CXRData
import CXRFiles
import CXRFilms
import Foundation

/// The official split's lists.
public struct ListOptions: ParsableArguments {
  @Option(
    help: "NIH's train_val_list.txt, for the official split; needs --test-list.",
    completion: .file())
  public var trainList: String?
  @Option(
    help: "NIH's test_list.txt, for the official split; needs --train-list.", completion: .file())
  public var testList: String?
  @Option(
    help:
      "A list of validation films beside these two. (default: an eighth of the training list's patients)",
    completion: .file())
  public var validationList: String?
  @Flag(help: "Go on without films of these lists that the label file does not have.")
  public var allowUnknownFilms = false

  public init() {}

  public func validate() throws {
    guard validationList == nil || trainList != nil else {
      throw ValidationError("--validation-list goes with --train-list and --test-list")
    }
    guard !allowUnknownFilms || trainList != nil else {
      throw ValidationError("--allow-unknown-films is of lists; give --train-list and --test-list")
    }
    guard (trainList == nil) == (testList == nil) else {
      throw ValidationError("--train-list and --test-list go together; give both or neither")
    }
  }

  /// Both paths, or neither.
  public var lists: (train: String, test: String)? {
    if let trainList, let testList { (trainList, testList) } else { nil }
  }

  /// Applies the choices.
  public func apply(to options: inout FilmCollection.Options) {
    options.lists = lists
    options.validationList = validationList
    options.allowsUnknownFilms = allowUnknownFilms
  }

  /// Each option with its value, for `run.json`.
  public var commandLine: [(String, JSONValue)] {
    [
      ("train-list", .string(orNull: trainList.map(absolutePath))),
      ("test-list", .string(orNull: testList.map(absolutePath))),
      ("validation-list", .string(orNull: validationList.map(absolutePath))),
      ("allow-unknown-films", .bool(allowUnknownFilms)),
    ]
  }
}

/// Which findings, and which patients go where.
public struct LabelOptions: ParsableArguments {
  @Option(
    help:
      "Findings, separated by commas, each once, in output order. (default: the collection's, or NIH's fourteen)"
  )
  public var labels: NameList?
  @Option(
    help: ArgumentHelp(
      "What an uncertain finding (-1 in a file with a column a label) counts as: zeros (absent), ones (present) or ignore (left out of loss, weights and metrics)."
    ))
  public var uncertain: UncertainPolicy = .ignore
  @Option(help: "Seed of the patient split, as scikit-learn's random_state: 0 to 4294967295.")
  public var splitSeed: UInt32 = 0

  public init() {}

  public func validate() throws { try labels?.validate("--labels") }
}
