import CXRImage
import CXRTestSupport
import Foundation
import Testing

/// Films of every kind, whole and damaged: TensorFlow's grey levels, or a typed error.
@Suite struct TortureTests {
  @Test func everyFilmIsReadOrRefusedAsTensorFlowDoes() throws {
    let arrays = try Fixture.arrays("torture")
    var (taken, refused) = (0, 0)
    for (key, file) in arrays where key.hasPrefix("file/") {
      let name = String(key.dropFirst("file/".count))
      let bytes = file.scalars == [-1] ? [] : file.scalars.map { UInt8($0) }
      let film: GreyFilm?
      do {
        film = try GreyFilm(encoded: bytes, path: name)
      } catch is ImageError {
        film = nil
      }
      guard let expected = arrays["pixels/\(name)"] else {
        refused += 1
        #expect(film == nil, "\(name) is refused by TensorFlow")
        continue
      }
      taken += 1
      let shape = film.map { [$0.height, $0.width] }
      #expect(shape == expected.shape, "\(name)")
      let same = film?.pixels.map(Float.init) == expected.scalars
      #expect(same, "\(name)")
      // A film of 16 bits read in full has the same upper bits, but for the rounding of colours.
      let full = try GreyFilm(encoded: bytes, path: name, options: DecodingOptions(depth: .full))
      let close = zip(full.pixels, expected.scalars).allSatisfy { abs(Float($0) - $1) <= 1 }
      #expect(close, "\(name)")
    }
    #expect(taken > 150 && refused > 150)
  }

  @Test func fullDepthKeepsAllBits() throws {
    let film = try GreyFilm(
      encoded: Fixture.bytes("grey16.png"), options: DecodingOptions(depth: .full))
    let levels = try #require(film.fineLevels)
    let upper = try GreyFilm(encoded: Fixture.bytes("grey16.png"))
    #expect(upper.fineLevels == nil && upper.pixels == film.pixels)
    #expect(levels.map { UInt8($0 >> 8) } == upper.pixels)
    #expect(Set(levels.map { $0 & 0xFF }).count > 100)
    let same = film.resized(height: film.height, width: film.width)
    #expect(same.values == levels.map { Float($0) / 256 })
    // Eight bits as sixteen: the same film, to the last bit.
    let grey = try GreyFilm(encoded: Fixture.bytes("grey8.png"))
    let deep = GreyFilm(
      height: grey.height, width: grey.width, fineLevels: grey.pixels.map { UInt16($0) << 8 })
    for method in ResizeMethod.allCases {
      #expect(
        deep.resized(height: 17, width: 23, method: method)
          == grey.resized(height: 17, width: 23, method: method))
    }
  }

  @Test func largeFilmsAndLargeClaims() throws {
    let (height, width) = (3000, 4000)
    let film = GreyFilm(
      height: height, width: width,
      pixels: (0..<height * width).map { (i: Int) -> UInt8 in
        let (y, x) = (i / width, i % width)
        return UInt8(truncatingIfNeeded: y / 12 + x / 20 + i * 7919 % 5)
      })
    let back = try GreyFilm(encoded: film.pngData(compression: 1)) == film
    #expect(back)
    let jpeg = try GreyFilm(encoded: film.jpegData(quality: 95))
    let worst = zip(jpeg.pixels, film.pixels).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
    // The levels run over from 255 to 0 along lines, which JPEG blurs; elsewhere it is close.
    #expect(jpeg.height == height && jpeg.width == width && worst > 0)

    // A header of two thousand million pixels over a few bytes: refused before memory is taken.
    var claim = try Fixture.bytes("grey8.png")
    claim.replaceSubrange(16..<24, with: [0, 0, 0xAF, 0xC8, 0, 0, 0xAF, 0xC8])
    claim.replaceSubrange(29..<33, with: WrittenPNG.checksum(Array(claim[12..<29])))
    #expect(
      throws: ImageError.tooLarge(
        path: "film", width: 45_000, height: 45_000, limit: 100_000_000)
    ) { try GreyFilm(encoded: claim) }
  }
}
