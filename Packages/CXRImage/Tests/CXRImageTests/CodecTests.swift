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
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(
      "\(UUID().uuidString).jpg")
    try Data(film.pngData()).write(to: path)
    defer { try? FileManager.default.removeItem(at: path) }
    #expect(try GreyFilm(path: path.path) == film)
  }

  @Test func refusesBeforeTakingMemory() throws {
    let bytes = try film.pngData()
    #expect(throws: ImageError.tooLarge(path: "f", width: 21, height: 33, limit: 100)) {
      try GreyFilm(encoded: bytes, path: "f", options: DecodingOptions(maximumPixels: 100))
    }
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
