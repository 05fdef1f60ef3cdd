import CXRImage
import Testing

/// Rotation and zoom against Keras's layers for given angles and factors, bit for bit.
@Suite struct AugmentationTests {
  @Test func rotatesAndZoomsToTheSameBits() throws {
    let arrays = try Fixture.arrays("augmentation")
    var compared = 0
    for (key, expected) in arrays where !key.hasSuffix("input") {
      let parts = key.split(separator: "/").map(String.init)
      let input = try #require(arrays["\(parts[0])/input"])
      let film = FilmPlane(
        height: input.shape[0], width: input.shape[1], values: Array(input.scalars))
      let amount = try #require(Float(parts[2]))
      let result =
        parts[1] == "rotated" ? film.rotated(degrees: amount) : film.zoomed(factor: amount)
      #expect(bits(result.values) == bits(expected.scalars), "\(key)")
      compared += 1
    }
    #expect(compared == 22)
  }
}
