import ArgumentParser
import Logging
import Synchronization

/// How much a program says on standard error, and in what form.
public struct LogOptions: ParsableArguments {
  /// For whom the log is.
  public enum Format: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// For a person.
    case text
    /// For a program: an object a line.
    case json
  }

  @Option(
    help: ArgumentHelp(
      "How much to say on standard error: debug, info, notice, warning or error.",
      valueName: "level"))
  public var logLevel: Logger.Level = .info
  @Option(
    help: ArgumentHelp(
      "The form of what is said: text, or json, an object a line with time, level, message and facts."
    ))
  public var logFormat: Format = .text

  public init() {}

  private static let chosen = Mutex((level: Logger.Level.info, format: Format.text))
  static var level: Logger.Level { chosen.withLock { $0.level } }
  static var format: Format { chosen.withLock { $0.format } }

  /// Makes the choice the program's.
  func apply() { Self.chosen.withLock { $0 = (logLevel, logFormat) } }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
