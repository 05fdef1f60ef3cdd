import CXRTestSupport
import Testing

@testable import CXRImage

/// The fast path for 8-bit grey PNG against libpng: the same pixels, the same files refused.
@Suite struct PlainPNGTests {
  private struct Draw: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 32) | (state & 0xFFFF_FFFF_0000_0000)
    }
  }

  private func filteredRows(height: Int, width: Int) -> [[UInt8]] {
    (0..<height).map { (y: Int) -> [UInt8] in
      [UInt8(y % 5)] + (0..<width).map { (x: Int) -> UInt8 in UInt8((x * y + y) % 251) }
    }
  }

  private func byLibPNG(_ bytes: [UInt8]) -> GreyFilm? {
    try? GreyFilm(
      encoded: bytes, format: .film(.png), path: "f",
      options: DecodingOptions(maximumPixels: 1 << 22))
  }

  private func byFastPath(_ bytes: [UInt8]) -> GreyFilm? {
    GreyFilm(plainPNG: bytes, maximumPixels: 1 << 22)
  }

  /// Whether the fast path takes the file; libpng must then see the same.
  @discardableResult
  private func expectAgreement(_ bytes: [UInt8], _ what: String) -> Bool {
    guard let taken = byFastPath(bytes) else { return false }
    let same = taken == byLibPNG(bytes)
    #expect(same, "\(what)")
    return true
  }

  @Test(arguments: [
    (1, 1), (1, 40), (15, 16), (16, 16), (17, 33), (31, 16), (32, 48), (33, 47), (200, 70),
  ])
  func everyFilterInEveryPlace(width: Int, height: Int) throws {
    var draw = Draw(state: UInt64(width * 1000 + height))
    for filters in [[0], [1], [2], [3], [4], [4, 3], [0, 1, 2, 3, 4]] as [[UInt8]] {
      for spread: UInt8 in [2, 40, 255] {
        let rows = (0..<height).map { _ -> [UInt8] in
          var row = [filters.randomElement(using: &draw) ?? 0]
          for _ in 0..<width {
            row.append(UInt8.random(in: 0...spread, using: &draw) &- spread / 2)
          }
          return row
        }
        let bytes = WrittenPNG.bytes(width: width, rows: rows, pieces: 1 + height % 3)
        let expected = try #require(byLibPNG(bytes))
        let same = byFastPath(bytes) == expected
        #expect(same, "\(width) × \(height), \(filters), \(spread)")
      }
    }
  }

  @Test func takesPlainFilesOnly() throws {
    let rows = filteredRows(height: 20, width: 24)
    let plain = WrittenPNG.bytes(
      width: 24, rows: rows, notes: [("tIME", [7, 0xE5, 1, 1, 0, 0, 0])])
    #expect(byFastPath(plain) != nil && byFastPath(plain + [1, 2, 3]) != nil)
    let others: [(String, [UInt8])] = [
      (
        "a filter that does not exist",
        WrittenPNG.bytes(width: 24, rows: rows.map { [5] + $0.dropFirst() })
      ),
      ("too few rows", WrittenPNG.bytes(width: 25, rows: rows)),
      ("too many rows", WrittenPNG.bytes(width: 23, rows: rows)),
      (
        "a chunk that is not known", WrittenPNG.bytes(width: 24, rows: rows, notes: [("abCd", [1])])
      ),
      ("no end", Array(plain.dropLast(12))), ("no data", Array(plain.prefix(52))),
      ("an empty file", []),
    ]
    for (what, bytes) in others { #expect(byFastPath(bytes) == nil, "\(what)") }
    #expect(GreyFilm(plainPNG: plain, maximumPixels: 479) == nil)
    // What is left to libpng may still be a film.
    #expect(byLibPNG(WrittenPNG.bytes(width: 24, rows: rows, notes: [("abCd", [1])])) != nil)
  }

  /// A chunk that claims two thousand million bytes is refused where it begins, before memory is taken.
  @Test(arguments: [0, 3, 4, 40]) func chunksThatLieAboutTheirSize(following: Int) throws {
    let rows = filteredRows(height: 20, width: 24)
    let lie: [UInt8] = [0x74, 0x45, 0x58, 0x74] + Array("tEXt".utf8)
    let bytes =
      WrittenPNG.bytes(width: 24, rows: rows).prefix(33) + lie
      + [UInt8](repeating: 1, count: following)
    #expect(
      throws: ImageError.undecodable(
        path: "f", format: "PNG", offset: 33, reason: "the file ends early")
    ) { try GreyFilm(encoded: Array(bytes), path: "f") }
  }

  /// Whatever the fast path takes, libpng takes too and sees the same.
  @Test func agreesOnDamagedFiles() throws {
    let rows = filteredRows(height: 33, width: 40)
    let stored = WrittenPNG.bytes(width: 40, rows: rows, pieces: 2)
    let film = try #require(byLibPNG(stored))
    for bytes in [stored, try film.pngData(compression: 9)] {
      let same = byFastPath(bytes) == film
      #expect(same)
      for position in bytes.indices {
        for flip: UInt8 in [0x01, 0x10, 0x80, 0xFF] {
          var damaged = bytes
          damaged[position] ^= flip
          expectAgreement(damaged, "byte \(position), flipped by \(flip)")
        }
        expectAgreement(Array(bytes[..<position]), "cut at \(position)")
      }
    }
  }

  /// Streams damaged within, their chunk checksums put right: inflating itself must agree.
  @Test func agreesOnDamagedStreams() throws {
    let film = GreyFilm(
      height: 40, width: 50,
      pixels: (0..<2000).map { (i: Int) -> UInt8 in
        UInt8(truncatingIfNeeded: ((i * i) >> 7) ^ (i % 9))
      })
    let bytes = try film.pngData(compression: 9)
    #expect(expectAgreement(bytes, "whole"))
    let start = 33
    try #require(bytes.count > start + 8)
    let size = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    try #require(bytes.count >= start + 12 + size)
    var taken = 0
    for position in start + 8..<start + 8 + size {
      for flip: UInt8 in [0x01, 0x04, 0x20, 0x80, 0xFF] {
        var damaged = bytes
        damaged[position] ^= flip
        let body = Array(damaged[start + 4..<start + 8 + size])
        let end = start + 8 + size
        damaged.replaceSubrange(end..<end + 4, with: WrittenPNG.checksum(body))
        if expectAgreement(damaged, "byte \(position), flipped by \(flip)") { taken += 1 }
      }
    }
    // Bits after the stream's last code mean nothing; all others are covered by its checksum.
    #expect(taken < 8, "damage passed \(taken) times")
  }
}
