import CXRImage
import Testing

/// Decoding and resizing against TensorFlow's `decode_jpeg` and `image.resize`, bit for bit.
@Suite struct FilmTests {
  private struct Verdicts: Decodable { let accepted: [String: Bool] }

  @Test func acceptsAndRefusesWhatTensorFlowDoes() throws {
    for (name, isAccepted) in try Fixture.json("films", as: Verdicts.self).accepted {
      let bytes = try Fixture.bytes(name)
      if isAccepted {
        _ = try GreyFilm(encoded: bytes, path: name)
      } else {
        #expect(throws: ImageError.self, "\(name)") { try GreyFilm(encoded: bytes, path: name) }
      }
    }
  }

  @Test(arguments: DecodingOptions.JPEGTransform.allCases)
  func decodesToTheSameLevels(_ transform: DecodingOptions.JPEGTransform) throws {
    let arrays = try Fixture.arrays("films")
    var compared = 0
    for (key, expected) in arrays where key.hasPrefix(transform.rawValue + "/") {
      let name = String(key.dropFirst(transform.rawValue.count + 1))
      let film = try GreyFilm(
        encoded: Fixture.bytes(name), path: name,
        options: DecodingOptions(jpegTransform: transform))
      #expect([film.height, film.width] == expected.shape, "\(name)")
      #expect(film.pixels.map(Float.init) == expected.scalars, "\(name)")
      compared += 1
    }
    #expect(compared >= (transform == .islow ? 20 : 8))
  }

  @Test func resizesBilinearlyToTheSameBits() throws {
    let arrays = try Fixture.arrays("films")
    var compared = 0
    for (key, expected) in arrays where key.hasPrefix("bilinear/") {
      let parts = key.split(separator: "/").map(String.init)
      let film = try GreyFilm(encoded: Fixture.bytes(parts[2]), path: parts[2])
      let plane = film.resized(height: expected.shape[0], width: expected.shape[1])
      #expect(bits(plane.values) == bits(expected.scalars), "\(key)")
      compared += 1
    }
    #expect(compared == 15)
  }

  @Test func resizesWithAntialiasingWithinRounding() throws {
    let arrays = try Fixture.arrays("films")
    var compared = 0
    for (key, expected) in arrays where key.hasPrefix("antialias/") {
      let parts = key.split(separator: "/").map(String.init)
      let film = try GreyFilm(encoded: Fixture.bytes(parts[2]), path: parts[2])
      let plane = film.resized(
        height: expected.shape[0], width: expected.shape[1], method: .antialias)
      let worst = zip(plane.values, expected.scalars).map { abs($0 - $1) }.max() ?? .infinity
      #expect(worst < 1e-3, "\(key): off by \(worst) grey levels")
      compared += 1
    }
    #expect(compared == 15)
  }
}
