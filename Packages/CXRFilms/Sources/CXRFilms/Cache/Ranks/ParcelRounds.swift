import CXRParallel
import Foundation

/// What ranks make, each at its own speed, handed to those that take it, in rounds: while what was made is sent, more is made.
struct ParcelRounds {
  let ranks: any Ranks
  /// Whether each rank takes what others make.
  let takers: [Bool]

  /// Bytes that all ranks together have made and not yet sent.
  private static let most = 64 << 20
  /// Seconds after which a round takes what there is, so that nobody waits in vain for a rank that is slow.
  private static let longest = 5.0

  /// Makes, hands over and takes, until no rank makes any more.
  ///
  /// - Parameters:
  ///   - make: gives what it makes to `put`, from any thread; it runs beside the rest.
  ///   - take: told what another rank has made, on the thread that calls.
  /// - Throws: the first error of either; the other ranks then wait in vain.
  func run(
    make: @escaping @Sendable (_ put: @escaping @Sendable ([UInt8]) throws -> Void) throws -> Void,
    take: (_ rank: Int, _ bytes: [UInt8]) throws -> Void
  ) throws {
    let box = ParcelBox(room: max(1 << 20, Self.most / ranks.count))
    let thread = Thread { box.fill(make) }
    thread.stackSize = 8 << 20
    thread.start()
    // Nothing is made any more when this returns.
    defer { box.close() }
    var isLast = false
    while !isLast {
      let (own, isMyLast) = try box.empty(within: Self.longest)
      let heads = [UInt64(own.count), isMyLast ? 1 : 0].withUnsafeBytes { Array($0) }
      let all = ranks.gathered(heads, sizes: [Int](repeating: heads.count, count: ranks.count)).map
      {
        $0.withUnsafeBytes { head in
          (
            count: Int(head.loadUnaligned(as: UInt64.self)),
            isLast: head.loadUnaligned(fromByteOffset: 8, as: UInt64.self) == 1
          )
        }
      }
      for (rank, bytes) in exchanged(own, all.map(\.count)).enumerated() where !bytes.isEmpty {
        try take(rank, bytes)
      }
      isLast = all.allSatisfy(\.isLast)
    }
  }

  /// What others have made, by rank; nothing where this rank takes nothing.
  private func exchanged(_ own: [UInt8], _ counts: [Int]) -> [[UInt8]] {
    let others = ranks.count == 1 ? [] : counts.indices.filter { $0 != ranks.rank }
    let senders = takers[ranks.rank] ? others.filter { counts[$0] > 0 } : []
    let receivers = own.isEmpty ? [] : others.filter { takers[$0] }
    let rooms = senders.map {
      UnsafeMutableRawBufferPointer.allocate(byteCount: counts[$0], alignment: 16)
    }
    defer { for room in rooms { room.deallocate() } }
    own.withUnsafeBytes { own in
      ranks.exchange(
        receivers.map { OutgoingMessage(to: $0, own) },
        zip(senders, rooms).map { IncomingMessage(from: $0, $1) })
    }
    var found = counts.map { _ in [UInt8]() }
    for (sender, room) in zip(senders, rooms) { found[sender] = Array(room) }
    return found
  }
}
