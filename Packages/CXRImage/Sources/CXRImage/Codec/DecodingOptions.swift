/// How a film's bytes become grey levels.
public struct DecodingOptions: Sendable, Hashable {
  /// The arithmetic of a JPEG's inverse cosine transform.
  public enum JPEGTransform: String, Sendable, CaseIterable, Codable {
    /// Accurate whole numbers.
    case islow
    /// Fewer bits: what TensorFlow uses unless told otherwise; off by up to 14 grey levels.
    case ifast
  }

  /// How JPEG is transformed; accurately unless said otherwise.
  public var jpegTransform: JPEGTransform
  /// What becomes of more than 8 bits; `nil`, the default, for ``FilmDepth/reference`` of PNG and PGM and ``FilmDepth/full`` of
  /// DICOM.
  public var depth: FilmDepth?
  /// How many of the bits are used of a 16-bit PNG, or a PGM in which white is 65535, 9 to 16: a film of 12 bits in a file of
  /// 16 is nearly black otherwise. 16 unless said otherwise.
  public var pngBits: Int
  /// Whether a PNG or JPEG film is turned as its EXIF orientation says; as in the reference it is not unless said otherwise.
  public var appliesOrientation: Bool
  /// Which values of a DICOM film are black and white; the window's unless said otherwise.
  public var dicomRange: DICOMRange
  /// Which DICOM films are taken; CR and DX unless said otherwise.
  public var dicomModalities: Set<DICOMModality>
  /// The most pixels a film may have, from 1; memory is taken only for fewer. 100 million unless said otherwise.
  public var maximumPixels: Int

  /// The accurate transform, each format's own depth, DICOM's window, CR and DX, and films of up to 100 million
  /// pixels unless said otherwise.
  public init(
    jpegTransform: JPEGTransform = .islow, depth: FilmDepth? = nil, pngBits: Int = 16,
    appliesOrientation: Bool = false,
    dicomRange: DICOMRange = .window, dicomModalities: Set<DICOMModality> = DICOMModality.usual,
    maximumPixels: Int = 100_000_000
  ) {
    precondition((9...16).contains(pngBits), "DecodingOptions: \(pngBits) bits; 9 to 16 are known")
    (self.pngBits, self.appliesOrientation) = (pngBits, appliesOrientation)
    self.dicomModalities = dicomModalities
    (self.jpegTransform, self.maximumPixels) = (jpegTransform, maximumPixels)
    (self.depth, self.dicomRange) = (depth, dicomRange)
  }
}
