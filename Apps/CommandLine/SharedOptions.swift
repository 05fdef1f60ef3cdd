import CXRFilms
import CXRFiles
import ArgumentParser
import CXRData
import CXRImage
import CXRMetrics
import CXRNet
import CXRTensor
import CXRTraining
import Foundation

/// The official split's lists.
public struct ListOptions: ParsableArguments {
  @Option(help: "NIH's train_val_list.txt, for the official split; needs --test-list.")
  public var trainList: String?
  @Option(help: "NIH's test_list.txt, for the official split; needs --train-list.")
  public var testList: String?
  @Option(
    help:
      "A list of validation films beside these two. (default: an eighth of the training list's patients)"
  )
  public var validationList: String?
  @Flag(help: "Go on without films of these lists that the label file does not have.")
  public var allowUnknownFilms = false

  public init() {}

  public func validate() throws {
    guard validationList == nil || trainList != nil else {
      throw ValidationError("--validation-list goes with --train-list and --test-list")
    }
    guard !allowUnknownFilms || trainList != nil else {
      throw ValidationError("--allow-unknown-films is of lists; give --train-list and --test-list")
    }
    guard (trainList == nil) == (testList == nil) else {
      throw ValidationError("--train-list and --test-list go together; give both or neither")
    }
  }

  /// Both paths, or neither.
  public var lists: (train: String, test: String)? {
    if let trainList, let testList { (trainList, testList) } else { nil }
  }

  /// Applies the choices.
  public func apply(to options: inout FilmCollection.Options) {
    options.lists = lists
    options.validationList = validationList
    options.allowsUnknownFilms = allowUnknownFilms
  }

  /// Each option with its value, for `run.json`.
  public var commandLine: [(String, JSONValue)] {
    [
      ("train-list", .string(orNull: trainList.map(absolutePath))),
      ("test-list", .string(orNull: testList.map(absolutePath))),
      ("validation-list", .string(orNull: validationList.map(absolutePath))),
      ("allow-unknown-films", .bool(allowUnknownFilms)),
    ]
  }
}

/// Which findings, and which patients go where.
public struct LabelOptions: ParsableArguments {
  @Option(
    help:
      "Findings, separated by commas, each once, in output order. (default: the collection's, or NIH's fourteen)"
  )
  public var labels: NameList?
  @Option(
    help: ArgumentHelp(
      "What an uncertain finding (-1 in a file with a column a label) counts as: zeros (absent), ones (present) or ignore (left out of loss, weights and metrics)."
    ))
  public var uncertain: UncertainPolicy = .ignore
  @Option(help: "Seed of the patient split, as scikit-learn's random_state: 0 to 4294967295.")
  public var splitSeed: UInt32 = 0

  public init() {}

  public func validate() throws { try labels?.validate("--labels") }
}

/// What names mean that a label file and a folder of films do not spell alike.
public struct NameOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A finding's name in the files and what it is taken for, as \"Pleural Effusion=Effusion\"; repeat for others.",
      valueName: "from=to"))
  public var rename: [Rename] = []
  @Option(
    help: ArgumentHelp(
      "Leading folders of films' names that --images does not have, as CheXpert-v1.0-small.",
      valueName: "folders"))
  public var dropFolders: String?
  @Flag(help: "Take x.jpg, x.PNG or a DICOM file x for the film x.png of the label file.")
  public var ignoreExtensions = false

  public init() {}

  public func validate() throws {
    var seen: Set<String> = []
    if let twice = rename.first(where: { !seen.insert($0.from).inserted }) {
      throw ValidationError("--rename: \(twice.from) is renamed twice; rename each name once")
    }
  }

  /// What each name is taken for.
  public var renames: [String: String] {
    Dictionary(rename.map { ($0.from, $0.to) }, uniquingKeysWith: { first, _ in first })
  }

  /// Applies the choices.
  public func apply(to options: inout FilmCollection.Options) {
    options.renames = renames
    options.filmNames = FilmNameRule(
      droppedFolders: dropFolders ?? "", ignoresExtensions: ignoreExtensions)
  }

  /// Each option with its value, for `run.json`.
  public var commandLine: [(String, JSONValue)] {
    [
      ("rename", .strings(rename.map(\.argument))), ("drop-folders", .string(orNull: dropFolders)),
      ("ignore-extensions", .bool(ignoreExtensions)),
    ]
  }
}

