import CCluster
import CXRParallel
import Foundation

/// Carries messages by MPI, and ends the job where another rank does not answer.
struct MessageCarrier {
  let rank: Int
  let patience: Double
  /// Empty before they are known.
  let hosts: [String]

  func begin(_ outgoing: [OutgoingMessage], _ incoming: [IncomingMessage]) -> MessagesUnderWay {
    let sent = outgoing.map {
      // MPI's older headers know no constant bytes; these are not written to.
      cxr_message(
        rank: Int32($0.rank), bytes: UnsafeMutableRawPointer(mutating: $0.bytes.baseAddress),
        size: $0.bytes.count)
    }
    let received = incoming.map {
      cxr_message(rank: Int32($0.rank), bytes: $0.bytes.baseAddress, size: $0.bytes.count)
    }
    var transfer: OpaquePointer?
    var reason = [CChar](repeating: 0, count: 512)
    guard
      cxr_cluster_begin(
        sent, sent.count, received, received.count, &transfer, &reason, reason.count) == 0,
      let transfer
    else { failed(reason) }
    return MessagesUnderWay(self, transfer)
  }

  fileprivate func finish(_ transfer: OpaquePointer) {
    var late = Int32(0)
    var reason = [CChar](repeating: 0, count: 512)
    switch cxr_cluster_finish(transfer, patience, &late, &reason, reason.count) {
    case 0: return
    case 1:
      end(
        "rank \(late)\(place(Int(late))) has not answered for \(Int(patience)) seconds; look there for what holds it up, and "
          + "go on from what was written last (CXR_PATIENCE sets the seconds)")
    default: failed(reason)
    }
  }

  /// What each rank says, of at most 255 bytes.
  func gathered(_ own: [UInt8], count: Int) -> [[UInt8]] {
    let size = 256
    let text = Array(own.prefix(size - 1))
    let padded = text + [UInt8](repeating: 0, count: size - text.count)
    var rooms = [[UInt8]](repeating: [UInt8](repeating: 0, count: size), count: count)
    let others = (0..<count).filter { $0 != rank }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count * size, alignment: 1)
    defer { memory.deallocate() }
    padded.withUnsafeBytes { padded in
      begin(
        others.map { OutgoingMessage(to: $0, padded) },
        others.map {
          IncomingMessage(
            from: $0,
            UnsafeMutableRawBufferPointer(rebasing: memory[$0 * size..<($0 + 1) * size]))
        }
      ).finish()
    }
    for other in others { rooms[other] = Array(memory[other * size..<(other + 1) * size]) }
    rooms[rank] = padded
    return rooms.map { Array($0.prefix { $0 != 0 }) }
  }

  private func place(_ rank: Int) -> String {
    hosts.indices.contains(rank) ? " on \(hosts[rank])" : ""
  }

  private func failed(_ reason: [CChar]) -> Never {
    let words = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    end("MPI failed: \(String(decoding: words, as: UTF8.self)); go on from what was written last")
  }

  /// Nothing that follows could be right: the sums are missing.
  private func end(_ words: String) -> Never {
    FileHandle.standardError.write(Data("error: rank \(rank)\(place(rank)): \(words)\n".utf8))
    cxr_cluster_abort(1)
    _exit(1)
  }
}

/// Messages that MPI carries.
final class MessagesUnderWay: Transfer {
  private let carrier: MessageCarrier
  private var transfer: OpaquePointer?

  init(_ carrier: MessageCarrier, _ transfer: OpaquePointer) {
    (self.carrier, self.transfer) = (carrier, transfer)
  }

  func finish() {
    guard let transfer else { return }
    self.transfer = nil
    carrier.finish(transfer)
  }
}
