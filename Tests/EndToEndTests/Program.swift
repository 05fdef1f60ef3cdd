import CXRImage
import CXRTestSupport
import Foundation
import Testing

/// The built apps, run as a person runs them.
struct Program {
  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  /// The folder of the test bundle holds the apps too.
  static let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()

  static func run(
    _ name: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> Result {
    try run(folder.appendingPathComponent(name), arguments, environment: environment)
  }

  static func run(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> Result {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let base = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let (out, err) = (base.appendingPathExtension("out"), base.appendingPathExtension("err"))
    for file in [out, err] { try Data().write(to: file) }
    defer { for file in [out, err] { try? FileManager.default.removeItem(at: file) } }
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: try String(contentsOf: out, encoding: .utf8),
      errors: try String(contentsOf: err, encoding: .utf8))
  }
}

typealias TemporaryFolder = CXRTestSupport.TemporaryFolder

/// What a run of the tests is given.
enum Given {
  private static let environment = ProcessInfo.processInfo.environment

  /// Real films and labels, named by CXR_REAL_DATA.
  static let realData = environment["CXR_REAL_DATA"].flatMap { $0.isEmpty ? nil : $0 }
  /// A Python with scikit-learn, named by CXR_PYTHON; `make test` makes one.
  static let python = environment["CXR_PYTHON"].flatMap {
    FileManager.default.isExecutableFile(atPath: $0) ? URL(fileURLWithPath: $0) : nil
  }
  /// Whether this build has the trait `DICOM`.
  static let readsDICOM = GreyFilm.readsDICOM
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
}
