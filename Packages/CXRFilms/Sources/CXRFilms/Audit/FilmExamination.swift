import CXRImage

/// What is kept of a film that an audit has looked at.
public struct FilmExamination: Sendable, Codable {
  /// What the file's header says.
  let header: FilmHeader?
  /// What tells it from other films.
  let content: FilmContent
  /// Of the prepared pixels.
  let moments: PixelMoments
  /// Of a film that may have colours.
  let colour: ColourDifference?
  /// Whether an EXIF orientation has no effect.
  let ignoresOrientation: Bool
  /// Of a nearly black PNG film of 16 bits, how many of them it uses.
  let usedBits: Int?
  /// Of the prepared pixels, were these bits all that there are.
  let stretched: PixelMoments?
  /// The film, small.
  let pose: PoseThumbnail

  /// Whether so little is to be seen that it is like others for that alone.
  var showsNothing: Bool {
    usedBits != nil || moments.standardDeviation < Self.flattest
  }

  /// Whether all that is kept of another film is the same.
  func isAlike(_ other: FilmExamination) -> Bool {
    content == other.content && moments.mean == other.moments.mean
      && moments.squaredDeviations == other.moments.squaredDeviations
      && pose.values == other.pose.values
  }

  /// Looks at a film, of any size, as it was prepared by `preparation`.
  public init(_ film: PreparedFilm, preparation: FilmPreparation) {
    header = FilmHeader(film.source)
    content = FilmContent(film.decoded)
    moments = film.moments
    colour = header?.mayBeColoured == true ? ColourDifference(film.source) : nil
    ignoresOrientation = !preparation.appliesOrientation
    // Only of such a film are the upper bits unused.
    let isDark = header?.bitDepth == 16 && film.decoded.pixels.allSatisfy { $0 < 64 }
    usedBits = isDark && preparation.pngBits == 16 ? GreyFilm.usedBits(film.source) : nil
    var asUsed = preparation
    asUsed.pngBits = max(9, usedBits ?? 16)
    stretched = usedBits.flatMap { _ in
      (try? GreyFilm(encoded: film.source, options: asUsed.decoding)).map {
        PixelMoments(asUsed($0))
      }
    }
    pose = PoseThumbnail(preparation.plane(film.stored))
  }
}
