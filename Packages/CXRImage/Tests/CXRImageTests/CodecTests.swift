import CXRTestSupport
import Foundation
import Testing

@testable import CXRImage

@Suite struct CodecTests {
  private let film = GreyFilm(
    height: 33, width: 21,
    pixels: (0..<33 * 21).map { (i: Int) -> UInt8 in UInt8(truncatingIfNeeded: (i * 37) ^ (i / 21))
    })

  @Test func pngComesBackExactly() throws {
    for level in [1, 9] {
      #expect(try GreyFilm(encoded: film.pngData(compression: level)) == film)
    }
  }

  @Test func jpegComesBackClosely() throws {
    let smooth = GreyFilm(
      height: 40, width: 48,
      pixels: (0..<40 * 48).map { (i: Int) -> UInt8 in UInt8(60 + i / 48 + i % 48) })
    let back = try GreyFilm(encoded: smooth.jpegData(quality: 95))
    let worst = zip(back.pixels, smooth.pixels).map { abs(Int($0) - Int($1)) }.max()
    #expect(back.height == 40 && back.width == 48 && (worst ?? 255) <= 4)
  }

  @Test func goesByContentNotByName() throws {
    let folder = try TemporaryFolder()
    #expect(try GreyFilm(path: folder.write(film.pngData(), to: "film.jpg")) == film)
  }

