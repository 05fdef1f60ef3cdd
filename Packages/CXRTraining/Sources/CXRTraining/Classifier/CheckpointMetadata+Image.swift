import CXRFiles
import CXRFilms
import CXRImage

extension CheckpointMetadata {
  /// How films become its input.
  public struct Image: Codable, Sendable, Equatable {
    /// The side of the square input, in pixels.
    public var size: Int
    /// How films are resized.
    public var resize: ResizeMethod
    /// How JPEG is decoded.
    public var jpegDCT: DecodingOptions.JPEGTransform
    /// What becomes of more than 8 bits: `reference`, the upper 8; `full`, all; `own`, the upper 8 of PNG and
    /// all of DICOM.
    public var depth: String
    /// Which values of a DICOM film are black and white; `window` where the file does not say.
    public var dicomRange: DICOMRange?
    /// How many of a 16-bit PNG's bits are used; all where the file does not say.
    public var pngBits: Int?
    /// Whether films are turned as their EXIF orientation says; not where the file does not say.
    public var appliesOrientation: Bool?
    /// To what grey levels are rounded; `fixed16` where the file does not say.
    public var storage: PixelStorage?
    /// What is subtracted from a film, in grey levels: the training pixels' mean, or a given one.
    public var mean: Double
    /// What it is divided by, in grey levels: their deviation, or a given one.
    public var standardDeviation: Double

    enum CodingKeys: String, CodingKey {
      case size, resize, depth, storage, mean
      case jpegDCT = "jpeg_dct"
      case dicomRange = "dicom_range"
      case pngBits = "png_bits"
      case appliesOrientation = "applies_exif_orientation"
      case standardDeviation = "standard_deviation"
    }
  }

  /// How films become the network's input.
  public var preparation: FilmPreparation {
    FilmPreparation(
      imageSize: image.size, resize: image.resize, jpegTransform: image.jpegDCT,
      depth: FilmDepth(rawValue: image.depth), pngBits: image.pngBits ?? 16,
      appliesOrientation: image.appliesOrientation ?? false,
      dicomRange: image.dicomRange ?? .window,
      storage: image.storage ?? .fixed16)
  }

  /// Whether the version that trained the network made other grey levels of DICOM films.
  public var isOfOtherDICOM: Bool { GreyFilm.readsDICOM && libraryVersion.hasPrefix("0.1.") }
  /// What a person should know then.
  public static let otherDICOM =
    "the network was trained by a version that made other grey levels of DICOM films; if it was trained on such films, its "
    + "outputs and thresholds are not for these: train it anew"
}

extension CheckpointMetadata.Image {
  /// As a document.
  var json: JSONValue {
    .object([
      ("size", .integer(size)), ("resize", .string(resize.rawValue)),
      ("jpeg_dct", .string(jpegDCT.rawValue)), ("depth", .string(depth)),
      ("dicom_range", .string((dicomRange ?? .window).rawValue)),
      ("png_bits", .integer(pngBits ?? 16)),
      ("applies_exif_orientation", .bool(appliesOrientation ?? false)),
      ("storage", .string((storage ?? .fixed16).rawValue)),
      ("mean", .number(mean)), ("standard_deviation", .number(standardDeviation)),
    ])
  }
}
