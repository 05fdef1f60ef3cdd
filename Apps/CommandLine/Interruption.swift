import Foundation
import Synchronization

/// Ctrl-C, SIGTERM and a closed terminal.
///
/// A program stops at once, with 128 + the signal's number; its files are whole, as each is written beside and
/// renamed. Work that can do better asks ``isRequested`` between its steps while it is ``graceful(_:)``: the first
/// signal then only asks, a second one, half a second later, stops at once.
public enum Interruption {
  /// The signal that asks to stop; 0 where none came.
  private static let requested = Atomic<Int32>(0)
  private static let isGraceful = Atomic<Bool>(false)
  /// When it came, in milliseconds of the clock that never goes back.
  private static let askedAt = Atomic<Int>(0)
  /// Sooner a signal is taken for the same one: some programs send it to the process and to its group.
  private static let repeatMilliseconds = 500

  /// Whether the work should come to its end.
  public static var isRequested: Bool { requested.load(ordering: .relaxed) != 0 }

  /// The exit code of a program that was asked to stop.
  public static var exitCode: Int32 { 128 + requested.load(ordering: .relaxed) }

  /// Runs work that asks ``isRequested`` itself.
  public static func graceful<Result>(_ work: () throws -> Result) rethrows -> Result {
    isGraceful.store(true, ordering: .relaxed)
    defer { isGraceful.store(false, ordering: .relaxed) }
    return try work()
  }

  /// Takes the signals over; one that is ignored, as under nohup, stays so.
  static func install() {
    // Both are made before a signal can come: the handler may do no more than read and write them.
    _ = (
      requested.load(ordering: .relaxed), isGraceful.load(ordering: .relaxed),
      askedAt.load(ordering: .relaxed), repeatMilliseconds
    )
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      var action = sigaction()
      guard sigaction(signal, nil, &action) == 0 else { continue }
      guard !isIgnored(action) else { continue }
      Foundation.signal(signal) { number in Interruption.handle(number) }
    }
  }

  private static func handle(_ number: Int32) {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let now = Int(time.tv_sec) * 1000 + Int(time.tv_nsec) / 1_000_000
    let isFirst = requested.compareExchange(
      expected: 0, desired: number, ordering: .relaxed
    ).exchanged
    if isFirst { askedAt.store(now, ordering: .relaxed) }
    if isGraceful.load(ordering: .relaxed) {
      let isRepeated = now - askedAt.load(ordering: .relaxed) < repeatMilliseconds
      if isFirst || isRepeated || number == SIGHUP { return }
    }
    _exit(128 + number)
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    #if os(Linux)
      let handler = action.__sigaction_handler.sa_handler
    #else
      let handler = action.__sigaction_u.__sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
