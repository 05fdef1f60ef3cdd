import Foundation
import Logging
import Synchronization

/// What a program tells a person: results on standard output, everything else on standard error, through the
/// log.
public enum Console {
  /// Whether standard error is a terminal.
  public static let isTerminal = isatty(2) == 1

  /// The program's log; its handler is ``ConsoleLogHandler``.
  static let log = Logger(label: CommandLine.arguments.first ?? "") { _ in ConsoleLogHandler() }

  private static let openLine = Mutex(false)

  /// How much of what is said is written.
  enum Voice: Sendable {
    /// All of it.
    case all
    /// What is at least as grave, behind a name; no results and no progress.
    case only(Logger.Level, name: String)
  }

  private static let chosenVoice = Mutex(Voice.all)
  static var voice: Voice {
    get { chosenVoice.withLock { $0 } }
    set { chosenVoice.withLock { $0 = newValue } }
  }

  /// Says something that a person may want to know; `facts` are for programs that read the log.
  public static func note(_ text: String, _ facts: Logger.Metadata = [:]) {
    log.info("\(text)", metadata: facts)
  }

  /// Says what only someone who looks for a fault wants to know.
  public static func debug(
    _ text: @autoclosure () -> String, _ facts: @autoclosure () -> Logger.Metadata
  ) {
    log.debug("\(text())", metadata: facts())
  }

  /// Warns.
  public static func warn(_ text: String) { log.warning("\(text)") }

  /// Says why the work failed.
  public static func fail(_ text: String) { log.error("\(text)") }

  /// Writes a line to standard output.
  public static func result(_ text: String) {
    guard case .all = voice else { return }
    openLine.withLock { isOpen in
      if isOpen { write("\r\u{1B}[K", to: 2) }
      isOpen = false
      fflush(nil)
      write(PlainText.printable(text) + "\n", to: 1)
    }
  }

  /// Writes rows to standard output in columns, the first to the left, the others to the right.
  public static func table(header: [String], rows: [[String]]) {
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    for row in [header] + rows {
      let cells = row.indices.map { i in
        let space = String(repeating: " ", count: widths[i] - row[i].count)
        return i == 0 ? row[i] + space : space + row[i]
      }
      result(cells.joined(separator: "  "))
    }
  }

  /// Writes a line of the log to standard error.
  static func logLine(_ text: String) {
    openLine.withLock { isOpen in
      write((isOpen ? "\r\u{1B}[K" : "") + text + "\n", to: 2)
      isOpen = false
    }
  }

  /// Whether there is a line to show progress on.
  static var showsProgress: Bool {
    guard case .all = voice else { return false }
    return isTerminal && LogOptions.format == .text && log.logLevel <= .info
  }

  /// Replaces the progress line of a terminal; without a terminal nothing is written.
  static func showProgress(_ text: String) {
    guard showsProgress else { return }
    openLine.withLock { isOpen in
      write("\r\u{1B}[K" + text, to: 2)
      isOpen = true
    }
  }

  /// Writes all of it, or what can be: a reader that is gone is no reason to stop.
  private static func write(_ text: String, to file: Int32) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        Foundation.write(file, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      written += count
    }
  }
}
