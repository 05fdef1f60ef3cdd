import CXRTestSupport
import Foundation
import Testing

@testable import CXRImage

/// What the pages promise of films, by hand and at its bounds.
@Suite struct FilmReadingTests {
  /// A PNG of one row, as it lies in the file.
  private func png(_ row: [UInt8], width: Int, bits: Int, colour: UInt8) -> [UInt8] {
    WrittenPNG.bytes(width: width, depth: bits, colour: colour, rows: [[0] + row])
  }

  /// The reference is what nothing is said of: accurate JPEG, as stored, CR and DX by their window.
  @Test func whatIsNotSaidIsTheReferences() {
    let options = DecodingOptions()
    #expect(options.jpegTransform == .islow && options.depth == nil && options.pngBits == 16)
    #expect(!options.appliesOrientation && options.dicomRange == .window)
    #expect(options.dicomModalities == [.computedRadiography, .digitalRadiography])
    #expect(options.maximumPixels == 100_000_000)
    // ±36° and 0.8…1.2.
    #expect(Augmentation() == Augmentation(rotation: 36.0 / 360, zoom: 0.2))
  }

  /// (9797·R + 19234·G + 3737·B) / 2¹⁵, cut, not rounded; alpha dropped.
  @Test func colourBecomesGreyByFifteenBitsCut() throws {
    func level(_ i: Int, _ step: Int) -> UInt8 { UInt8(i * step % 256) }
    let colours: [[UInt8]] = (0..<60).map { [level($0, 37), level($0, 101), level($0, 13)] }
    let weights = [9797, 19_234, 3737]
    let sums = colours.map { colour in
      zip(weights, colour).reduce(0) { $0 + $1.0 * Int($1.1) }
    }
    // Rounded, half of them would be others.
    try #require(sums.count { $0 % 32_768 >= 16_384 } > 15)
    let expected = sums.map { UInt8($0 >> 15) }
    let plain = png(colours.flatMap { $0 }, width: 60, bits: 8, colour: 2)
    #expect(try GreyFilm(encoded: plain).pixels == expected)
    let clear = colours.enumerated().flatMap { $1 + [UInt8($0)] }
    #expect(
      try GreyFilm(encoded: png(clear, width: 60, bits: 8, colour: 6)).pixels == expected)
  }

  /// A film of as many pixels as are allowed is taken, whatever its format, and of one more not.
  @Test func asManyPixelsAsAreAllowed() throws {
    let film = GreyFilm(height: 3, width: 5, pixels: (0..<15).map { UInt8($0 * 9) })
    for bytes in [
      try film.pngData(), try film.jpegData(),
      png([UInt8](repeating: 3, count: 30), width: 15, bits: 16, colour: 0),
    ] {
      let taken = try GreyFilm(encoded: bytes, options: DecodingOptions(maximumPixels: 15))
      #expect(taken.pixels.count == 15)
      #expect(throws: ImageError.self) {
        try GreyFilm(encoded: bytes, options: DecodingOptions(maximumPixels: 14))
      }
    }
    let error = ImageError.tooLarge(path: "f", width: 5, height: 3, limit: 14)
    #expect(error.description == "f: 5 × 3 pixels are over the limit of 14")
  }

  /// What differs by 2 levels is grey to the eye; alpha has no colour.
  @Test func colourIsWhatDiffersByMoreThanTwoLevels() throws {
    let row: [UInt8] = [
      10, 10, 10, 0, 10, 11, 12, 255, 10, 13, 12, 7, 90, 40, 60, 200, 7, 7, 8, 0,
    ]
    let found = try #require(ColourDifference(png(row, width: 5, bits: 8, colour: 6)))
    #expect(found.largest == 50 && found.share == 0.4)
    // By whichever colours: blue over red, green least.
    let other = try #require(
      ColourDifference(png([40, 20, 60, 60, 20, 40], width: 2, bits: 8, colour: 2)))
    #expect(other.largest == 40 && other.share == 1)
  }

  /// Counter-clockwise as seen; a zoom over 1 shows more, and beyond the border the film is mirrored.
  @Test func turnsAndZoomsByHand() {
    let plane = FilmPlane(height: 3, width: 3, values: (0..<9).map(Float.init))
    func expect(_ found: FilmPlane, _ values: [Float]) {
      #expect(zip(found.values, values).allSatisfy { abs($0 - $1) < 1e-4 }, "\(found.values)")
    }
    // Rows 0 1 2, 3 4 5, 6 7 8: the right column becomes the upper row.
    expect(plane.rotated(degrees: 90), [2, 5, 8, 1, 4, 7, 0, 3, 6])
    expect(plane.rotated(degrees: -90), [6, 3, 0, 7, 4, 1, 8, 5, 2])
    // Columns −2, 1 and 4 are 1, 1 and 1 mirrored; −1, 1 and 3 are 0, 1 and 2.
    expect(plane.zoomed(factor: 3), [Float](repeating: 4, count: 9))
    expect(plane.zoomed(factor: 2), plane.values)
    expect(plane.zoomed(factor: 0.5), [2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6])
  }

  /// A rotation followed by a zoom, each sampled: not the other way round, and not at once.
  @Test func aRotationComesBeforeAZoom() {
    struct Fixed: RandomNumberGenerator {
      var draws: [UInt64]
      mutating func next() -> UInt64 { draws.isEmpty ? 1 << 63 : draws.removeFirst() }
    }
    let plane = FilmPlane(
      height: 13, width: 9, values: (0..<117).map { Float(($0 * 37) % 101) })
    // Three quarters of the range are a half: 18° and 1.1.
    var random = Fixed(draws: [3 << 62, 3 << 62])
    let found = Augmentation()(plane, using: &random)
    let expected = plane.rotated(degrees: 18).zoomed(factor: 1.1)
    let turned = plane.zoomed(factor: 1.1).rotated(degrees: 18)
    func distance(_ other: FilmPlane) -> Float {
      zip(found.values, other.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
    #expect(distance(expected) < 1e-2 && distance(turned) > 1, "\(distance(expected))")
  }

  /// Whole levels are the nearest ones, and what lies beyond black and white is these.
  @Test func wholeLevelsAreTheNearest() throws {
    #expect(
      GreyFilm(FilmPlane(height: 1, width: 5, values: [-3, 0.4, 17.5, 254.6, 300])).pixels
        == [0, 0, 18, 255, 255])
    let values: [Float] = [0, 0.4, 0.6, 17.49, 254.6, 255]
    let plane = FilmPlane(height: 2, width: 3, values: values)
    for (storage, expected) in [
      (PixelStorage.uint8, [0, 0, 1, 17, 255, 255] as [Float]),
      (.fixed16, [0, 102, 154, 4477, 65_178, 65_280].map { $0 / 256 }), (.float32, values),
    ] {
      let stored = storage.stored(plane)
      #expect(stored.count == 6 * [.uint8: 1, .fixed16: 2, .float32: 4][storage, default: 0])
      let back = stored.withUnsafeBytes { storage.film($0, height: 2, width: 3) }
      #expect(back.height == 2 && back.width == 3)
      #expect(zip(back.values, expected).allSatisfy { $0 == $1 }, "\(storage) \(back.values)")
      // As a network sees them: less the mean, in deviations.
      let seen = [Float](unsafeUninitializedCapacity: 6) { buffer, count in
        if let base = buffer.baseAddress {
          stored.withUnsafeBytes { storage.standardise($0, mean: 100, deviation: 4, to: base) }
        }
        count = 6
      }
      #expect(zip(seen, back.values).allSatisfy { abs($0 - ($1 - 100) / 4) < 1e-4 })
      let moments = stored.withUnsafeBytes { storage.moments($0) }
      let mean = back.values.reduce(0.0) { $0 + Double($1) } / 6
      let squares = back.values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      #expect(moments.count == 6 && abs(moments.mean - mean) < 1e-6)
      #expect(abs(moments.squaredDeviations / squares - 1) < 1e-6)
    }
  }

  /// Films are of one content where size and pixels are the same.
  @Test func contentIsSizeAndPixels() {
    let pixels = (0..<12).map { UInt8($0 * 3) }
    let content = FilmContent(GreyFilm(height: 3, width: 4, pixels: pixels))
    #expect(content == FilmContent(GreyFilm(height: 3, width: 4, pixels: pixels)))
    #expect(content != FilmContent(GreyFilm(height: 4, width: 3, pixels: pixels)))
    #expect(content.height == 3 && content.width == 4)
    for place in pixels.indices {
      var other = pixels
      other[place] ^= 1
      #expect(content != FilmContent(GreyFilm(height: 3, width: 4, pixels: other)))
    }
    // Of a deeper film all bits tell.
    let fine = FilmContent(GreyFilm(height: 1, width: 2, fineLevels: [256, 512]))
    #expect(fine != FilmContent(GreyFilm(height: 1, width: 2, fineLevels: [256, 513])))
  }

  /// The first bytes tell; what begins as another format and is DICOM behind that is DICOM.
  @Test func theFirstBytesTellTheFormat() {
    let magic: [(String, [UInt8])] = [
      ("GIF", Array("GIF87a".utf8)), ("BMP", Array("BM1234".utf8)),
      ("WebP", Array("RIFF1234WEBP".utf8)), ("TIFF", [0x49, 0x49, 0x2A, 0]),
      ("TIFF", [0x4D, 0x4D, 0, 0x2A]), ("an unknown format", Array("RIFF1234WAVE".utf8)),
    ]
    for (name, bytes) in magic {
      #expect(FileFormat(bytes) == .other(name))
      #expect(
        throws: ImageError.unknownFormat(path: "f", found: name), "\(name)",
        performing: { try GreyFilm(encoded: bytes, path: "f") })
    }
    let beginnings: [[UInt8]] = [
      [], [0x49, 0x49, 0x2A, 0], [0xFF, 0xD8, 0xFF, 0xE0], Array("BM1234".utf8),
    ]
    for beginning in beginnings {
      let preamble = beginning + [UInt8](repeating: 0, count: 128 - beginning.count)
      #expect(FilmHeader.isDICOM(preamble + Array("DICM".utf8) + [2, 0, 0, 0]))
      #expect(!FilmHeader.isDICOM(preamble + Array("DICO".utf8) + [2, 0, 0, 0]))
    }
  }

  @Test func foldersAndOthersAreNoFilms() {
    let folder = NSTemporaryDirectory()
    #expect(throws: ImageError.unreadable(path: folder, reason: "it is a folder")) {
      try filmBytes(path: folder)
    }
    #expect(throws: ImageError.unreadable(path: "/dev/null", reason: "it is no ordinary file")) {
      try filmBytes(path: "/dev/null")
    }
  }

  /// The byte is said where it is known.
  @Test func damageIsSaidWithItsByte() {
    func text(_ offset: Int?) -> String {
      ImageError.undecodable(path: "a.png", format: "PNG", offset: offset, reason: "cut")
        .description
    }
    #expect(text(40) == "a.png: PNG cannot be decoded at byte 40: cut")
    #expect(text(nil) == "a.png: PNG cannot be decoded: cut")
  }
}
