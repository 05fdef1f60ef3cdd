import Foundation
import Testing

@testable import CXRImage

@Suite struct GeometryTests {
  @Test func sameSizeIsAnExactCopy() {
    let film = GreyFilm(height: 5, width: 7, pixels: (0..<35).map { UInt8($0 * 7) })
    for method in ResizeMethod.allCases {
      #expect(
        film.resized(height: 5, width: 7, method: method).values == film.pixels.map(Float.init))
    }
  }

  @Test func aFlatFilmStaysFlat() {
    let film = GreyFilm(height: 9, width: 4, pixels: [UInt8](repeating: 77, count: 36))
    for method in ResizeMethod.allCases {
      let values = film.resized(height: 3, width: 11, method: method).values
      #expect(values.allSatisfy { abs($0 - 77) < 1e-4 }, "\(method)")
    }
    let plane = FilmPlane(height: 6, width: 5, values: [Float](repeating: 3, count: 30))
    #expect(plane.rotated(degrees: 17).values.allSatisfy { abs($0 - 3) < 1e-5 })
  }

  /// What is no number ends with its name, not with a segmentation fault.
  @Test func numbersThatAreNone() async {
    let results = [
      await #expect(
        processExitsWith: .signal(SIGILL), observing: [\.standardErrorContent]
      ) {
        _ = FilmPlane(height: 9, width: 9, values: .init(repeating: 0, count: 81)).zoomed(
          factor: .nan)
      },
      await #expect(
        processExitsWith: .signal(SIGILL), observing: [\.standardErrorContent]
      ) {
        _ = FilmPlane(height: 9, width: 9, values: .init(repeating: 0, count: 81))
          .rotated(degrees: .infinity)
      },
      await #expect(
        processExitsWith: .signal(SIGILL), observing: [\.standardErrorContent]
      ) { _ = Augmentation(rotation: .nan) },
      await #expect(
        processExitsWith: .signal(SIGILL), observing: [\.standardErrorContent]
      ) { _ = Augmentation(zoom: -.infinity) },
    ]
    // Optimised code has the trap, an unoptimised one the words too.
    #expect(results.allSatisfy { $0 != nil })
  }

  @Test func antialiasingAveragesWhatBilinearMisses() {
    // Columns 0, 255, 0, 255, …: bilinear at a quarter of the width sees two of four.
    let film = GreyFilm(height: 8, width: 64, pixels: (0..<512).map { $0 % 2 == 0 ? 0 : 255 })
    let values = film.resized(height: 2, width: 16, method: .antialias).values
    #expect(values.dropFirst().dropLast().allSatisfy { abs($0 - 127.5) < 40 })
  }

  /// Finer grey levels that are whole ones are resized as these, whatever the sides.
  @Test(arguments: [(5, 9), (13, 4), (7, 7), (16, 31)])
  func fineLevelsAreResizedAsLevels(height: Int, width: Int) {
    let pixels = (0..<7 * 11).map { UInt8(($0 * 37) % 251) }
    let plain = GreyFilm(height: 7, width: 11, pixels: pixels)
    let fine = GreyFilm(height: 7, width: 11, fineLevels: pixels.map { UInt16($0) << 8 })
    for method in ResizeMethod.allCases {
      let (a, b) = (
        plain.resized(height: height, width: width, method: method).values,
        fine.resized(height: height, width: width, method: method).values
      )
      #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-3 }, "\(method)")
    }
  }

  /// A share of 0.25 turns by up to a quarter to either side, and of 0.1 zooms by up to a tenth.
  @Test func augmentationTurnsAsFarAsItSays() {
    struct Fixed: RandomNumberGenerator {
      var draws: [UInt64]
      mutating func next() -> UInt64 { draws.isEmpty ? 1 << 63 : draws.removeFirst() }
    }
    let plane = FilmPlane(height: 9, width: 9, values: (0..<81).map { Float(($0 * 7) % 40) })
    // The least number is −1, half of the range 0.
    for (turn, zoom, expected) in [
      (UInt64(0), UInt64(1) << 63, plane.rotated(degrees: -90)),
      (1 << 63, 0, plane.zoomed(factor: 0.9)), (1 << 63, 1 << 63, plane),
    ] {
      var random = Fixed(draws: [turn, zoom])
      var values = plane.values
      values.withUnsafeMutableBufferPointer {
        Augmentation(rotation: 0.25, zoom: 0.1).apply(to: $0, height: 9, width: 9, using: &random)
      }
      #expect(zip(values, expected.values).allSatisfy { abs($0 - $1) < 1e-3 })
    }
  }

  @Test func fourQuarterTurnsComeBack() {
    let plane = FilmPlane(height: 8, width: 8, values: (0..<64).map(Float.init))
    var turned = plane
    for _ in 0..<4 { turned = turned.rotated(degrees: 90) }
    #expect(zip(turned.values, plane.values).allSatisfy { abs($0 - $1) < 1e-2 })
  }

  @Test func aOnePixelFilmSurvives() {
    let plane = FilmPlane(height: 1, width: 1, values: [9])
    #expect(plane.rotated(degrees: 30).zoomed(factor: 1.2).values == [9])
    #expect(
      GreyFilm(height: 1, width: 1, pixels: [9]).resized(height: 3, width: 2).values.allSatisfy {
        $0 == 9
      })
  }

  @Test func momentsDoNotDependOnHowFilmsAreGathered() {
    let planes = (0..<5).map { k in
      FilmPlane(height: 3, width: 4, values: (0..<12).map { Float(($0 * 31 + k * 17) % 97) })
    }
    var gathered = PixelMoments()
    for plane in planes { gathered.add(PixelMoments(plane)) }
    let all = planes.flatMap(\.values).map(Double.init)
    let mean = all.reduce(0, +) / 60
    let deviation = (all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 60).squareRoot()
    #expect(abs(gathered.mean - mean) < 1e-12 && gathered.count == 60)
    #expect(abs(gathered.standardDeviation - deviation) < 1e-12)
    #expect(PixelMoments().standardDeviation == 0)
  }

  @Test func augmentationFollowsItsGenerator() {
    struct Fixed: RandomNumberGenerator {
      var state: UInt64
      mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return state &* 0xD134_2543_DE82_EF95
      }
    }
    let plane = FilmPlane(height: 8, width: 8, values: (0..<64).map(Float.init))
    var (first, again, other) = (Fixed(state: 1), Fixed(state: 1), Fixed(state: 2))
    let augment = Augmentation()
    let result = augment(plane, using: &first)
    #expect(result == augment(plane, using: &again))
    #expect(result != augment(plane, using: &other))
    #expect(Augmentation(rotation: 0, zoom: 0)(plane, using: &first) == plane)
  }
}
