import CXREvaluation
import CXRFilms
import CXRFiles
import CXRCheckpoint
import CXRData
import CXRImage
import CXRNet
import CXRTensor
import Foundation

/// Everything needed to use a checkpoint's weights: the contents of its `metadata.json`.
public struct CheckpointMetadata: Decodable, Sendable, Equatable {
  /// The format that this version writes and the newest that it reads.
  public static let formatVersion = 1

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
    /// Of the training pixels, in grey levels.
    public var mean: Double
    /// Of the training pixels, in grey levels.
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

  /// Which patients it was trained on.
  public struct Split: Codable, Sendable, Equatable {
    /// Random or official.
    public var kind: PatientSplit.Kind
    /// The seed of the draw.
    public var seed: UInt32
    /// Of the official lists.
    public var listsSHA256: String?
    /// Of the sorted patient identifiers.
    public var trainPatientsSHA256: String
    /// Of the sorted patient identifiers.
    public var validationPatientsSHA256: String
    /// Of the sorted patient identifiers.
    public var testPatientsSHA256: String
    /// The first 16 hexadecimal digits of the SHA-256 of each training patient's identifier, sorted,
    /// so that an evaluation on other films can count the patients that the network has seen.
    public var trainPatientDigests: [String]
    /// The same of the validation patients, on whom thresholds are chosen; `nil` in files of older versions.
    public var validationPatientDigests: [String]?

    enum CodingKeys: String, CodingKey {
      case kind, seed
      case listsSHA256 = "lists_sha256"
      case trainPatientsSHA256 = "train_patients_sha256"
      case validationPatientsSHA256 = "validation_patients_sha256"
      case testPatientsSHA256 = "test_patients_sha256"
      case trainPatientDigests = "train_patient_digests"
      case validationPatientDigests = "validation_patient_digests"
    }

    /// What stands for a patient in ``trainPatientDigests``.
    public static func digest(of patient: PatientID) -> String {
      String(SHA256.hexDigest(of: patient.description).prefix(16))
    }

    /// Describes a split.
    public init(_ split: PatientSplit) {
      kind = split.kind
      seed = split.seed
      listsSHA256 = split.listsSHA256
      trainPatientsSHA256 = split.patientsSHA256(of: .train)
      validationPatientsSHA256 = split.patientsSHA256(of: .validation)
      testPatientsSHA256 = split.patientsSHA256(of: .test)
      trainPatientDigests = split.patients(of: .train).map(Self.digest).sorted()
      validationPatientDigests = split.patients(of: .validation).map(Self.digest).sorted()
    }
  }

  /// The state of a run, in `last.npz` and `best.npz`.
  public struct Progress: Codable, Sendable, Equatable {
    /// The lowest validation loss so far, in nats; `nil` before the first.
    public var bestLoss: Double?
    /// The epoch of the lowest validation loss, from 1.
    public var bestEpoch: Int
    /// Epochs since then.
    public var epochsWithoutImprovement: Int
    /// Whether the run is over.
    public var isFinished: Bool

    enum CodingKeys: String, CodingKey {
      case bestLoss = "best_loss"
      case bestEpoch = "best_epoch"
      case epochsWithoutImprovement = "epochs_without_improvement"
      case isFinished = "finished"
    }
  }

  /// The format of the file.
  public var formatVersion: Int
  /// The version of the library that wrote it.
  public var libraryVersion: String
  /// The network.
  public var architecture: Architecture
  /// In output order.
  public var labels: [String]
  /// How films become its input.
  public var image: Image
  /// Its name, such as `weighted-bce`.
  public var loss: String
  /// Of the training films.
  public var classWeights: [ClassWeight]
  /// Which patients it was trained on.
  public var split: Split
  /// Of the label file's bytes.
  public var labelFileSHA256: String
  /// The seed of weights, order, augmentation and dropout.
  public var seed: UInt64
  /// Epochs done.
  public var epoch: Int
  /// Steps done.
  public var step: Int
  /// Options that change the numbers, as text, for a resumed run to compare.
  public var options: [String: String]
  /// The state of the run.
  public var progress: Progress
  /// What was chosen on the validation films; in `best.npz`.
  public var validation: ValidationFit?
  /// Of the yardstick in the file.
  public var baseline: Baseline?
  /// Of the films that the network knows.
  public var typicalFilms: TypicalFilms.Figures?

