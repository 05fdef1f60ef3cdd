import CXRData
import CXRFiles
import CXRFilms
import Foundation

extension Evaluation.Options {
  /// What must be the same on all ranks that evaluate together: what it is, and its value.
  ///
  /// Films are compared by name and size alone: each is read by one rank.
  ///
  /// - Parameter collection: that was found.
  public func facts(_ collection: FilmCollection) -> [(what: String, value: String)] {
    let device = DeviceReport()
    let films = collection.films(collection.rows(of: nil)).map { film in
      let file = try? FileManager.default.attributesOfItem(atPath: film.path)
      return "\(film.name) \(file?[.size] as? Int ?? 0)"
    }
    let digests = checkpoints.map { path in
      FileManager.default.contents(atPath: path).map { SHA256.hexDigest(of: [UInt8]($0)) } ?? ""
    }
    return [
      ("the program's version", LibraryVersion.current),
      ("the vector unit", device.vectorUnit), ("the BLAS", device.blas),
      ("the label file", collection.file.sha256),
      ("the films' names and sizes", SHA256.hexDigest(of: films.joined(separator: "\n"))),
      ("the part", subset?.rawValue ?? "all"),
      (
        "which DICOM films are taken",
        dicomModalities.map(\.rawValue).sorted().joined(separator: ",")
      ),
      ("whether films that cannot be decoded are left out", "\(skipsUnreadable)"),
      ("whether prepared films are kept", "\(cacheFolder != nil)"),
      ("whether thresholds are chosen anew", operatingRule.map { "\($0)" } ?? "no"),
      ("whether boxes and pictures are asked for", "\(boxes != nil) \(exampleSide ?? 0)"),
    ] + zip(checkpoints, digests).map { ("the checkpoint \($0)", $1) }
  }
}