/// A name and what it is taken for.
public struct Rename: ExpressibleByArgument {
  /// The name in the files.
  public let from: String
  /// What it is taken for.
  public let to: String
  /// `from=to`.
  public var argument: String { "\(from)=\(to)" }

  public init?(argument: String) {
    let names = argument.split(separator: "=", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    // With a second sign it is not certain which one parts the names.
    guard names.count == 2, !names.contains("") else { return nil }
    (from, to) = (names[0], names[1])
  }
}

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
      "What becomes of more than 8 bits: reference (the upper 8 are kept) or full (all, until the film is resized). (default: reference for PNG, full for DICOM)"
    ))
  public var depth: FilmDepth?
  @Option(
    help: ArgumentHelp(
      "How many bits PNG films of 16 bits use, 9 to 16, as the audit says it of films that are nearly black.",
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
  @Option(help: "An audit.csv of cxr-explore; its films of severity error are left out.")
  public var exclude: String?

  public init() {}
}

/// Names separated by commas.
public struct NameList: ExpressibleByArgument {
  /// The names, trimmed.
  public let names: [String]

  /// Checks that each name is there once, and none is empty.
  public func validate(_ option: String) throws {
    guard !names.contains("") else {
      throw ValidationError("\(option): a name is empty; separate names by single commas")
    }
    var seen: Set<String> = []
    if let twice = names.first(where: { !seen.insert($0).inserted }) {
      throw ValidationError("\(option): \(twice) is named twice; name each once")
    }
  }

  public init?(argument: String) {
    names = argument.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.trimmingPrefix { $0 == " " }.reversed().trimmingPrefix { $0 == " " }.reversed()
    }.map { String($0) }
  }
}

extension ResizeMethod: ExpressibleByArgument {}
extension DecodingOptions.JPEGTransform: ExpressibleByArgument {}
extension LossKind: ExpressibleByArgument {
  public init?(argument: String) {
    guard let kind = Self.standard.first(where: { $0.name == argument }) else { return nil }
    self = kind
  }

  public static var allValueStrings: [String] { standard.map(\.name) }
  public var defaultValueDescription: String { name }
}
extension UncertainPolicy: ExpressibleByArgument {}
extension FilmDepth: ExpressibleByArgument {}
extension DICOMRange: ExpressibleByArgument {}
extension PixelStorage: ExpressibleByArgument {}
extension OperatingRule: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
extension FilmCache.SourceCheck: ExpressibleByArgument {}

extension FilmCollection {
  /// Prints what was found.
  public func announce() {
    let films = folder.map { _ in rows(of: nil).count }
    Console.note(
      (file.collection == nil
        ? "\(file.records.count) rows"
        : "\(file.rowCount) rows, \(file.records.count) films")
        + " of \(file.patients.count) patients"
        + (films.map { " · \($0) films found" } ?? "")
        + (archivedCount > 0 ? ", \(archivedCount) of them in archives" : ""))
    for remark in remarks { Console.note(remark) }
    if let warning = warningOfPatients { Console.warn(warning) }
    // Where no film is found, an error says so.
    for hint in folder?.hints ?? [] where films != 0 {
      Console.warn(hint.description + (hint.remedies.asOptions.map { "; " + $0 } ?? ""))
    }
  }
}

/// Mean and deviation as every program prints them.
public func announcePixels(_ moments: PixelMoments) {
  Console.note(
    "training pixels: mean \(fixed(moments.mean)), standard deviation "
      + "\(fixed(moments.standardDeviation)) grey levels")
}

private func fixed(_ value: Double) -> String {
  let scaled = (value * 1000).rounded() / 1000
  return "\(scaled)"
}
