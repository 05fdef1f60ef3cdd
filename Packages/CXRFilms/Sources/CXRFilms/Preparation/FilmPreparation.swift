import CXRFiles
import CXRImage

/// How a film file becomes the pixels that a network sees, before standardising.
public struct FilmPreparation: Sendable, Hashable {
  /// The side of the square result, in pixels; 224 unless said otherwise.
  public var imageSize: Int
  /// How the film is resized; bilinear, as the reference does, unless said otherwise.
  public var resize: ResizeMethod
  /// How JPEG is decoded; by the accurate transform unless said otherwise.
  public var jpegTransform: DecodingOptions.JPEGTransform
  /// What becomes of more than 8 bits; `nil`, the default, for each format's own way.
  public var depth: FilmDepth?
  /// How many of a 16-bit PNG's bits are used, 9 to 16; 16 unless said otherwise.
  public var pngBits: Int
  /// Whether films are turned as their EXIF orientation says; they are not unless said otherwise.
  public var appliesOrientation: Bool
  /// Which values of a DICOM film are black and white; the window's unless said otherwise.
  public var dicomRange: DICOMRange
  /// Which DICOM films are taken; CR and DX unless said otherwise. It changes no pixel, but films that one choice takes are
  /// none of another's cache.
  public var dicomModalities = DICOMModality.usual
  /// To what its grey levels are rounded, which is how they are cached; 1/256 of a level unless said otherwise.
  public var storage: PixelStorage

  /// 224 pixels, bilinear, the accurate transform, each format's depth, DICOM's window, 1/256 of a level unless
  /// said otherwise.
  public init(
    imageSize: Int = 224, resize: ResizeMethod = .bilinear,
    jpegTransform: DecodingOptions.JPEGTransform = .islow, depth: FilmDepth? = nil,
    pngBits: Int = 16, appliesOrientation: Bool = false,
    dicomRange: DICOMRange = .window, storage: PixelStorage = .fixed16
  ) {
    (self.pngBits, self.appliesOrientation) = (pngBits, appliesOrientation)
    (self.depth, self.dicomRange) = (depth, dicomRange)
    (self.imageSize, self.resize, self.jpegTransform) = (imageSize, resize, jpegTransform)
    self.storage = storage
  }

  /// The number of pixels of a prepared film.
  public var pixelCount: Int { imageSize * imageSize }

  /// The size of a prepared film, in bytes.
  public var byteCount: Int { pixelCount * storage.bytesPerPixel }

  /// How a film's bytes are decoded.
  public var decoding: DecodingOptions {
    DecodingOptions(
      jpegTransform: jpegTransform, depth: depth, pngBits: pngBits,
      appliesOrientation: appliesOrientation, dicomRange: dicomRange,
      dicomModalities: dicomModalities)
  }

  /// ``depth`` as text.
  public var depthName: String { depth?.rawValue ?? Self.ownDepth }
  /// What stands for each format's own depth.
  public static let ownDepth = "own"

  /// Everything that changes the pixels, a line each.
  var signature: [String] {
    [
      "\(imageSize)", resize.rawValue, jpegTransform.rawValue, depthName,
      dicomRange.rawValue, storage.rawValue,
      LibraryVersion.current,
    ] + (pngBits == 16 ? [] : ["png \(pngBits)"]) + (appliesOrientation ? ["turned"] : [])
      + (dicomModalities == DICOMModality.usual ? [] : dicomModalities.map(\.rawValue).sorted())
  }

  /// Decodes and resizes a film.
  /// - Throws: `ImageError`.
  public func callAsFunction(path: String) throws -> FilmPlane {
    try callAsFunction(GreyFilm(path: path, options: decoding))
  }

  /// Resizes a decoded film and rounds its levels, as a cached film's are.
  public func callAsFunction(_ film: GreyFilm) -> FilmPlane {
    plane(stored(film))
  }

  /// A decoded film, resized, in the cache's bytes.
  func stored(_ film: GreyFilm) -> [UInt8] {
    storage.stored(film.resized(height: imageSize, width: imageSize, method: resize))
  }

  /// The film that such bytes are.
  public func plane(_ stored: [UInt8]) -> FilmPlane {
    stored.withUnsafeBytes { storage.film($0, height: imageSize, width: imageSize) }
  }
}
