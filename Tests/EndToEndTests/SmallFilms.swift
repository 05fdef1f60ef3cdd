import CXRImage
import Foundation

extension TemporaryFolder {
  /// Writes `labels.csv` and forty films of 12 × 12 pixels in `films`, every other one with a mass.
  func addSmallFilms() throws {
    try FileManager.default.createDirectory(
      atPath: path + "/films", withIntermediateDirectories: true)
    var rows = "Image Index,Finding Labels,Patient ID\n"
    for i in 0..<40 {
      rows += "\(i).png,\(i % 2 == 0 ? "Mass" : "No Finding"),\(i)\n"
      let film = GreyFilm(
        height: 12, width: 12, pixels: (0..<144).map { UInt8(($0 * 7 + i * 5) % 200) })
      try Data(film.pngData()).write(to: URL(fileURLWithPath: "\(path)/films/\(i).png"))
    }
    try rows.write(toFile: path + "/labels.csv", atomically: true, encoding: .utf8)
  }
}
