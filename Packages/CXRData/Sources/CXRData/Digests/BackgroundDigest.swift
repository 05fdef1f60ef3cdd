import Dispatch
import Synchronization

/// The SHA-256 of bytes, computed beside other work: of a file of NIH's size it takes as long as a quarter of
/// its reading.
final class BackgroundDigest: Sendable {
  private let group = DispatchGroup()
  private let result = Mutex("")

  /// Begins.
  init(_ bytes: [UInt8]) {
    DispatchQueue.global().async(group: group) { [self] in
      let digest = SHA256.hexDigest(of: bytes)
      result.withLock { $0 = digest }
    }
  }

  /// Waits for the digest, in hexadecimal.
  func hexDigest() -> String {
    group.wait()
    return result.withLock { $0 }
  }
}
