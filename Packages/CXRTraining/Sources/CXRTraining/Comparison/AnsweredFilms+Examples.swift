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
    let chosen = Example.withoutRepetition(
      seen.candidates.map { $0.mapValues { $0.map(\.film.index) } })
    return collection.matrix.labels.enumerated().flatMap { k, label in
      Example.Kind.allCases.compactMap { kind -> Example? in
        guard let place = chosen[k][kind], let candidate = seen.candidates[k][kind]?[place] else {
          return nil
        }
        let name = collection.file.records[asked[candidate.film.index]].name
        let boxes = seen.boxes(on: candidate.film, label: k)
        var example = Example(
          label: label, kind: kind, film: name, score: candidate.probability,
          threshold: fit?.threshold(of: k) ?? 0.5, picture: nil)
        example.findings = seen.findings(of: candidate.film)
        example.probability = CalibrationMethod.platt.map(fit: fit?.labels[k], weightRatio: nil)
          .map { $0(candidate.probability) }
        example.hasMap = candidate.map.values.count > 1
        let path = collection.folder?.path(of: name)
        do {
          let film = try film(candidate.film, path: path, as: network)
          example.picture = try Self.picture(film, candidate.map, boxes, side: side)
          example.boxCount = boxes.count
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

  /// A film, shrunk, beside itself with a map, and boxes on both; alone where the map is of one cell.
  private static func picture(
    _ film: GreyFilm, _ map: FindingMap, _ boxes: [BoxList.Box], side: Int
  ) throws -> [UInt8] {
    let scale = Double(side) / Double(max(film.width, film.height))
    let plane = film.resized(
      height: max(1, Int((Double(film.height) * scale).rounded())),
      width: max(1, Int((Double(film.width) * scale).rounded())), method: .antialias)
    let small = GreyFilm(plane)
    let (height, width) = (small.height, small.width)
    let plain = ColourPicture(
      height: height, width: width, pixels: small.pixels.flatMap { [$0, $0, $0] })
    let overlay = map.values.count > 1 ? [MapOverlay.picture(film: small, map: map)] : []
    let parts = ([plain] + overlay).map { $0.framing(boxes) }
    let row = width * 3
    let pixels = (0..<height).flatMap { y in
      parts.flatMap { $0.pixels[y * row..<(y + 1) * row] }
    }
    return try ColourPicture(height: height, width: width * parts.count, pixels: pixels)
      .jpegData(quality: 82)
  }
}
