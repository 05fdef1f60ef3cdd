import CXRImage

/// How a film file becomes the pixels that a network sees, before standardising.
public struct FilmPreparation: Sendable, Hashable {
  /// The side of the square result, in pixels.
  public var imageSize: Int
  /// How the film is resized.
  public var resize: ResizeMethod
  /// How JPEG is decoded.
  public var jpegTransform: DecodingOptions.JPEGTransform

  /// 224 pixels, bilinear, the accurate transform unless said otherwise.
  public init(
    imageSize: Int = 224, resize: ResizeMethod = .bilinear,
    jpegTransform: DecodingOptions.JPEGTransform = .islow
  ) {
    (self.imageSize, self.resize, self.jpegTransform) = (imageSize, resize, jpegTransform)
  }

  /// The number of pixels of a prepared film.
  public var pixelCount: Int { imageSize * imageSize }

  /// Decodes and resizes a film.
  /// - Throws: `ImageError`.
  public func callAsFunction(path: String) throws -> FilmPlane {
    try callAsFunction(
      GreyFilm(path: path, options: DecodingOptions(jpegTransform: jpegTransform)))
  }

  /// Resizes a decoded film and rounds it to 1/256 of a grey level, as a cached film is.
  public func callAsFunction(_ film: GreyFilm) -> FilmPlane {
    let plane = film.resized(height: imageSize, width: imageSize, method: resize)
    return FixedPointPixels.plane(FixedPointPixels.encoded(plane), size: imageSize)
  }
}

/// Pixels as kept in the cache: 16 bits, 1/256 grey level a unit.
///
/// An unresized 8-bit film is exact; a resized one is off by at most 1/512 of a grey level.
enum FixedPointPixels {
  static func encoded(_ plane: FilmPlane) -> [UInt16] {
    plane.values.map { UInt16(min(max(($0 * 256).rounded(), 0), 65_535)) }
  }

  static func plane(_ pixels: some Collection<UInt16>, size: Int) -> FilmPlane {
    FilmPlane(height: size, width: size, values: pixels.map { Float($0) / 256 })
  }
}
