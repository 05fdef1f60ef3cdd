import CXRTestSupport
import Foundation
import Synchronization
import Testing

@testable import CXRFetch

@Suite struct MD5Tests {
  /// RFC 1321, A.5.
  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"),
    ("a", "0cc175b9c0f1b6a831c399e269772661"),
    ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    (
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "57edf4a22be3c955ac49da2e2107b67a"
    ),
  ])
  func sumsOfTheRFC(_ text: String, _ expected: String) throws {
    var md5 = try MD5()
    for byte in text.utf8 { try withUnsafeBytes(of: byte) { try md5.add($0) } }
    #expect(try md5.sum() == expected)
  }

  @Test func followsAFileThatGrows() throws {
    let folder = try TemporaryFolder()
    let file = try PartFile(path: folder.path + "/a")
    let reached = Counter()
    let follower = MD5Follower(descriptor: file.descriptor, path: file.path, size: 6) {
      reached.value.load(ordering: .acquiring)
    }
    for (place, text) in ["ab", "c", "def"].enumerated() {
      let bytes = Array(text.utf8)
      #expect(pwrite(file.descriptor, bytes, bytes.count, [0, 2, 3][place]) == bytes.count)
      reached.value.add(bytes.count, ordering: .releasing)
      usleep(3000)
    }
    // MD5 of "abcdef".
    #expect(try follower.sum(shouldStop: { false }) == "e80b5017098950fc58aad83c8c14978e")
  }

  @Test func stopsWhileNothingComes() throws {
    let folder = try TemporaryFolder()
    let file = try PartFile(path: folder.path + "/a")
    let follower = MD5Follower(descriptor: file.descriptor, path: file.path, size: 6) { 0 }
    #expect(try follower.sum(shouldStop: { true }) == nil)
    follower.cancel()
  }

  @Test func aFileThatBecameShorterIsNamed() throws {
    let folder = try TemporaryFolder()
    let file = try PartFile(path: folder.path + "/a")
    let follower = MD5Follower(descriptor: file.descriptor, path: file.path, size: 6) { 6 }
    #expect(throws: FetchFault.storage(path: file.path, reason: "it became shorter")) {
      try follower.sum(shouldStop: { false })
    }
  }

  private final class Counter: Sendable { let value = Atomic<Int>(0) }
}
