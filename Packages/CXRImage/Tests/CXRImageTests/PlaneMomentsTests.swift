import CXRTestSupport
import Testing

@testable import CXRImage

/// A plane by its moments: to what a network reads, and back to a picture.
@Suite struct PlaneMomentsTests {
  private let plane = FilmPlane(
    height: 3, width: 4, values: [0, 12.25, 255, 100, 7, 200.5, 31, 64, 128, 250, 3, 90])

  @Test func standardisedAsTheCacheDoes() {
    let moments = PixelMoments(plane)
    let own = plane.standardised(moments)
    var expected = [Float](repeating: 0, count: 12)
    plane.values.withUnsafeBytes { bytes in
      expected.withUnsafeMutableBufferPointer { target in
        guard let base = target.baseAddress else { return }
        PixelStorage.float32.standardise(
          bytes, mean: Float(moments.mean), deviation: Float(moments.standardDeviation), to: base)
      }
    }
    #expect(own.values.map(\.bitPattern) == expected.map(\.bitPattern))
    #expect(own.height == 3 && own.width == 4)
    let after = PixelMoments(own)
    #expect(abs(after.mean) < 1e-6 && abs(after.standardDeviation - 1) < 1e-6)
  }

  @Test func restoredToAPicture() throws {
    let moments = PixelMoments(plane)
    let restored = plane.standardised(moments).restored(moments)
    for (own, level) in zip(restored.values, plane.values) { #expect(abs(own - level) < 1e-4) }
    let folder = try TemporaryFolder()
    try folder.write(restored.pngData(compression: 9), to: "plane.png")
    let read = try GreyFilm(path: folder.path + "/plane.png")
    #expect(read.height == 3 && read.width == 4)
    #expect(read.pixels == [0, 12, 255, 100, 7, 201, 31, 64, 128, 250, 3, 90])
  }
}