  /// What computed it, where that changes the last bits; `nil` in files of older versions.
  public var device: Device?
  /// The epochs so far, as `history.csv`; in `last.npz`.
  public var history: String?
  /// The epoch that is going on; in a `last.npz` of its midst.
  public var unfinishedEpoch: UnfinishedEpoch?

  /// What changes the last bits of the numbers.
  public struct Device: Codable, Sendable, Equatable {
    /// The BLAS.
    public var blas: String
    /// The processor's vectors.
    public var vectorUnit: String

    /// This process's.
    init() { (blas, vectorUnit) = (BLAS.description, VectorUnit.description) }

    enum CodingKeys: String, CodingKey {
      case blas
      case vectorUnit = "vector_unit"
    }
  }

  /// The regression on thumbnails whose arrays are in the file.
  public struct Baseline: Codable, Sendable, Equatable {
    /// What was added to its diagonal, in films.
    public var strength: Double
  }

  enum CodingKeys: String, CodingKey {
    case architecture, labels, image, loss, split, seed, epoch, step, options, progress
    case validation, baseline, device, history
    case unfinishedEpoch = "unfinished_epoch"
    case typicalFilms = "typical_films"
    case formatVersion = "format_version"
    case libraryVersion = "library_version"
    case classWeights = "class_weights"
    case labelFileSHA256 = "label_file_sha256"
  }

