import CXREvaluation
import CXRData
import CXRFiles
import CXRNet
import CXRTensor
import Foundation

/// Everything needed to use a checkpoint's weights: the contents of its `metadata.json`.
public struct CheckpointMetadata: Decodable, Sendable, Equatable {
  /// The format that this version writes and the newest that it reads.
  public static let formatVersion = 1

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
}
