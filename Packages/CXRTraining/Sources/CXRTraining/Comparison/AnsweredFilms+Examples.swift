import CXRArchive
import CXRData
import CXREvaluation
import CXRFilms
import CXRImage

extension AnsweredFilms {
  /// The films on which a network was most sure, right, and wrong both ways, as pictures; of one that can no longer be
  /// decoded it is said why.
  ///
  /// - Parameters:
  ///   - seen: what was kept of the films.
  ///   - network: its place.
  ///   - asked: the rows that were asked about.
  ///   - collection: theirs.
  ///   - options: with the pictures' side.
  func examples(
    _ seen: Sightings, of network: Int, _ asked: [FilmRow], _ collection: FilmCollection,
    _ options: Evaluation.Options
  ) -> [Example] {
    guard let side = options.exampleSide else { return [] }
    let fit = fits[network]
    return collection.matrix.labels.enumerated().flatMap { k, label in
      Example.Kind.allCases.compactMap { kind -> Example? in
        guard let candidate = seen.candidates[k][kind] else { return nil }
        let name = collection.file.records[asked[candidate.film.index]].name
        var example = Example(
          label: label, kind: kind, film: name, score: candidate.probability,
          threshold: fit?.threshold(of: k) ?? 0.5, picture: nil)
        let path = collection.folder?.path(of: name)
        do {
          let film = try film(candidate.film, path: path, as: network)
          example.picture = try Self.picture(film, candidate.map, side: side)
          if path.map({ ArchivedPath($0) != nil }) != false { example.note = "as prepared" }
        } catch {
          example.note = "no picture: \(UnreadableFilm.reason(error))"
        }
        return example
      }
    }
  }

  /// A film as stored, in 8 bits, or as it was prepared where it is in an archive.
  ///
  /// - Parameters:
  ///   - film: of ``source``.
  ///   - path: the film's.
  ///   - network: which says how films are decoded.
  /// - Throws: `ImageError`, `FilmError`, `FilmFailure`.
  private func film(_ film: CachedFilm, path: String?, as network: Int) throws -> GreyFilm {
    let number = networks.preparation(of: network)
    let preparation = networks.preparations[number]
    if let path, ArchivedPath(path) == nil {
      return try GreyFilm(path: path, options: preparation.decoding)
    }
    let planes = try source.pixels(of: film..<film.advanced(by: 1))[0].get()
    let side = preparation.imageSize
    return GreyFilm(FilmPlane(height: side, width: side, values: planes[number]))
  }

  /// A film, shrunk, beside itself with a map.
  private static func picture(_ film: GreyFilm, _ map: FindingMap, side: Int) throws -> [UInt8] {
    let scale = Double(side) / Double(max(film.width, film.height))
    let plane = film.resized(
      height: max(1, Int((Double(film.height) * scale).rounded())),
      width: max(1, Int((Double(film.width) * scale).rounded())), method: .antialias)
    let small = GreyFilm(plane)
    let overlay = MapOverlay.picture(film: small, map: map)
    var pixels: [UInt8] = []
    let row = small.width * 3
    for y in 0..<small.height {
      for grey in small.pixels[y * small.width..<(y + 1) * small.width] {
        pixels += [grey, grey, grey]
      }
      pixels += overlay.pixels[y * row..<(y + 1) * row]
    }
    return try ColourPicture(height: small.height, width: small.width * 2, pixels: pixels)
      .jpegData(quality: 82)
  }
}
