import Testing

@testable import CXRImage

/// Greymaps against the definition: a pixel is its number's share of white.
@Suite struct PortableGreymapTests {
  private func map(_ header: String, _ pixels: [UInt8]) -> [UInt8] { Array(header.utf8) + pixels }

  private func pairs(_ levels: [Int]) -> [UInt8] {
    levels.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
  }

  @Test func bytesAreTakenAsTheyAre() throws {
    let pixels = (0..<35).map { UInt8($0 * 7) }
    for header in ["P5 7 5 255\n", "P5\n# a comment\n7\t5#another\r\n255 "] {
      let film = try GreyFilm(encoded: map(header, pixels))
      #expect(film.width == 7 && film.height == 5 && film.pixels == pixels)
      #expect(film.fineLevels == nil)
    }
    let header = try #require(FilmHeader(map("P5 7 5 255\n", pixels)))
    #expect(header.format == .pgm && header.width == 7 && header.height == 5)
    #expect(header.bitDepth == 8 && header.colour == .grey && header.orientation == .upright)
  }

  /// Shares of white in 64 bits, rounded to the nearest.
  @Test(arguments: [1, 3, 100, 254, 256, 1023, 4095, 65534, 65535])
  func levelsAreSharesOfWhite(white: Int) throws {
    let levels = (0...100).map { $0 * white / 100 }
    let bytes = white > 255 ? pairs(levels) : levels.map { UInt8($0) }
    let file = map("P5 101 1 \(white)\n", bytes)
    let (shown, full) = (
      try GreyFilm(encoded: file),
      try GreyFilm(encoded: file, options: DecodingOptions(depth: .full))
    )
    let most = white > 255 ? 65535.0 : 255
    let expected = levels.map { Int((Double($0) / Double(white) * most).rounded()) }
    guard white > 255 else {
      #expect(shown.pixels.map(Int.init) == expected && full == shown)
      return
    }
    #expect(full.fineLevels?.map(Int.init) == expected)
    #expect(shown.pixels.map(Int.init) == expected.map { $0 >> 8 } && shown.fineLevels == nil)
  }

  @Test func whatIsNotUnderstoodIsRefused() {
    let cases: [(String, [UInt8], Int, String)] = [
      (
        "P2 1 1 255\n", [7], 0,
        "its pixels are decimal digits (P2); write it as binary PGM (P5), or as PNG"
      ),
      ("P5 0 1 255\n", [], 3, "the width must be a number from 1 to 999999999"),
      ("P5 1 x 255\n", [], 5, "the height must be a number from 1 to 999999999"),
      ("P5 1 12345678901234567890 255\n", [], 5, "the height must be a number from 1 to 999999999"),
      ("P5 1 1 65536\n", [0, 0], 7, "the level of white must be a number from 1 to 65535"),
      ("P5 1 1", [], 6, "the level of white must be a number from 1 to 65535"),
      ("P5 1 1 255", [], 10, "no blank parts the header from the pixels"),
      ("P5 2 2 255\n", [1, 2, 3], 14, "it breaks off: of 4 bytes of pixels 3 are there"),
      ("P5 2 1 256\n", [0, 1, 0], 14, "it breaks off: of 4 bytes of pixels 3 are there"),
      (
        "P5 1 1 255\n", [1, 2, 3], 12, "2 bytes follow the pixels: only one picture is read"
      ),
      ("P5 2 1 100\n", [100, 101], 12, "a pixel of 101 is whiter than white, 100"),
      ("P5 1 1 256\n", [1, 1], 11, "a pixel of 257 is whiter than white, 256"),
    ]
    for (header, pixels, offset, reason) in cases {
      #expect(
        throws: ImageError.undecodable(path: "f", format: "PGM", offset: offset, reason: reason),
        "\(header)", performing: { try GreyFilm(encoded: map(header, pixels), path: "f") })
    }
    #expect(throws: ImageError.tooLarge(path: "f", width: 3, height: 2, limit: 5)) {
      try GreyFilm(
        encoded: map("P5 3 2 255\n", [UInt8](repeating: 0, count: 6)), path: "f",
        options: DecodingOptions(maximumPixels: 5))
    }
    // Of the family, but no greymap.
    for (kind, name) in [(1, "PBM"), (3, "PPM"), (4, "PBM"), (6, "PPM"), (7, "PAM")] {
      #expect(FileFormat(map("P\(kind) 1 1 255\n", [1, 2, 3])) == .other(name))
    }
    #expect(FileFormat(Array("P5x".utf8)) == .other("an unknown format"))
  }

  /// Where white is 65535 a film of fewer bits is nearly black, as in PNG, and the same option helps.
  @Test func unusedBitsAreFoundAndTakenOut() throws {
    let levels = (0..<64).map { $0 * 65 }
    let (whole, told) = (
      map("P5 64 1 65535\n", pairs(levels)), map("P5 64 1 4095\n", pairs(levels))
    )
    #expect(GreyFilm.usedBits(whole) == 12 && GreyFilm.usedBits(told) == nil)
    #expect(FilmHeader(whole)?.bitDepth == 16 && FilmHeader(told)?.bitDepth == 12)
    let dark = try GreyFilm(encoded: whole)
    #expect(dark.pixels.map(Int.init) == levels.map { $0 >> 8 })
    let taken = try GreyFilm(encoded: whole, options: DecodingOptions(pngBits: 12))
    #expect(taken.pixels.map(Int.init) == levels.map { $0 >> 4 } && taken.fineLevels == nil)
    // What a file says itself is not said again by an option.
    #expect(
      try GreyFilm(encoded: told, options: DecodingOptions(pngBits: 12))
        == GreyFilm(encoded: told))
    #expect(
      throws: ImageError.undecodable(
        path: "f", format: "PGM", offset: nil,
        reason: "it uses 12 of 16 bits, and is read as a film of 10",
        remedy: DecodingRemedy(option: "pngBits", value: "12"))
    ) { try GreyFilm(encoded: whole, path: "f", options: DecodingOptions(pngBits: 10)) }
  }

  /// Damaged files are read or refused; nothing else.
  @Test func anyBytesAreReadOrRefused() {
    var random = SystemRandomNumberGenerator()
    let whole = map("P5 # film\n12 4 4095\n", pairs((0..<48).map { $0 * 87 }))
    var refused = 0
    for _ in 0..<20_000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 2..<30, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      bytes.removeLast(Int.random(in: 0..<bytes.count - 3, using: &random))
      let options = DecodingOptions(depth: .full, maximumPixels: 1 << 20)
      if (try? GreyFilm(encoded: bytes, options: options)) == nil { refused += 1 }
    }
    #expect(refused > 10_000)
  }
}
