import CCluster
import CXRParallel
import Foundation

/// Carries messages by MPI, and ends the job where another rank does not answer.
struct MessageCarrier {
  let rank: Int
  let patience: Double
  /// Empty before they are known.
  let hosts: [String]

  func exchange(_ outgoing: [OutgoingMessage], _ incoming: [IncomingMessage]) {
    let sent = outgoing.map {
      // MPI's older headers know no constant bytes; these are not written to.
      cxr_message(
        rank: Int32($0.rank), bytes: UnsafeMutableRawPointer(mutating: $0.bytes.baseAddress),
        size: $0.bytes.count)
    }
    let received = incoming.map {
      cxr_message(rank: Int32($0.rank), bytes: $0.bytes.baseAddress, size: $0.bytes.count)
    }
    var late = Int32(0)
    var reason = [CChar](repeating: 0, count: 512)
    switch cxr_cluster_exchange(
      sent, sent.count, received, received.count, patience, &late, &reason, reason.count)
    {
    case 0: return
    case 1:
      end(
        "rank \(late)\(place(Int(late))) has not answered for \(Int(patience)) seconds; look there for what holds it up, and "
          + "go on from what was written last (CXR_PATIENCE sets the seconds)")
    default:
      let words = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      end("MPI failed: \(String(decoding: words, as: UTF8.self)); go on from what was written last")
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
      exchange(
        others.map { OutgoingMessage(to: $0, padded) },
        others.map {
          IncomingMessage(
            from: $0,
            UnsafeMutableRawBufferPointer(rebasing: memory[$0 * size..<($0 + 1) * size]))
        })
    }
    for other in others { rooms[other] = Array(memory[other * size..<(other + 1) * size]) }
    rooms[rank] = padded
    return rooms.map { Array($0.prefix { $0 != 0 }) }
  }

  private func place(_ rank: Int) -> String {
    hosts.indices.contains(rank) ? " on \(hosts[rank])" : ""
  }

  /// Nothing that follows could be right: the sums are missing.
  private func end(_ words: String) -> Never {
    FileHandle.standardError.write(Data("error: rank \(rank)\(place(rank)): \(words)\n".utf8))
    cxr_cluster_abort(1)
    _exit(1)
  }
}
