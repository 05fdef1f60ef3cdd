import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ranks that are threads of this process: what a division among processes comes to, without any.
///
/// ```swift
/// let shares = BatchShares(images: 8, count: 4)
/// let sums = LocalRanks.run(2) { ranks in
///   shares.divided(among: ranks)?.sum { [Double($0)] }
/// }
/// print(sums)     // both [6]
/// ```
public final class LocalRanks: Ranks {
  public let rank: Int
  public let count: Int
  /// Bytes under way, by sender and receiver.
  private let boxes: [Box]

  private init(rank: Int, count: Int, boxes: [Box]) {
    (self.rank, self.count, self.boxes) = (rank, count, boxes)
  }

  /// Messages from one rank to another that have not been taken, by their number.
  private final class Box: Sendable {
    private struct Content {
      var waiting: [Int: [UInt8]] = [:]
      var (sent, asked) = (0, 0)
    }

    private let content = Mutex(Content())

    func put(_ bytes: [UInt8]) {
      content.withLock {
        $0.waiting[$0.sent] = bytes
        $0.sent += 1
      }
    }

    /// The number of the next message that nobody has asked for.
    func ask() -> Int {
      content.withLock { content in
        defer { content.asked += 1 }
        return content.asked
      }
    }

    func take(_ number: Int) -> [UInt8] {
      while true {
        if let bytes = content.withLock({ $0.waiting.removeValue(forKey: number) }) { return bytes }
        sched_yield()
      }
    }
  }

  private final class LocalTransfer: Transfer {
    private let incoming: [(message: IncomingMessage, box: Box, number: Int)]

    init(_ incoming: [(message: IncomingMessage, box: Box, number: Int)]) {
      self.incoming = incoming
    }

    func finish() {
      for (message, box, number) in incoming {
        let bytes = box.take(number)
        precondition(
          bytes.count == message.bytes.count,
          "LocalRanks: \(bytes.count) bytes came from rank \(message.rank), for which there is room for \(message.bytes.count)"
        )
        message.bytes.copyBytes(from: bytes)
      }
    }
  }

  public func begin(
    _ outgoing: [OutgoingMessage], _ incoming: [IncomingMessage]
  ) -> any Transfer {
    for message in outgoing { boxes[rank * count + message.rank].put(Array(message.bytes)) }
    return LocalTransfer(
      incoming.map {
        let box = boxes[$0.rank * count + rank]
        return ($0, box, box.ask())
      })
  }

  /// A process without others.
  public static let alone = LocalRanks(rank: 0, count: 1, boxes: [Box()])

  /// Runs `body` once a rank, side by side, and returns what each gives.
  public static func run<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (any Ranks) -> Result
  ) -> [Result] {
    precondition(count > 0, "LocalRanks: \(count) ranks")
    let boxes = (0..<count * count).map { _ in Box() }
    let results = Mutex([Result?](repeating: nil, count: count))
    let threads = (0..<count).map { rank in
      RankThread {
        let result = body(LocalRanks(rank: rank, count: count, boxes: boxes))
        results.withLock { $0[rank] = result }
      }
    }
    for thread in threads { thread.join() }
    // Each thread has filled its place.
    return results.withLock { $0.compactMap { $0 } }
  }
}

/// A thread that runs a function.
private struct RankThread {
  private let thread: pthread_t

  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  init(_ body: @escaping @Sendable () -> Void) {
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    var settings = pthread_attr_t()
    pthread_attr_init(&settings)
    // As on Linux: Darwin gives 512 KiB.
    pthread_attr_setstacksize(&settings, 8 << 20)
    let work = Unmanaged.passRetained(Work(body)).toOpaque()
    let failure = pthread_create(
      &thread, &settings,
      { argument in
        #if canImport(Darwin)
          let work = argument
        #else
          guard let work = argument else { return nil }
        #endif
        Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body()
        return nil
      }, work)
    pthread_attr_destroy(&settings)
    precondition(failure == 0, "LocalRanks: the system starts no thread (\(failure))")
    #if canImport(Darwin)
      guard let thread else { preconditionFailure("LocalRanks: no thread") }
    #endif
    self.thread = thread
  }

  func join() { pthread_join(thread, nil) }
}
