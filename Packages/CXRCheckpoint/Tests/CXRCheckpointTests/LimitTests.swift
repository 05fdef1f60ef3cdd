import Testing

@testable import CXRCheckpoint

/// What a file may unpack to, before memory is taken.
@Suite struct LimitTests {
  /// Sixteen times its size, or 32 MiB where that is more, and never more than in all.
  @Test func sixteenTimesOr32MiB() {
    let mebibyte = 1 << 20
    let limits = Checkpoint.Limits(totalBytes: 1 << 30, expansion: 16)
    for (size, bytes) in [
      (0, 32 * mebibyte), (2 * mebibyte - 1, 32 * mebibyte), (2 * mebibyte, 32 * mebibyte),
      (3 * mebibyte, 48 * mebibyte), (64 * mebibyte, 1024 * mebibyte),
      (65 * mebibyte, 1024 * mebibyte), (.max, 1024 * mebibyte),
    ] { #expect(limits.bytes(inFileOf: size) == bytes, "\(size)") }
    // As much in all as is said, where the file's size sets no bound.
    #expect(Checkpoint.Limits(totalBytes: 5).bytes(inFileOf: 1) == 5)
    #expect(Checkpoint.Limits().bytes(inFileOf: 1) == 2 << 30)
    #expect(Checkpoint.Limits().members == 65_535)
  }
}
