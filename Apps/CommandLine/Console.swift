import Foundation
import Synchronization

/// What a program tells a person: results on standard output, everything else on standard error.
public enum Console {
  /// Whether standard error is a terminal.
  public static let isTerminal = isatty(2) == 1

  private static let openLine = Mutex(false)

  /// Writes a line to standard error.
  public static func note(_ text: String) {
    openLine.withLock { isOpen in
      write((isOpen ? "\r\u{1B}[K" : "") + text + "\n")
      isOpen = false
    }
  }

  /// Writes a warning to standard error.
  public static func warn(_ text: String) { note("Warning: " + text) }

  /// Writes a line to standard output.
  public static func result(_ text: String) {
    openLine.withLock { isOpen in
      if isOpen { write("\r\u{1B}[K") }
      isOpen = false
    }
    print(text)
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

  /// Replaces the progress line of a terminal; without a terminal nothing is written.
  static func showProgress(_ text: String) {
    guard isTerminal else { return }
    openLine.withLock { isOpen in
      write("\r\u{1B}[K" + text)
      isOpen = true
    }
  }

  private static func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}

/// A count that goes on, with its rate and the time left, on a terminal.
public final class Progress: Sendable {
  private let what: String
  private let started = ContinuousClock.now
  private let last = Mutex<ContinuousClock.Instant?>(nil)

  /// Starts counting `what`.
  public init(_ what: String) { self.what = what }

  /// Shows the count, at most ten times a second.
  public func update(_ done: Int, of total: Int) {
    let now = ContinuousClock.now
    let isDue = last.withLock { last in
      if let last, last.duration(to: now) < .milliseconds(100), done < total { return false }
      last = now
      return true
    }
    guard isDue else { return }
    let elapsed = started.duration(to: now)
    let seconds =
      Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    let rate = seconds > 0 ? Double(done) / seconds : 0
    let left = rate > 0 ? Double(total - done) / rate : 0
    Console.showProgress(
      "\(what) \(done)/\(total) · \(rounded(rate)) a second · \(Self.clock(left)) left")
  }

  private func rounded(_ rate: Double) -> String {
    rate >= 10 ? "\(Int(rate.rounded()))" : String(format: "%.1f", rate)
  }

  /// Seconds as `m:ss` or `h:mm:ss`.
  public static func clock(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    let (h, m, s) = (whole / 3600, whole / 60 % 60, whole % 60)
    return h > 0 ? String(format: "%d:%02d:%02d", h, m, s) : String(format: "%d:%02d", m, s)
  }
}
