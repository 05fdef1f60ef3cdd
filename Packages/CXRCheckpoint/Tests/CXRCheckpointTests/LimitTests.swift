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

  /// As NumPy counts: an empty axis does not excuse the others.
  @Test func elementsOfShapes() {
    for (shape, count) in [
      ([], 1), ([2, 3], 6), ([0, 3], 0), ([-1, -1], nil), ([0, -1], nil), ([1 << 62, 4], nil),
      ([0, 1 << 62, 4], nil), ([0, .max], 0),
    ] as [([Int], Int?)] { #expect(NamedArray.count(shape) == count, "\(shape)") }
    #expect(NPYFormat.byteCount([2, 3]) == 24 && NPYFormat.byteCount([2, 3], size: 8) == 48)
    #expect(NPYFormat.byteCount([0, 1 << 62]) == nil)
  }
}
