import Foundation
import Synchronization

/// Answers requests on this machine's own address, one after another, each by what comes next of some answers.
final class LoopbackServer: Sendable {
  /// What is sent, given the first byte that is asked for; `nil` where all is.
  typealias Answer = @Sendable (Int?) -> [UInt8]

  let port: Int
  private let listener: Int32
  private let asked = Mutex<[Int?]>([])

  /// Where each request's range began.
  var starts: [Int?] { asked.withLock { $0 } }

  init(_ answers: [Answer]) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 8) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRINUSE) }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread { [self] in
      for answer in answers {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        let start = Self.start(in: Self.head(connection))
        asked.withLock { $0.append(start) }
        let bytes = answer(start)
        _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        shutdown(connection, Int32(SHUT_WR))
        var rest: UInt8 = 0
        while recv(connection, &rest, 1, 0) > 0 {}
        close(connection)
      }
      close(listener)
    }.start()
  }

  private static func head(_ connection: Int32) -> String {
    var (text, byte): ([UInt8], UInt8) = ([], 0)
    while !text.ends(with: Array("\r\n\r\n".utf8)), recv(connection, &byte, 1, 0) == 1 {
      text.append(byte)
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func start(in head: String) -> Int? {
    guard let range = head.firstRange(of: "Range: bytes=") else { return nil }
    return Int(head[range.upperBound...].prefix { $0.isNumber })
  }

  /// A file, rightly; `until` is where it breaks off.
  static func file(_ bytes: [UInt8], until: Int? = nil) -> Answer {
    { start in
      let first = start ?? 0
      let range = "Content-Range: bytes \(first)-\(bytes.count - 1)/\(bytes.count)\r\n"
      let head =
        "HTTP/1.1 \(start == nil ? "200 OK" : "206 Partial Content")\r\n"
        + (start == nil ? "" : range) + "Content-Length: \(bytes.count - first)\r\n\r\n"
      let end = until ?? bytes.count
      return Array(head.utf8) + bytes[min(first, end)..<end]
    }
  }

  /// Bytes as they are.
  static func raw(_ text: String) -> Answer { { _ in Array(text.utf8) } }
}

extension Array where Element == UInt8 {
  fileprivate func ends(with other: [UInt8]) -> Bool {
    count >= other.count && self[(count - other.count)...].elementsEqual(other)
  }
}
