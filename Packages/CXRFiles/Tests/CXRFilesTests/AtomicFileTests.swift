import CXRFiles
import Testing

@Suite struct AtomicFileTests {
  @Test(arguments: [
    ("best.npz.123.tmp", true), ("a.1.tmp", true), ("a.tmp", false), ("1.tmp", false),
    ("a.b.tmp", false), ("best.npz.123", false), ("best.npz.123.tmp.gz", false),
  ])
  func namesOfHalfWrittenFiles(name: String, isTemporary: Bool) {
    #expect(AtomicFile.isTemporary(name) == isTemporary)
  }
}
