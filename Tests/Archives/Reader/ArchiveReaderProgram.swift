import CXRArchive
import CXRData
import CXRImage
import Foundation

/// Goes through archives and decodes their films: `archive-reader FILE…` prints a line of JSON an archive.
@main
struct ArchiveReaderProgram {
  static func main() throws {
    for path in CommandLine.arguments.dropFirst() {
      var line: [String: Any] = ["file": path]
      var films = 0
      do {
        let archive = try ArchiveReader(path: path)
        while let member = try archive.next(isWanted: FilmName.isFilm) {
          guard FilmName.isFilm(member) else { continue }
          let bytes = try archive.contents()
          if (try? GreyFilm(encoded: bytes, path: member)) != nil { films += 1 }
        }
        line["ok"] = true
      } catch {
        (line["ok"], line["error"]) = (false, "\(error)")
      }
      line["films"] = films
      FileHandle.standardOutput.write(
        try JSONSerialization.data(withJSONObject: line, options: [.sortedKeys]))
      FileHandle.standardOutput.write(Data("\n".utf8))
    }
  }
}