  /// The document, with explicit nulls and sorted keys.
  public var json: JSONValue {
    .object([
      ("format_version", .integer(formatVersion)), ("library_version", .string(libraryVersion)),
      ("architecture", architecture.json),
      ("labels", .strings(labels)),
      ("image", image.json),
      ("loss", .string(loss)), ("class_weights", .array(classWeights.map(\.json))),
      ("split", split.json),
      ("label_file_sha256", .string(labelFileSHA256)), ("seed", .unsigned(seed)),
      ("epoch", .integer(epoch)), ("step", .integer(step)),
      (
        "options", .object(options.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
      ),
      ("progress", progress.json),
      ("validation", validation?.json ?? .null),
      (
        "baseline",
        baseline.map { .object([("strength", .number($0.strength))]) } ?? .null
      ),
      ("typical_films", typicalFilms?.json ?? .null),
      (
        "device",
        device.map {
          .object([("blas", .string($0.blas)), ("vector_unit", .string($0.vectorUnit))])
        } ?? .null
      ),
      ("history", .string(orNull: history)),
      ("unfinished_epoch", unfinishedEpoch?.json ?? .null),
    ])
  }

  /// Reads a checkpoint's metadata.
  /// - Throws: ``TrainingError/unusableCheckpoint(path:reason:)``.
  public init(
    _ checkpoint: Checkpoint, path: String, architectures: Architectures = .standard
  ) throws {
    try self.init(checkpoint.outline, path: path, architectures: architectures)
  }

  /// Reads the metadata of a checkpoint whose arrays have not been unpacked.
  /// - Throws: ``TrainingError/unusableCheckpoint(path:reason:)``.
  init(_ outline: Checkpoint.Outline, path: String, architectures: Architectures) throws {
    struct Format: Decodable {
      let version: Int
      enum CodingKeys: String, CodingKey { case version = "format_version" }
    }
    let data = Data(outline.metadata.utf8)
    guard let format = try? JSONDecoder().decode(Format.self, from: data) else {
      throw TrainingError.unusableCheckpoint(
        path: path,
        reason: "metadata.json names no format_version; it is no checkpoint of a training run")
    }
    guard format.version == Self.formatVersion else {
      throw TrainingError.unusableCheckpoint(
        path: path,
        reason:
          "format \(format.version) is not the format \(Self.formatVersion) that this version "
          + "(\(LibraryVersion.current)) reads; use the version that wrote it")
    }
    do {
      self = try JSONDecoder().decode(Self.self, from: data)
    } catch DecodingError.keyNotFound(let key, _) {
      throw TrainingError.unusableCheckpoint(
        path: path, reason: "metadata.json has no \"\(key.stringValue)\"; the file is damaged")
    } catch {
      throw TrainingError.unusableCheckpoint(
        path: path, reason: "metadata.json cannot be read (\(error)); the file is damaged")
    }
    guard options[TrainingOptions.collectionKey] == nil || collection != nil else {
      throw TrainingError.unusableCheckpoint(
        path: path,
        reason: "describes its collection of films in words that this version "
          + "(\(LibraryVersion.current)) does not know; use the version that wrote it, \(libraryVersion)"
      )
    }
    guard !labels.isEmpty, Set(labels).count == labels.count, (0...1 << 40).contains(epoch),
      (0...1 << 40).contains(step), progress.bestEpoch >= 0,
      progress.epochsWithoutImprovement >= 0,
      (1...8192).contains(image.size),
      image.mean.isFinite, image.standardDeviation.isFinite,
      (1e-6...1e6).contains(image.standardDeviation), abs(image.mean) < 1e6,
      (9...16).contains(image.pngBits ?? 16),
      image.depth == FilmPreparation.ownDepth || FilmDepth(rawValue: image.depth) != nil,
      labels.count <= 10_000
    else {
      throw TrainingError.unusableCheckpoint(
        path: path,
        reason: "metadata.json describes no network that this version can build "
          + "from the arrays in the file; the file is damaged or of another program")
    }
    // A damaged description may ask for any number of weights: counted before memory is taken for them. Small
    // mismatches are named array by array later.
    do {
      architecture = try architectures.complete(architecture)
      let count = try architectures.kernelCount(
        architecture, side: image.size, labels: labels.count)
      guard count <= max(10_000_000, 2 * Self.parameterCount(outline)) else {
        throw TrainingError.unusableCheckpoint(
          path: path,
          reason:
            "metadata.json describes a network of \(count) weights, \(architecture), which are not in the file; "
            + "the file is damaged or of another program")
      }
    } catch NetError.unknownNetwork(let name, let known) {
      throw TrainingError.unusableCheckpoint(
        path: path,
        reason:
          "holds a network called \(name); known are \(known.joined(separator: ", ")). A program that "
          + "brings networks of its own names them by architectures")
    } catch let error as NetError {
      throw TrainingError.unusableCheckpoint(
        path: path,
        reason:
          "metadata.json describes no network that this version can build: \(error); the file "
          + "is damaged or of another program")
    }
  }

  /// What is wrong with the parts that an evaluation uses, in words; `nil` where nothing is.
  var problemOfEvaluation: String? {
    guard classWeights.map(\.label) == labels else {
      return "its class weights are of other labels"
    }
    let weights = classWeights.flatMap { [$0.positive, $0.negative] }.compactMap { $0 }
    guard weights.allSatisfy({ (1e-6...1e9).contains($0) }) else {
      return "its class weights are no weights"
    }
    if let validation {
      guard validation.labels.map(\.label) == labels else {
        return "its thresholds are of other labels than its network"
      }
      let isFine = validation.labels.allSatisfy { label in
        (0...label.films).contains(label.positives) && label.films <= validation.films
          && (0...Double(max(0, label.films))).contains(label.effectiveFilms)
          && (-1...1).contains(label.threshold ?? 0)
          && (-1e6...1e6).contains(label.logitThreshold ?? 0)
          && (label.logitThreshold == nil || label.threshold != nil)
          && [label.platt, label.vector].compactMap { $0 }.allSatisfy {
            abs($0.scale) < 1e6 && abs($0.shift) < 1e6
          }
      }
      guard isFine else { return "its thresholds or calibrations are no numbers that could be" }
    }
    if let typicalFilms, !typicalFilms.isPlausible {
      return "what it says of its films' sizes and grey levels cannot be"
    }
    if let baseline, !baseline.strength.isFinite {
      return "its regression on thumbnails has no strength"
    }
    return nil
  }

  /// The numbers in a file that are a model's.
  private static func parameterCount(_ outline: Checkpoint.Outline) -> Int {
    outline.arrays.reduce(0) { sum, array in
      ChestClassifier.otherPrefixes.contains { array.name.hasPrefix($0) }
        ? sum : sum + array.shape.reduce(1, *)
    }
  }

  /// Describes a run.
  init(
    architecture: Architecture, labels: [String], image: Image, loss: String,
    classWeights: [ClassWeight], split: Split, labelFileSHA256: String, seed: UInt64, epoch: Int,
    step: Int, options: [String: String], progress: Progress
  ) {
    formatVersion = Self.formatVersion
    libraryVersion = LibraryVersion.current
    self.architecture = architecture
    self.labels = labels
    self.image = image
    self.loss = loss
    self.classWeights = classWeights
    self.split = split
    self.labelFileSHA256 = labelFileSHA256
    self.seed = seed
    self.epoch = epoch
    self.step = step
    self.options = options
    self.progress = progress
    device = Device()
  }

  /// Whether the version that trained the network made other grey levels of DICOM films.
  public var isOfOtherDICOM: Bool { GreyFilm.readsDICOM && libraryVersion.hasPrefix("0.1.") }
  /// What a person should know then.
  public static let otherDICOM =
    "the network was trained by a version that made other grey levels of DICOM films; if it was trained on such films, its "
    + "outputs and thresholds are not for these: train it anew"

  /// What uncertain findings counted as in training.
  public var uncertainPolicy: UncertainPolicy {
    options[TrainingOptions.uncertainKey].flatMap { UncertainPolicy(rawValue: $0) } ?? .ignore
  }

  /// Names of the label file that were taken for others in training.
  public var labelRenames: [String: String] {
    let text = options[TrainingOptions.renamesKey] ?? "{}"
    return (try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))) ?? [:]
  }

  /// How the label file was read; `nil`: by its columns.
  public var collection: CollectionDescription? {
    options[TrainingOptions.collectionKey].flatMap { CollectionDescription(text: $0) }
  }

  /// Whether each film was taken for a patient.
  public var takesEachFilmForAPatient: Bool {
    options[TrainingOptions.patientsKey] == TrainingOptions.eachFilm
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

extension CheckpointMetadata.Split {
  /// As a document.
  var json: JSONValue {
    .object([
      ("kind", .string(kind.rawValue)), ("seed", .integer(Int(seed))),
      ("lists_sha256", .string(orNull: listsSHA256)),
      ("train_patients_sha256", .string(trainPatientsSHA256)),
      ("validation_patients_sha256", .string(validationPatientsSHA256)),
      ("test_patients_sha256", .string(testPatientsSHA256)),
      ("train_patient_digests", .strings(trainPatientDigests)),
      (
        "validation_patient_digests",
        validationPatientDigests.map { .strings($0) } ?? .null
      ),
    ])
  }
}

extension CheckpointMetadata.Progress {
  /// As a document.
  var json: JSONValue {
    .object([
      ("best_loss", .number(orNull: bestLoss)),
      ("best_epoch", .integer(bestEpoch)),
      ("epochs_without_improvement", .integer(epochsWithoutImprovement)),
      ("finished", .bool(isFinished)),
    ])
  }
}

extension Architecture {
  /// The record as a document.
  public var json: JSONValue {
    .object(
      [("name", .string(name))]
        + settings.sorted { $0.key < $1.key }.map { key, value in
          switch value {
          case .integer(let whole): (key, .integer(whole))
          case .integers(let list): (key, .array(list.map { .integer($0) }))
          case .number(let number): (key, .number(number))
          case .text(let text): (key, .string(text))
          }
        })
  }
}
