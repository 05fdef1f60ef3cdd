import CXRParallel
import Synchronization

/// The first of several ranks, of which the others are nobody: each answers at once with what it was sent, or with zeros. What a rank
/// computes and sends can so be measured without others, for any number of them; sums are wrong.
final class StandInRanks: Ranks {
  let rank = 0
  let count: Int
  private let log = Mutex(Log())

  init(count: Int) { self.count = count }

  /// What a step came to: seconds of its own work between messages, and messages.
  struct Event {
    /// Since the event before ended.
    let seconds: Double
    /// Of the transfer.
    let number: Int
    /// Bytes of each message that is sent; `nil` where the transfer is waited for.
    let bytes: [Int]?
  }

  private struct Log {
    var events: [Event] = []
    var (last, number) = (ContinuousClock.now, 0)

    mutating func append(_ number: Int, _ bytes: [Int]?) {
      events.append(
        Event(seconds: last.duration(to: .now).inSeconds, number: number, bytes: bytes))
      last = .now
    }
  }

  private final class Answered: Transfer {
    private let ended: () -> Void

    init(_ ended: @escaping () -> Void) { self.ended = ended }

    func finish() { ended() }
  }

  func begin(_ outgoing: [OutgoingMessage], _ incoming: [IncomingMessage]) -> any Transfer {
    let number = log.withLock { log in
      log.append(log.number, outgoing.map(\.bytes.count))
      defer { log.number += 1 }
      return log.number
    }
    for message in incoming {
      let own = outgoing.first {
        $0.rank == message.rank && $0.bytes.count == message.bytes.count
      }
      if let own {
        message.bytes.copyMemory(from: own.bytes)
      } else {
        message.bytes.initializeMemory(as: UInt8.self, repeating: 0)
      }
    }
    // What answering took is nobody's.
    log.withLock { $0.last = .now }
    return Answered { self.log.withLock { $0.append(number, nil) } }
  }

  /// The events since the last time that this was asked, and the seconds of work after the last of them.
  func takeEvents() -> (events: [Event], rest: Double) {
    log.withLock { log in
      defer { log = Log() }
      return (log.events, log.last.duration(to: .now).inSeconds)
    }
  }
}

extension Duration {
  fileprivate var inSeconds: Double {
    Double(components.seconds) + 1e-18 * Double(components.attoseconds)
  }
}
