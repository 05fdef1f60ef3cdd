import Foundation
import Synchronization

/// A count that goes on, with its rate and the time left: on a terminal a line that is replaced, elsewhere a line
/// of the log each half minute.
public final class Progress: Sendable {
  private let what: String
  private let started = ContinuousClock.now
  private let last: Mutex<ContinuousClock.Instant>

  /// Starts counting `what`.
  public init(_ what: String) {
    self.what = what
    last = Mutex(.now)
  }

  /// Shows the count, where it is time to.
  public func update(_ done: Int, of total: Int) {
    let now = ContinuousClock.now
    let isLine = Console.showsProgress
    let isDue = last.withLock { last in
      let pause: Duration = isLine ? .milliseconds(100) : .seconds(30)
      guard last.duration(to: now) >= pause || (isLine && done == total) else { return false }
      last = now
      return true
    }
    guard isDue else { return }
    let elapsed = started.duration(to: now)
    let seconds =
      Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    let rate = seconds > 0 ? Double(done) / seconds : 0
    let left = rate > 0 ? Double(total - done) / rate : 0
    let text = "\(what) \(done)/\(total) · \(rounded(rate)) a second · \(Self.clock(left)) left"
    if isLine {
      Console.showProgress(text)
    } else {
      Console.note(text, ["done": .stringConvertible(done), "total": .stringConvertible(total)])
    }
  }

  private func rounded(_ rate: Double) -> String {
    rate >= 10 ? "\(Int(rate.rounded()))" : String(format: "%.1f", rate)
  }

  /// Seconds as `m:ss` or `h:mm:ss`.
  public static func clock(_ seconds: Double) -> String {
    // Of a clock that jumped, or a rate near zero, more than anyone waits for.
    let whole = Int(min(max(seconds, 0), 3.6e8).rounded())
    let (h, m, s) = (whole / 3600, whole / 60 % 60, whole % 60)
    return h > 0 ? String(format: "%d:%02d:%02d", h, m, s) : String(format: "%d:%02d", m, s)
  }
}
