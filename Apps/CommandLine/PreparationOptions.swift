import ArgumentParser
import CXRFiles
import CXRFilms
import CXRImage

/// How films become pixels.
public struct PreparationOptions: ParsableArguments {
  @Option(help: "The side of the network's input, in pixels; the reference's takes 106 and more.")
  public var imageSize = 224
  @Option(help: "How films are resized: bilinear (TensorFlow's default) or antialias.")
  public var resize: ResizeMethod = .bilinear
  @Option(help: "How JPEG is decoded: islow (accurate) or ifast (TensorFlow's default).")
  public var jpegDct: DecodingOptions.JPEGTransform = .islow
  @Option(
    help: ArgumentHelp(
      "What becomes of more than 8 bits: reference (the upper 8 are kept) or full (all, until the film is resized). (default: reference for PNG and PGM, full for DICOM)"
    ))
  public var depth: FilmDepth?
  @Option(
    help: ArgumentHelp(
      "How many bits PNG and PGM films of 16 bits use, 9 to 16, as the audit says it of films that are nearly black.",
      valueName: "bits"))
  public var pngBits = 16
  @Option(
    help: ArgumentHelp(
      "What becomes of an EXIF orientation: ignore (as the reference does) or apply (films are turned as it says)."
    ))
  public var exifOrientation: OrientationChoice = .ignore
  @Option(
    help: ArgumentHelp(
      "What is black and white in DICOM: the ends of the film's window, else of its VOI LUT (window), of its VOI LUT, else of its window (lut), or of the range of its bits (full; also where there is neither)."
    ))
  public var dicomRange: DICOMRange = .window
  @Option(
    help: ArgumentHelp(
      "How prepared films are kept: fixed16 (1/256 grey level, 2 bytes a pixel), uint8 (whole levels, 1 byte) or float32 (4 bytes)."
    ))
  public var pixelStorage: PixelStorage = .fixed16
  @OptionGroup public var modalities: ModalityOptions

  public init() {}

  public func validate() throws {
    guard (9...16).contains(pngBits) else {
      throw ValidationError("--png-bits \(pngBits): a number from 9 to 16 is needed")
    }
  }

  /// The choices together.
  public var preparation: FilmPreparation {
    var preparation = FilmPreparation(
      imageSize: imageSize, resize: resize, jpegTransform: jpegDct, depth: depth, pngBits: pngBits,
      appliesOrientation: exifOrientation == .apply, dicomRange: dicomRange, storage: pixelStorage)
    preparation.dicomModalities = modalities.modalities
    return preparation
  }

  /// Each option with its value, for `run.json`.
  public var commandLine: [(String, JSONValue)] {
    [
      ("image-size", .integer(imageSize)), ("resize", .string(resize.rawValue)),
      ("jpeg-dct", .string(jpegDct.rawValue)),
      ("depth", .string(orNull: depth?.rawValue)), ("dicom-range", .string(dicomRange.rawValue)),
      ("png-bits", .integer(pngBits)), ("exif-orientation", .string(exifOrientation.rawValue)),
      ("pixel-storage", .string(pixelStorage.rawValue)),
    ] + modalities.commandLine
  }
}

/// What becomes of an EXIF orientation.
public enum OrientationChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  case ignore, apply
}

/// Which DICOM films are taken.
public struct ModalityOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Modalities of DICOM films that are taken, separated by commas: CR, DX, RG, RF, OT and none (a film that names no modality). (default: CR,DX)",
      valueName: "list"))
  public var dicomModalities: NameList?

  public init() {}

  public func validate() throws {
    try dicomModalities?.validate("--dicom-modalities")
    if let strange = dicomModalities?.names.first(where: { DICOMModality(rawValue: $0) == nil }) {
      throw ValidationError(
        "--dicom-modalities: \(strange) is none of "
          + DICOMModality.allCases.map(\.rawValue).joined(separator: ", "))
    }
  }

  /// The modalities.
  public var modalities: Set<DICOMModality> {
    dicomModalities.map { Set($0.names.compactMap { DICOMModality(rawValue: $0) }) }
      ?? DICOMModality.usual
  }

  /// The option with its value, for `run.json`.
  public var commandLine: [(String, JSONValue)] {
    [
      (
        "dicom-modalities",
        .string(orNull: dicomModalities.map { $0.names.joined(separator: ",") })
      )
    ]
  }
}

/// What tells whether a cached film has changed.
public struct CacheOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What tells that a film is still the one in the cache: stamp (its file's size and time) or content (its bytes, all read again)."
    ))
  public var cacheCheck: FilmCache.SourceCheck = .stamp

  public init() {}

  /// Says that another program is preparing films.
  public static func announceWait() {
    Console.note("another program is preparing films in this cache; waiting until it is done")
  }
}

/// Films that are left out.
public struct ExcludeOptions: ParsableArguments {
  @Option(
    help: "An audit.csv of cxr-explore; its films of severity error are left out.",
    completion: .file())
  public var exclude: String?

  public init() {}
}
