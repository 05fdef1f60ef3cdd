@testable import CXREvaluation
import CXRFilms
import CXRFiles
import CXRParallel
import CXRCheckpoint
import CXRData
import CXRImage
import CXRMetrics
import CXRNet
import CXRTensor
import CXRTestSupport
import Foundation
import Testing

@testable import CXRTraining

/// Maps and boxes.
extension EvaluationTests {
  @Test func mapsLieOnTheFilm() throws {
    // One hot cell of eight by eight, as the reference network's on 224 pixels.
    var values = [Float](repeating: -1, count: 64)
    values[2 * 8 + 5] = 3
    var grid = ReceptiveGrid()
    for _ in 0..<4 {
      grid.append(window: 7, stride: 1)
      grid.append(window: 2, stride: 2)
    }
    let map = FindingMap(rows: 8, columns: 8, values: values, grid: grid, inputSize: 224)
    // Its centre: 52.5 + 5 · 16 and 52.5 + 2 · 16 pixels, from the first pixel's centre.
    let (x, y) = ((132.5 + 0.5) / 224, (84.5 + 0.5) / 224)
    #expect(abs(map.peak.x - x) < 1.0 / 256 && abs(map.peak.y - y) < 1.0 / 256)
    // A film of other proportions: both axes are scaled on their own.
    let full = map.resampled(height: 448, width: 112)
    let best = full.indices.max { full[$0] < full[$1] } ?? 0
    #expect(abs(Double(best / 112) + 0.5 - y * 448) <= 1)
    #expect(abs(Double(best % 112) + 0.5 - x * 112) <= 1)
    // At cell centres the map is the cell.
    let even = FindingMap(
      rows: 2, columns: 2, values: [1, 2, 3, 5], grid: ReceptiveGrid(), inputSize: 2)
    #expect(even.resampled(height: 2, width: 2) == [1, 2, 3, 5])
    #expect(even.least == 1 && even.most == 5)
    // A cell at any border has its peak at its own centre, not at the film's edge.
    for (row, column) in [(0, 4), (4, 0), (7, 3), (3, 7), (0, 0), (7, 7)] {
      var values = [Float](repeating: -1, count: 64)
      values[row * 8 + column] = 3
      let peak = FindingMap(rows: 8, columns: 8, values: values, grid: grid, inputSize: 224).peak
      #expect(abs(peak.x - (53 + 16 * Double(column)) / 224) < 1e-9)
      #expect(abs(peak.y - (53 + 16 * Double(row)) / 224) < 1e-9)
    }
    // Beyond the outermost centres nothing new is said, and the overlay fades.
    #expect(full.first == -1)
    let reach = map.reach(224, cells: 8)
    try #require(reach.count == 224)
    #expect(reach[0] == 0 && reach[52] > 0.9 && reach[53] == 1 && reach[223] == 0)

    let film = GreyFilm(height: 224, width: 224, pixels: [UInt8](repeating: 100, count: 224 * 224))
    let picture = MapOverlay.picture(film: film, map: map)
    try #require(picture.pixels.count == 3 * 224 * 224)
    #expect(Array(picture.pixels[0..<3]) == [100, 100, 100])
    let hot = (84 * 224 + 132) * 3
    #expect(picture.pixels[hot] > 150 && picture.pixels[hot + 2] < 100)
  }

  @Test func boxesAreReadByPosition() throws {
    let folder = try TemporaryFolder()
    func read(_ text: String) throws -> BoxList {
      try BoxList(path: folder.write(text, to: "boxes.csv"))
    }
    let header = "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
    let list = try read(
      header
        + "a.png,Infiltrate,256,512,128,64,,,\na.png,Infiltrate,0,0,10,10\nb.png,Mass,1,2,3,4\n")
    let boxes = try #require(list.boxes["a.png"]?["Infiltration"])
    try #require(boxes.count == 2)
    #expect(boxes[0] == .init(x: 0.25, y: 0.5, width: 0.125, height: 0.0625))
    #expect(boxes[0].contains(.init(x: 0.3, y: 0.53)) && !boxes[0].contains(.init(x: 0.2, y: 0.53)))
    for (text, line) in [
      ("a.png,Mass,1,2,3\n", 2), ("a.png,Mass,1,2,x,4\n", 2), ("a.png,Mass,1,2,3,9999\n", 2),
      ("b.png,Mass,1,2,3,4\na.png,Mass,nan,2,3,4\n", 3),
    ] {
      #expect { try read(header + text) } throws: { "\($0)".contains("line \(line)") }
    }
    #expect(throws: DataError.noRows(path: folder.path + "/boxes.csv")) { try read(header) }
  }

  @Test func localisationCountsHits() throws {
    func map(_ hot: Int) -> FindingMap {
      var values = [Float](repeating: 0, count: 16)
      values[hot] = 1
      var grid = ReceptiveGrid()
      grid.append(window: 4, stride: 4)
      return FindingMap(rows: 4, columns: 4, values: values, grid: grid, inputSize: 16)
    }
    let corner = [BoxList.Box(x: 0.05, y: 0.05, width: 0.2, height: 0.2)]
    let patients = ["0", "1", "2"].compactMap { PatientID($0) }
    try #require(patients.count == 3)
    let cases = [(0, true), (15, true), (0, false)].enumerated().map { i, item in
      Localisation.Case(
        label: i == 2 ? 1 : 0, patient: patients[i], isTruePositive: item.1,
        map: map(item.0), boxes: corner)
    }
    let figures = Localisation(cases, labels: ["A", "B", "C"])
    try #require(figures.labels.map(\.label) == ["A", "B"])
    #expect(figures.total.hits.hits == 2 && figures.total.hits.films == 3)
    #expect(figures.total.hitsAmongTruePositives.films == 2)
    #expect(figures.total.hitsAmongTruePositives.hits == 1)
    // A peak is at one of 49 places a side, from 2/16 to 14/16; nine of them are in the box.
    #expect(figures.total.chance == 81.0 / 2401 && figures.total.unreachable == 0)
    let border = Localisation(
      [
        Localisation.Case(
          label: 0, patient: patients[0], isTruePositive: true, map: map(0),
          boxes: [BoxList.Box(x: 0, y: 0.3, width: 0.12, height: 0.3)])
      ], labels: ["A"])
    #expect(border.total.chance == 0 && border.total.unreachable == 1)
    #expect(border.total.hits.hits == 0 && border.total.hits.films == 1)
    // Of the two films of A the other's peak hits one of them.
    #expect(figures.labels[0].usualPlace == 0.5 && figures.labels[1].usualPlace == nil)
    // The hot cell covers more of its corner box at a low threshold than at a high one.
    let coverage = figures.labels[1].coverage.map { $0.ofBox ?? 0 }
    try #require(coverage.count > 2)
    #expect(coverage[0] > coverage[1] && coverage[1] > coverage[2] && coverage[2] > 0)
  }
}
