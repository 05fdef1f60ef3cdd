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
}
