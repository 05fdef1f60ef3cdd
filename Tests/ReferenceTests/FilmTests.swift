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

  @Test func readsHeadersOfEveryKind() throws {
    func header(_ name: String) throws -> String {
      let header = try #require(FilmHeader(Fixture.bytes(name)), "\(name)")
      return "\(header.format.rawValue) \(header.bitDepth) \(header.colour.rawValue)"
    }
    for (name, expected) in [
      ("grey1.png", "png 1 grey"), ("grey8_interlaced.png", "png 8 grey"),
      ("grey16.png", "png 16 grey"), ("grey_alpha.png", "png 8 grey with alpha"),
      ("palette.png", "png 8 palette"), ("rgb16.png", "png 16 RGB"), ("rgba.png", "png 8 RGBA"),
      ("grey.jpg", "jpeg 8 grey"), ("colour.jpg", "jpeg 8 colour (YCbCr)"),
      ("progressive.jpg", "jpeg 8 colour (YCbCr)"), ("cmyk.jpg", "jpeg 8 CMYK"),
    ] { #expect(try header(name) == expected, "\(name)") }
    for (name, isAccepted) in try Fixture.json("films", as: Verdicts.self).accepted where isAccepted
    {
      let bytes = try Fixture.bytes(name)
      let (header, film) = (try #require(FilmHeader(bytes)), try GreyFilm(encoded: bytes))
      #expect([header.height, header.width] == [film.height, film.width], "\(name)")
    }
    #expect(FilmHeader(try Fixture.bytes("text.png")) == nil)
    #expect(FilmHeader([0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0, 0]) == nil)
  }

  @Test func measuresHowFarFilmsAreFromGrey() throws {
    func difference(_ name: String) throws -> ColourDifference {
      try #require(ColourDifference(Fixture.bytes(name)), "\(name)")
    }
    #expect(try difference("grey8.png").largest == 0)
    #expect(try difference("rgba_grey_gamma.png").largest == 0)
    #expect(try difference("grey.jpg").largest == 0)
    for name in ["rgb.png", "rgba.png", "palette.png", "colour.jpg"] {
      let found = try difference(name)
      #expect(found.largest > 20 && found.share > 0.1 && found.share <= 1, "\(name): \(found)")
    }
    #expect(ColourDifference(try Fixture.bytes("cut.png")) == nil)
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
