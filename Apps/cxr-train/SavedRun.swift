import ArgumentParser
import CXRTraining
import Foundation

/// The options that a run began with, from its `run.json`, as arguments.
struct SavedRun {
  /// One a value, `--name=value`, so that no value is taken for an option.
  let arguments: [String]

  private enum Value: Decodable {
    case none
    case flag(Bool)
    case text(String)
    case list([String])

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if value.decodeNil() {
        self = .none
      } else if let flag = try? value.decode(Bool.self) {
        self = .flag(flag)
      } else if let list = try? value.decode([String].self) {
        self = .list(list)
      } else if let number = try? value.decode(UInt64.self) {
        self = .text("\(number)")
      } else if let number = try? value.decode(Double.self) {
        self = .text("\(number)")
      } else {
        self = .text(try value.decode(String.self))
      }
    }
  }

  private struct Document: Decodable { let options: [String: Value] }

  /// Reads the file; `nil` where there is none.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - known: the names of options that may be in it.
  ///   - repeated: those of them that are given once a value.
  /// - Throws: ``TrainingError/unusableCheckpoint(path:reason:)``.
  init?(path: String, known: Set<String>, repeated: Set<String>) throws {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    func unusable(_ reason: String) -> TrainingError {
      .unusableCheckpoint(
        path: path,
        reason: reason + "; restore the file, or give all options of the run with --resume")
    }
    guard let data = FileManager.default.contents(atPath: path), data.count < 16 << 20,
      let document = try? JSONDecoder().decode(Document.self, from: data)
    else { throw unusable("cannot be read as the record of a run") }
    let strangers = document.options.keys.filter { !known.contains($0) }.sorted()
    guard strangers.isEmpty else {
      throw unusable("names no options of this program: \(strangers.joined(separator: ", "))")
    }
    var options = document.options
    // A run of a version that knew no collections.
    if options["collection"] == nil { options["collection"] = .text("generic") }
    arguments = options.sorted { $0.key < $1.key }.flatMap { name, value -> [String] in
      switch value {
      case .none, .flag(false): []
      case .flag(true): ["--\(name)"]
      case .text(let text): ["--\(name)=\(text)"]
      case .list(let values) where repeated.contains(name): values.map { "--\(name)=\($0)" }
      case .list(let names): names.isEmpty ? [] : ["--\(name)=\(names.joined(separator: ","))"]
      }
    }
  }
}

/// What of a command line tells that a run goes on, and which.
struct ResumeRequest: ParsableArguments {
  @Flag var resume = false
  @Option var output: String?
  @Argument(parsing: .allUnrecognized) var others: [String] = []
}