  @Test func refusesBeforeTakingMemory() throws {
    let bytes = try film.pngData()
    #expect(throws: ImageError.tooLarge(path: "f", width: 21, height: 33, limit: 100)) {
      try GreyFilm(encoded: bytes, path: "f", options: DecodingOptions(maximumPixels: 100))
    }
    try #require(bytes.count > 33)
    var huge = bytes
    // 2,000,000 columns in the header, its checksum left wrong on purpose.
    huge.replaceSubrange(16..<20, with: [0, 0x1E, 0x84, 0x80])
    #expect(throws: ImageError.self) { try GreyFilm(encoded: huge) }
  }

  @Test func namesTheReason() throws {
    #expect(throws: ImageError.empty(path: "f")) { try GreyFilm(encoded: [], path: "f") }
    #expect(throws: ImageError.unknownFormat(path: "f", found: "GIF")) {
      try GreyFilm(encoded: Array("GIF89a....".utf8), path: "f")
    }
    #expect(throws: ImageError.unreadable(path: "/no/such/film", reason: "no such file")) {
      try GreyFilm(path: "/no/such/film")
    }
    let cut = Array(try film.pngData().dropLast(20))
    do {
      _ = try GreyFilm(encoded: cut, path: "f")
      Issue.record("a cut file was accepted")
    } catch let error as ImageError {
      #expect(error.description.contains("the file ends early"), "\(error)")
    }
  }

  /// The place that an error names is where the decoder was, in optimised builds too.
  @Test func namesThePlace() throws {
    for (bytes, name) in [(try film.pngData(), "PNG"), (try film.jpegData(), "JPEG")] {
      for part in [2, 3] {
        let cut = Array(bytes[..<(bytes.count * part / 4)])
        do {
          // libpng itself: the fast way of PNG takes only whole files.
          _ = try GreyFilm(
            encoded: cut, format: FileFormat(cut), path: "f", options: DecodingOptions())
          Issue.record("a cut file was accepted")
        } catch ImageError.undecodable(_, let format, let offset, _, _) {
          #expect(format == name)
          #expect(try #require(offset) > 20 && offset ?? 0 <= cut.count, "\(name) \(part)")
        }
      }
    }
    // Within the pixels: a wrong checksum of the chunk that holds them.
    var damaged = try film.pngData()
    try #require(damaged.count > 40)
    damaged[damaged.count - 20] ^= 0xFF
    do {
      _ = try GreyFilm(encoded: damaged, path: "f")
      Issue.record("a damaged file was accepted")
    } catch ImageError.undecodable(_, _, let offset, _, _) {
      #expect(try #require(offset) > damaged.count - 40)
    }
  }

  @Test func refusesLevelsThatAreNone() {
    for quality in [-1, 0, 101, 1000] {
      #expect(throws: ImageError.self) { try film.jpegData(quality: quality) }
    }
    for compression in [-1, 0, 10, 77] {
      #expect(throws: ImageError.self) { try film.pngData(compression: compression) }
    }
    let picture = ColourPicture(height: 1, width: 1, pixels: [1, 2, 3])
    #expect(throws: ImageError.self) { try picture.jpegData(quality: 1000) }
    #expect(throws: ImageError.self) { try picture.pngData(compression: 77) }
  }

  /// A film of 12 bits in a PNG file of 16, by hand: nothing of ours writes one.
  private func deepPNG(_ levels: [UInt16], width: Int) -> [UInt8] {
    WrittenPNG.bytes(
      width: width, height: levels.count / width, depth: 16, samples: levels.map { Int($0) })
  }

  @Test func twelveOfSixteenBits() throws {
    let levels = (0..<600).map { UInt16($0 * 7 % 4096) }
    let bytes = deepPNG(levels, width: 30)
    #expect(GreyFilm.usedBits(bytes) == 12)
    #expect(try GreyFilm(encoded: bytes).pixels == levels.map { UInt8($0 >> 8) })
    let options = DecodingOptions(pngBits: 12)
    #expect(try GreyFilm(encoded: bytes, options: options).pixels == levels.map { UInt8($0 >> 4) })
    let full = DecodingOptions(depth: .full, pngBits: 12)
    #expect(try GreyFilm(encoded: bytes, options: full).fineLevels == levels.map { $0 << 4 })
    do {
      _ = try GreyFilm(encoded: bytes, options: DecodingOptions(pngBits: 10))
      Issue.record("a film of more bits was accepted")
    } catch let error as ImageError {
      #expect(error.reason.contains("12 of 16 bits, and is read as a film of 10"), "\(error)")
      #expect(error.remedy == DecodingRemedy(option: "pngBits", value: "12"))
    }
    #expect(GreyFilm.usedBits(try film.pngData()) == nil)
  }

  /// An EXIF block that says how to show the film, put into a JPEG or a PNG.
  private func oriented(_ value: Int, png: Bool, bigEndian: Bool) throws -> [UInt8] {
    let order: [UInt8] =
      bigEndian
      ? [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(value), 0, 0]
      : [
        0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, UInt8(value), 0, 0, 0,
      ]
    if !png {
      let block = Array("Exif\0\0".utf8) + order
      let bytes = try film.jpegData(quality: 95)
      try #require(bytes.count > 2)
      return Array(bytes[..<2]) + [0xFF, 0xE1, 0, UInt8(block.count + 2)] + block + bytes[2...]
    }
    let bytes = try film.pngData()
    try #require(bytes.count > 33)
    return bytes[..<33] + WrittenPNG.chunk("eXIf", order) + bytes[33...]
  }

  @Test(arguments: [true, false]) func exifOrientation(isBigEndian: Bool) throws {
    let (h, w) = (film.height, film.width)
    // From the definition: where the first row and the first column of what is stored are seen.
    let shown: [Int: (Int, Int) -> (Int, Int)] = [
      1: { ($0, $1) }, 2: { ($0, w - 1 - $1) }, 3: { (h - 1 - $0, w - 1 - $1) },
      4: { (h - 1 - $0, $1) }, 5: { ($1, $0) }, 6: { ($1, h - 1 - $0) },
      7: { (w - 1 - $1, h - 1 - $0) }, 8: { (w - 1 - $1, $0) },
    ]
    for (value, place) in shown {
      let png = try oriented(value, png: true, bigEndian: isBigEndian)
      #expect(FilmHeader(png)?.orientation.rawValue == value)
      #expect(try GreyFilm(encoded: png) == film)
      let turned = try GreyFilm(encoded: png, options: DecodingOptions(appliesOrientation: true))
      try #require(turned.height == (value < 5 ? h : w) && turned.width == (value < 5 ? w : h))
      for y in 0..<h {
        for x in 0..<w {
          let (row, column) = place(y, x)
          if turned.pixels[row * turned.width + column] != film.pixels[y * w + x] {
            Issue.record("orientation \(value): \(y), \(x)")
            return
          }
        }
      }
      let jpeg = try oriented(value, png: false, bigEndian: isBigEndian)
      #expect(FilmHeader(jpeg)?.orientation.rawValue == value)
      let asStored = try GreyFilm(encoded: jpeg)
      #expect(asStored == (try GreyFilm(encoded: film.jpegData(quality: 95))))
      let jpegTurned = try GreyFilm(
        encoded: jpeg, options: DecodingOptions(appliesOrientation: true))
      #expect(jpegTurned.height == turned.height)
    }
    #expect(FilmHeader(try oriented(9, png: true, bigEndian: isBigEndian))?.orientation == .upright)
  }

  /// Every prefix and many flipped bytes: an answer or an error, never a crash.
  @Test func survivesDamage() throws {
    for bytes in [try film.pngData(), try film.jpegData()] {
      for count in 0..<bytes.count { _ = try? GreyFilm(encoded: Array(bytes[..<count])) }
      for position in bytes.indices {
        for flip: UInt8 in [0x01, 0x80, 0xFF] {
          var damaged = bytes
          damaged[position] ^= flip
          _ = try? GreyFilm(
            encoded: damaged, options: DecodingOptions(maximumPixels: 1 << 20))
        }
      }
    }
  }
}
