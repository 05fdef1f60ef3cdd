@testable import CXREvaluation
import CXRData
import CXRImage
import CXRNet
import Testing

@testable import CXRTraining

/// What is drawn over films, and how much of them it covers.
@Suite struct OverlayTests {
  private func map(_ values: [Float]) -> FindingMap {
    var grid = ReceptiveGrid()
    grid.append(window: 4, stride: 4)
    return FindingMap(rows: 4, columns: 4, values: values, grid: grid, inputSize: 16)
  }

  private let values: [Float] = (0..<16).map { Float(($0 * 7) % 16) / 4 }

  /// A map is as telling wherever its nought lies.
  @Test func theNoughtOfAMapDoesNotCount() throws {
    let patient = try #require(PatientID("1"))
    func coverage(_ shift: Float) -> [[Double]] {
      let one = Localisation.Case(
        label: 0, patient: patient, isTruePositive: true, map: map(values.map { $0 + shift }),
        boxes: [BoxList.Box(x: 0.1, y: 0.2, width: 0.5, height: 0.4)])
      return one.coverage.map { [$0.ofBox, $0.ofFilm] }
    }
    let plain = coverage(0)
    #expect(plain.allSatisfy { $0.allSatisfy { $0 > 0 && $0 < 1 } })
    // Halves are exact in 32 bits.
    for shift in [Float(-8), -2.5, 4] { #expect(coverage(shift) == plain, "\(shift)") }
    let film = GreyFilm(height: 16, width: 16, pixels: [UInt8](repeating: 90, count: 256))
    #expect(
      MapOverlay.picture(film: film, map: map(values.map { $0 - 8 }))
        == MapOverlay.picture(film: film, map: map(values)))
  }

  /// The scale's own colours at its stops, and the middle between two.
  @Test func coloursAreThoseOfTheScale() {
    let last = MapOverlay.stops.count - 1
    for (i, stop) in MapOverlay.stops.enumerated() {
      let colour = MapOverlay.colour(Float(i) / Float(last))
      #expect(abs(colour.red - Float(stop.red)) < 0.01, "\(i)")
      #expect(abs(colour.green - Float(stop.green)) < 0.01, "\(i)")
      #expect(abs(colour.blue - Float(stop.blue)) < 0.01, "\(i)")
    }
    let (a, b) = (MapOverlay.stops[1], MapOverlay.stops[2])
    let middle = MapOverlay.colour(1.5 / Float(last))
    #expect(abs(middle.green - (Float(a.green) + Float(b.green)) / 2) < 0.01)
    #expect(abs(middle.blue - (Float(a.blue) + Float(b.blue)) / 2) < 0.01)
    #expect(MapOverlay.colour(.nan) == MapOverlay.colour(0))
  }

  /// Beyond the outermost cells' centres no cell is centred: from there to the border the overlay fades, on every side and
  /// twice in a corner.
  @Test func theOverlayFadesTowardsTheBorder() throws {
    // Centres at 1.5, 5.5, 9.5 and 13.5 of sixteen pixels; the border columns and rows shine, the middle does not.
    let cells = (0..<16).map { Float([0, 3].contains($0 / 4) || [0, 3].contains($0 % 4) ? 1 : 0) }
    let film = GreyFilm(height: 16, width: 16, pixels: [UInt8](repeating: 90, count: 256))
    let picture = MapOverlay.picture(film: film, map: map(cells))
    try #require(picture.pixels.count == 3 * 256)
    let last = try #require(MapOverlay.stops.last)
    /// The strongest colour over grey 90, `reach` of six tenths of it.
    func colour(_ reach: Double) -> [Int] {
      [last.red, last.green, last.blue].map {
        Int((90 + 0.6 * reach * (Double($0) - 90)).rounded())
      }
    }
    func pixel(_ x: Int, _ y: Int) -> [Int] {
      (0..<3).map { Int(picture.pixels[3 * (y * 16 + x) + $0]) }
    }
    // 1.5 pixels beyond a centre of cells four pixels wide 0.625 is left, half a pixel beyond 0.875.
    for (place, reach) in [(0, 0.625), (1, 0.875), (14, 0.875), (15, 0.625)] {
      #expect(pixel(place, 1) == colour(reach * 0.875), "\(place)")
      #expect(pixel(1, place) == colour(reach * 0.875), "\(place)")
      #expect(pixel(place, 0) == colour(reach * 0.625), "\(place)")
      #expect(pixel(0, place) == colour(reach * 0.625), "\(place)")
    }
    // In the middle the least leaves the film as it is.
    #expect(pixel(7, 7) == [90, 90, 90] && pixel(8, 8) == [90, 90, 90])
    // A map that is the same everywhere points nowhere.
    let flat = MapOverlay.picture(film: film, map: map([Float](repeating: 2, count: 16)))
    #expect(flat.pixels.allSatisfy { $0 == 90 })
  }

  /// A film's pixels stay in their rows: one that is wider than high, with the strongest place at the upper right.
  @Test func theOverlayLiesOnTheFilmsOwnAxes() throws {
    var cells = [Float](repeating: 0, count: 16)
    cells[3] = 1
    let (height, width) = (16, 48)
    let film = GreyFilm(
      height: height, width: width, pixels: [UInt8](repeating: 90, count: height * width))
    let picture = MapOverlay.picture(film: film, map: map(cells))
    let changed = (0..<height * width).filter { place in
      (0..<3).contains { picture.pixels[3 * place + $0] != 90 }
    }
    try #require(!changed.isEmpty)
    // The second cell's centre is a third of the way down, the third's two thirds across.
    #expect(changed.allSatisfy { $0 / width < 6 && $0 % width > 26 })
    let strongest = changed.max { picture.pixels[3 * $0] < picture.pixels[3 * $1] } ?? 0
    #expect((1...2).contains(strongest / width) && (39...42).contains(strongest % width))
  }
}
