import Foundation
import Synchronization

/// Ctrl-C, SIGTERM and a closed terminal.
///
/// A program stops at once, with 128 + the signal's number; its files are whole, as each is written beside and
/// renamed. Work that can do better asks ``isRequested`` between its steps while it is ``graceful(_:)``: the first
/// signal then only asks, a second one stops at once.
public enum Interruption {
  /// The signal that asks to stop; 0 where none came.
  private static let requested = Atomic<Int32>(0)
  private static let isGraceful = Atomic<Bool>(false)

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
    _ = (requested.load(ordering: .relaxed), isGraceful.load(ordering: .relaxed))
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      var action = sigaction()
      guard sigaction(signal, nil, &action) == 0 else { continue }
      guard !isIgnored(action) else { continue }
      Foundation.signal(signal) { number in Interruption.handle(number) }
    }
  }

  private static func handle(_ number: Int32) {
    let isFirst = requested.exchange(number, ordering: .relaxed) == 0
    if isFirst, isGraceful.load(ordering: .relaxed) { return }
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
