import Foundation

/// How often and after what pauses a transfer is tried again.
struct Patience {
  /// Attempts without a new byte after which a file is given up.
  static let attempts = 5
  /// The most seconds that a server may ask for.
  private static let longestWish = 120

  /// Attempts that failed since something new came.
  private(set) var failures = 0

  /// Something new has come.
  mutating func renew() { failures = 0 }

  /// Counts a failure.
  ///
  /// - Parameter wish: how many seconds the server asks to wait.
  /// - Returns: seconds to wait: 1, 2, 4, 8, or what the server wishes; `nil`: given up.
  mutating func fail(wish: Int? = nil) -> Int? {
    failures += 1
    guard failures < Self.attempts else { return nil }
    return max(1 << (failures - 1), min(wish ?? 0, Self.longestWish))
  }

  /// Waits.
  /// - Returns: `false` where it should stop.
  static func wait(_ seconds: Int, shouldStop: () -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      if shouldStop() { return false }
      usleep(50_000)
    }
    return !shouldStop()
  }
}
