import CXRFiles
import Foundation
import Testing

@Suite struct AtomicFileTests {
  @Test(arguments: [
    ("best.npz.123.tmp", true), ("a.1.tmp", true), ("a.tmp", false), ("1.tmp", false),
    ("a.b.tmp", false), ("best.npz.123", false), ("best.npz.123.tmp.gz", false),
  ])
  func namesOfHalfWrittenFiles(name: String, isTemporary: Bool) {
    #expect(AtomicFile.isTemporary(name) == isTemporary)
  }

  /// Part after part, and an earlier file stays where it does not come to an end.
  @Test func partsMakeAFile() throws {
    struct Stopped: Error {}
    let folder = FileManager.default.temporaryDirectory.path + "/\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/file"
    try AtomicFile.write(to: path) { append in
      for part in [[1, 2], [], [3]] as [[UInt8]] { try append(part) }
    }
    #expect(FileManager.default.contents(atPath: path) == Data([1, 2, 3]))
    #expect(throws: Stopped.self) {
      try AtomicFile.write(to: path) { append in
        try append([9])
        throw Stopped()
      }
    }
    #expect(FileManager.default.contents(atPath: path) == Data([1, 2, 3]))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
  }
}
