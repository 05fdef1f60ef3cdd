import CXRImage
import Foundation

/// Decodes films for a judge: `film-reader [--range RANGE] [--modalities LIST] OUT FILE…` prints a line of JSON a film, and
/// writes its grey levels, `[height, width]`, as 32-bit numbers to `OUT/<place>.f32`.
@main
struct FilmReader {
  static func main() throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    var options = DecodingOptions()
    while let option = arguments.first, option.hasPrefix("--"), arguments.count > 1 {
      let value = arguments[1]
      switch option {
      case "--range": options.dicomRange = DICOMRange(rawValue: value) ?? .window
      case "--modalities":
        options.dicomModalities = Set(
          value.split(separator: ",").compactMap { DICOMModality(rawValue: String($0)) })
      default: break
      }
      arguments.removeFirst(2)
    }
    guard let folder = arguments.first else { return }
    for (place, path) in arguments.dropFirst().enumerated() {
      var line: [String: Any] = ["file": path]
      do {
        let film = try GreyFilm(path: path, options: options)
        (line["ok"], line["height"], line["width"]) = (true, film.height, film.width)
        let levels = film.fineLevels?.map { Float($0) / 256 } ?? film.pixels.map { Float($0) }
        try levels.withUnsafeBytes { Data($0) }.write(
          to: URL(fileURLWithPath: "\(folder)/\(place).f32"))
      } catch {
        (line["ok"], line["error"]) = (false, "\(error)")
      }
      FileHandle.standardOutput.write(
        try JSONSerialization.data(withJSONObject: line, options: [.sortedKeys]))
      FileHandle.standardOutput.write(Data("\n".utf8))
    }
  }
}
