import Foundation
import Synchronization

/// The MD5 sum of a file that still grows, made on a thread of its own.
///
/// It reads what was written from the page cache, so that the thread that receives only writes, and what lay there
/// before is hashed while the rest comes.
final class MD5Follower: Sendable {
  private static let bufferBytes = 256 << 10
  /// How long it rests where nothing new has come, in microseconds: twice as long each time.
  private static let restMicroseconds: ClosedRange<UInt32> = 1000...32_000

  private let isCancelled = Atomic<Bool>(false)
  private let hashed = Atomic<Int>(0)
  private let result = Mutex<Result<String, FetchFault>?>(nil)
  private let ended = DispatchSemaphore(value: 0)

  /// Begins.
  ///
  /// - Parameters:
  ///   - descriptor: the file, open to be read until the sum is made or ``cancel()`` returns.
  ///   - path: of the file, for messages.
  ///   - size: how many bytes are hashed.
  ///   - reached: up to where the file is written.
  init(
    descriptor: Int32, path: String, size: Int, reached: @escaping @Sendable () -> Int
  ) {
    let thread = Thread { [self] in
      let outcome = Result { () throws(FetchFault) in
        try follow(descriptor, path: path, size: size, reached: reached)
      }
      result.withLock { $0 = outcome.map { $0 ?? "" } }
      ended.signal()
    }
    thread.name = "md5"
    thread.start()
  }

  /// How many bytes are hashed.
  var progress: Int { hashed.load(ordering: .relaxed) }

  /// Waits for the sum; `nil` where it should stop before.
  /// - Throws: ``FetchFault``.
  func sum(shouldStop: () -> Bool) throws(FetchFault) -> String? {
    while ended.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
      if shouldStop() {
        cancel()
        return nil
      }
    }
    ended.signal()
    guard let outcome = result.withLock({ $0 }) else { return nil }
    let sum = try outcome.get()
    return sum.isEmpty ? nil : sum
  }

  /// Ends it, and returns when it reads no more.
  func cancel() {
    isCancelled.store(true, ordering: .relaxed)
    ended.wait()
    ended.signal()
  }

  private func follow(
    _ descriptor: Int32, path: String, size: Int, reached: () -> Int
  ) throws(FetchFault) -> String? {
    var md5 = try MD5()
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Self.bufferBytes, alignment: 4096)
    defer { buffer.deallocate() }
    var (place, rest) = (0, Self.restMicroseconds.lowerBound)
    while place < size {
      if isCancelled.load(ordering: .relaxed) { return nil }
      let count = min(reached(), size) - place
      guard count > 0 else {
        usleep(rest)
        rest = min(rest * 2, Self.restMicroseconds.upperBound)
        continue
      }
      rest = Self.restMicroseconds.lowerBound
      let got = pread(descriptor, buffer.baseAddress, min(count, buffer.count), off_t(place))
      if got < 0, errno == EINTR { continue }
      guard got > 0 else {
        throw .storage(
          path: path, reason: got < 0 ? String(cString: strerror(errno)) : "it became shorter")
      }
      try md5.add(UnsafeRawBufferPointer(rebasing: buffer[..<got]))
      place += got
      hashed.store(place, ordering: .relaxed)
    }
    return try md5.sum()
  }
}
