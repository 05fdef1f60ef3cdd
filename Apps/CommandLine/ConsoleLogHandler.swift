import CXRFiles
import CXRTraining
import Foundation
import Logging
import Synchronization

/// Writes the log to standard error: lines for a person, or a JSON object a line for a program.
struct ConsoleLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]

  /// The level is the program's, set once by its options.
  var logLevel: Logger.Level {
    get { LogOptions.level }
    set {}
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var who = ""
    if case .only(let level, let name) = Console.voice {
      guard event.level >= level else { return }
      who = name + ": "
    }
    let facts = metadata.merging(event.metadata ?? [:]) { $1 }
    switch LogOptions.format {
    case .text:
      let prefix =
        switch event.level {
        case .trace, .debug: "Debug: "
        case .info, .notice: ""
        case .warning: "Warning: "
        case .error, .critical: "Error: "
        }
      Console.logLine(PlainText.printable(prefix + who + event.message.description))
    case .json:
      let head: [(String, JSONValue)] = [
        ("time", .string(Date.now.formatted(Self.time))),
        ("level", .string(event.level.rawValue)), ("program", .string(Self.program)),
        ("message", .string(who + event.message.description)),
      ]
      let rest = facts.sorted { $0.key < $1.key }.map { ($0.key, Self.json($0.value)) }
      Console.logLine(JSONValue.object(head + rest).line)
    }
  }

  private static let program =
    CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? ""
  private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  private static func json(_ value: Logger.MetadataValue) -> JSONValue {
    switch value {
    case .string(let text): .string(text)
    case .array(let values): .array(values.map(json))
    case .dictionary(let values):
      .object(values.sorted { $0.key < $1.key }.map { ($0.key, json($0.value)) })
    case .stringConvertible(let value):
      switch value {
      case let value as Int: .integer(value)
      case let value as Double: .number(value)
      case let value as Float: .number(shortest: value)
      case let value as Bool: .bool(value)
      default: .string(value.description)
      }
    }
  }
}
