/// Processes that work on one batch together, each on shares of its own, and what carries messages between them.
///
/// All do the same in the same order, so that messages need no names: those from one rank to another arrive in the order in which
/// they were sent. What cannot be carried, because a rank is gone or does not answer, ends the job; nothing here throws.
public protocol Ranks: AnyObject, Sendable {
  /// Of this process, from 0.
  var rank: Int { get }
  /// Of all processes.
  var count: Int { get }
  /// Begins to send and to receive. Memory must not change, nor be looked at, before what is returned has finished.
  func begin(_ outgoing: [OutgoingMessage], _ incoming: [IncomingMessage]) -> any Transfer
  /// Returns when every rank is here, however long that takes: one may wait for what is none of the others'.
  func waitForAll()
}

/// Messages of this rank that are on their way.
public protocol Transfer: AnyObject {
  /// Returns when all of them are done; asked once.
  func finish()
}

/// Bytes for another rank.
public struct OutgoingMessage {
  /// To whom.
  public let rank: Int
  /// What.
  public let bytes: UnsafeRawBufferPointer

  /// Names both.
  public init(to rank: Int, _ bytes: UnsafeRawBufferPointer) {
    (self.rank, self.bytes) = (rank, bytes)
  }
}

/// Room for another rank's bytes, of as many as it sends.
public struct IncomingMessage {
  /// From whom.
  public let rank: Int
  /// Where to.
  public let bytes: UnsafeMutableRawBufferPointer

  /// Names both.
  public init(from rank: Int, _ bytes: UnsafeMutableRawBufferPointer) {
    (self.rank, self.bytes) = (rank, bytes)
  }
}

extension Ranks {
  /// Sends and receives, and returns when all messages of this rank are done.
  public func exchange(_ outgoing: [OutgoingMessage], _ incoming: [IncomingMessage]) {
    begin(outgoing, incoming).finish()
  }

  /// Every one of the first ranks' bytes, in their order; `sizes` has how many each has. Other ranks must not call it.
  public func gathered(_ own: [UInt8], sizes: [Int]) -> [[UInt8]] {
    precondition(
      rank < sizes.count && own.count == sizes[rank],
      "Ranks: \(own.count) bytes of rank \(rank) are not what \(sizes) says")
    let others = sizes.indices.filter { $0 != rank }
    let total = others.reduce(0) { $0 + sizes[$1] }
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, total), alignment: 16)
    defer { room.deallocate() }
    var places: [Int: UnsafeMutableRawBufferPointer] = [:]
    var first = 0
    for other in others {
      places[other] = UnsafeMutableRawBufferPointer(rebasing: room[first..<first + sizes[other]])
      first += sizes[other]
    }
    own.withUnsafeBytes { own in
      exchange(
        own.isEmpty ? [] : others.map { OutgoingMessage(to: $0, own) },
        others.compactMap { other in
          places[other].flatMap { $0.isEmpty ? nil : IncomingMessage(from: other, $0) }
        })
    }
    return sizes.indices.map { $0 == rank ? own : places[$0].map { Array($0) } ?? [] }
  }

  /// What rank 0 says, on every rank.
  public func broadcast(_ bytes: @autoclosure () throws -> [UInt8]) rethrows -> [UInt8] {
    guard count > 1 else { return try bytes() }
    if rank == 0 {
      let bytes = try bytes()
      let size = [UInt64(bytes.count).littleEndian]
      size.withUnsafeBytes { size in
        bytes.withUnsafeBytes { bytes in
          exchange(
            (1..<count).flatMap { rank in
              [OutgoingMessage(to: rank, size)]
                + (bytes.isEmpty ? [] : [OutgoingMessage(to: rank, bytes)])
            }, [])
        }
      }
      return bytes
    }
    var size = [UInt64(0)]
    size.withUnsafeMutableBytes { exchange([], [IncomingMessage(from: 0, $0)]) }
    var bytes = [UInt8](repeating: 0, count: Int(UInt64(littleEndian: size[0])))
    if !bytes.isEmpty {
      bytes.withUnsafeMutableBytes { exchange([], [IncomingMessage(from: 0, $0)]) }
    }
    return bytes
  }

  /// What each rank says, of any length, on every rank.
  public func gathered(_ own: [UInt8]) -> [[UInt8]] {
    guard count > 1 else { return [own] }
    let size = withUnsafeBytes(of: UInt64(own.count).littleEndian) { Array($0) }
    let sizes = gathered(size, sizes: [Int](repeating: 8, count: count)).map {
      $0.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    return gathered(own, sizes: sizes)
  }

  /// Whether each rank says yes, by rank; all must ask.
  public func answers(_ says: Bool) -> [Bool] {
    gathered([says ? 1 : 0], sizes: [Int](repeating: 1, count: count)).map { $0 == [1] }
  }

  /// Whether any rank says yes; all must ask.
  public func any(_ says: Bool) -> Bool { answers(says).contains(true) }

  /// Returns when every rank is here.
  public func barrier() { _ = any(false) }

  /// As ``barrier()``, where ranks are patient.
  public func waitForAll() { barrier() }
}
