@testable import CXRFilms
import CXRCheckpoint
import CXRData
import CXRImage
import Foundation
import Testing

@testable import CXRTraining

/// Every limit of the audit, a hair on either side of it.
@Suite struct AuditLimitTests {
  /// The side of films that the preparation leaves as they are.
  private static let side = 48

  private func kinds(
    height: Int = side, width: Int = side, smallest: Int = side, _ level: (Int) -> UInt8
  ) throws -> [String] {
    let film = GreyFilm(
      height: height, width: width, pixels: (0..<height * width).map(level))
    return try kinds(film.pngData(), smallest: smallest)
  }

  private func kinds(_ bytes: [UInt8], smallest: Int = side) throws -> [String] {
    try problems(bytes, smallest: smallest).map { "\($0.kind) \($0.severity.rawValue)" }
  }

  private func problems(_ bytes: [UInt8], smallest: Int = side) throws -> [AuditProblem] {
    let preparation = FilmPreparation(imageSize: Self.side)
    let film = try PreparedFilm(path: "f.png", source: bytes, preparation: preparation)
    return FilmExamination(film, preparation: preparation)
      .problems(name: "f.png", smallest: smallest)
  }

  /// Half of the pixels at one level, half at another; the first pixel may differ.
  private func halves(_ low: UInt8, _ high: UInt8, first: UInt8? = nil) -> (Int) -> UInt8 {
    { place in place == 0 ? first ?? low : place % 2 == 0 ? low : high }
  }

  @Test func brightness() throws {
    #expect(try kinds(halves(20, 40)) == [])
    #expect(try kinds(halves(20, 40, first: 19)) == ["too_dark warning"])
    #expect(try kinds(halves(215, 235)) == [])
    #expect(try kinds(halves(215, 235, first: 216)) == ["too_bright warning"])
  }

  @Test func contrast() throws {
    #expect(try kinds(halves(125, 135)) == [])
    #expect(try kinds(halves(125, 135, first: 126)) == ["near_constant error"])
    // What shows nothing is neither dark nor bright.
    #expect(try kinds { _ in 3 } == ["near_constant error"])
    #expect(try kinds { _ in 250 } == ["near_constant error"])
  }

  @Test func size() throws {
    // Blocks, which shrinking leaves.
    let blocks: (Int) -> UInt8 = { $0 < 2300 ? 90 : 150 }
    #expect(try kinds(height: 48, width: 60, blocks) == [])
    #expect(try kinds(height: 47, width: 60, blocks) == ["small warning"])
    #expect(try kinds(height: 60, width: 47, blocks) == ["small warning"])
    #expect(try kinds(height: 48, width: 96, blocks) == [])
    #expect(try kinds(height: 48, width: 97, blocks) == ["narrow warning"])
    #expect(try kinds(height: 97, width: 48, blocks) == ["narrow warning"])
  }

  /// A hundred of ten thousand pixels are one in a hundred.
  @Test func colour() throws {
    func picture(difference: Int, pixels count: Int) throws -> [UInt8] {
      let side = 100
      let pixels = (0..<side * side).flatMap { place -> [UInt8] in
        let grey = place % 2 == 0 ? 90 : 150
        return [
          UInt8(grey), UInt8(grey), UInt8(grey + (place < count ? difference : 0)),
        ]
      }
      return try ColourPicture(height: side, width: side, pixels: pixels).pngData()
    }
    #expect(try kinds(try picture(difference: 2, pixels: 5000)) == [])
    #expect(try kinds(try picture(difference: 3, pixels: 100)) == ["not_grey note"])
    #expect(try kinds(try picture(difference: 3, pixels: 101)) == ["not_grey warning"])
    let detail = try #require(try problems(try picture(difference: 3, pixels: 2500)).first).detail
    let share = try #require(detail.firstMatch(of: /than 2 on ([0-9.]+) % of the pixels/))
    #expect(Double(share.output.1) == 25, "\(detail)")
  }
}
