import Testing

@testable import CXRImage

/// The pixels of DICOM films of more than 8 bits, at either depth, in a build with the trait `DICOM`.
@Suite(.enabled(if: GreyFilm.readsDICOM, "this build is without the trait DICOM"))
struct DICOMDepthTests {
  /// An uncompressed film of 16 bits a pixel, of which `stored` are used; little-endian, explicit.
  private func film(
    _ values: [UInt16], height: Int, width: Int, stored: UInt16, isNegative: Bool = false,
    window: (centre: String, width: String)? = nil
  ) -> [UInt8] {
    func word(_ value: Int) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8 & 0xFF)] }
    func element(_ group: Int, _ number: Int, _ kind: String, _ value: [UInt8]) -> [UInt8] {
      let padded = value.count % 2 == 0 ? value : value + [kind == "UI" ? 0 : 0x20]
      let head = word(group) + word(number) + Array(kind.utf8)
      guard kind == "OW" else { return head + word(padded.count) + padded }
      return head + [0, 0] + word(padded.count & 0xFFFF) + word(padded.count >> 16) + padded
    }
    func text(_ group: Int, _ number: Int, _ kind: String, _ value: String) -> [UInt8] {
      element(group, number, kind, Array(value.utf8))
    }
    func short(_ number: Int, _ value: Int) -> [UInt8] {
      element(0x28, number, "US", word(value))
    }
    var bytes = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
    bytes += text(2, 0x10, "UI", "1.2.840.10008.1.2.1")
    bytes += text(8, 0x60, "CS", "DX")
    bytes += short(2, 1)
    bytes += text(0x28, 4, "CS", isNegative ? "MONOCHROME1" : "MONOCHROME2")
    bytes += short(0x10, height) + short(0x11, width)
    bytes += short(0x100, 16) + short(0x101, Int(stored)) + short(0x102, Int(stored) - 1)
    bytes += short(0x103, 0)
    if let window {
      bytes += text(0x28, 0x1050, "DS", window.centre) + text(0x28, 0x1051, "DS", window.width)
    }
    return bytes + element(0x7FE0, 0x10, "OW", values.flatMap { word(Int($0)) })
  }

  /// The level of a value in 1/256 of a grey level, all `stored` bits being the range.
  private func level(_ value: UInt16, stored: UInt16, isNegative: Bool = false) -> UInt16 {
    let share = Double(value) / Double((1 << Int(stored)) - 1)
    return UInt16((255 * 256 * (isNegative ? 1 - share : share)).rounded())
  }

  @Test(arguments: [10, 12, 14, 16] as [UInt16], [false, true])
  func theReferenceKeepsTheUpperEightBits(stored: UInt16, isNegative: Bool) throws {
    let (height, width) = (5, 7)
    let most = UInt16.max >> (16 - stored)
    // Black, white, both neighbours of each, and values over the whole range.
    let values: [UInt16] =
      [0, 1, most - 1, most] + (0..<31).map { UInt16((Int(most) * $0 / 30) ^ 1) & most }
    let bytes = film(
      values, height: height, width: width, stored: stored, isNegative: isNegative)
    let levels = values.map { level($0, stored: stored, isNegative: isNegative) }
    let upper = levels.map { UInt8($0 / 256) }
    try #require(Set(upper).count > 20 && levels.contains { $0 % 256 >= 128 })

    let cut = try GreyFilm(encoded: bytes, options: DecodingOptions(depth: .reference))
    #expect(cut.height == height && cut.width == width)
    #expect(cut.fineLevels == nil && cut.pixels == upper)
    for depth in [nil, FilmDepth.full] {
      let deep = try GreyFilm(encoded: bytes, options: DecodingOptions(depth: depth))
      #expect(deep.fineLevels == levels && deep.pixels == upper)
    }
    // What is resized is what is kept.
    #expect(cut.resized(height: height, width: width).values == upper.map { Float($0) })
    let deep = try GreyFilm(encoded: bytes).resized(height: height, width: width)
    #expect(deep.values == levels.map { Float($0) / 256 })
  }

  /// A window that gives nothing but whole levels: the film has no more than 8 bits at any depth.
  @Test(arguments: [nil, FilmDepth.reference, .full])
  func wholeLevelsAreKeptAsTheyAre(depth: FilmDepth?) throws {
    // From 1,000 to 1,255: black, white and a level a value between.
    let values: [UInt16] = [0, 999, 1000, 1001, 1002, 1100, 1254, 1255, 1256, 2000, 4095, 1128]
    let bytes = film(
      values, height: 3, width: 4, stored: 12, window: (centre: "1128", width: "256"))
    let film = try GreyFilm(encoded: bytes, options: DecodingOptions(depth: depth))
    #expect(film.height == 3 && film.width == 4 && film.fineLevels == nil)
    #expect(film.pixels == values.map { UInt8(min(max(Int($0), 1000), 1255) - 1000) })
  }
}
