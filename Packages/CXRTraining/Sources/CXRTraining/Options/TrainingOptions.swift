import CXRFilms
import CXRFiles
import CXRData
import CXRImage
import CXRMetrics
import CXRNet
import CXRParallel

/// What changes a training run's numbers.
public struct TrainingOptions: Sendable {
  /// The network; the reference's, ``/CXRNet/ChestCNN``, unless said otherwise.
  public var architecture = Architecture.reference
  /// The networks that it may be; those of CXRNet unless said otherwise.
  public var architectures = Architectures.standard
  /// How weights follow from gradients; the reference's Adam unless said otherwise.
  public var optimizer = OptimizerSettings.reference
  /// The optimizers that may be named; those of CXRNet unless said otherwise.
  public var optimizers = Optimizers.standard
  /// What is minimised; the weighted binary cross-entropy unless said otherwise.
  public var loss = LossKind.reference
  /// The most epochs, at least 1; 20 unless said otherwise.
  public var epochs = 20
  /// Samples a batch, 1…4096, 32 unless said otherwise; the last batch of an epoch may have fewer.
  public var batchSize = 32
  /// Batches a step: their gradients are averaged as those of one batch of all their films, 1…1024; 1 unless said
  /// otherwise. Batch normalisation normalises each batch by itself.
  public var accumulate = 1
  /// In how many shares, cut by place from a whole batch, sums over a batch's films are formed, 1…64; 2 unless said
  /// otherwise. It changes last bits, and bounds how many machines could form one step.
  public var shares = BatchShares.standard
  /// How films become pixels, at most 4096 a side and as many as the network needs; 224 a side, bilinear, unless said
  /// otherwise.
  public var preparation = FilmPreparation()
  /// What films are standardised by; the training films' mean and deviation unless said otherwise.
  public var standardisation = Standardisation.training
  /// What is taken from another network and what is left as it is.
  public var transfer = TransferOptions()
  /// Whether the averages that batch normalisation predicts with are set exactly, by a pass over the training films before
  /// each validation; not unless said otherwise.
  public var recalibratesNorm = false
  /// Of the first epoch, above 0; 0.001 unless said otherwise.
  public var learningRate = ExponentialSchedule().initial
  /// The learning rate's factor an epoch, above 0 and at most 1; 0.95 unless said otherwise.
  public var decay = ExponentialSchedule().decay
  /// Epochs without improvement after which the run stops, at least 1; 5 unless said otherwise.
  public var patience = 5
  /// The longest gradient that a step follows, above 0; longer ones are shortened to it. `nil`, the default, for any.
  public var clipNorm: Double?
  /// Whether films with under-represented labels are seen twice; they are unless said otherwise.
  public var augments = true
  /// The under-represented labels, the reference's ten unless said otherwise; those outside the label set are ignored.
  public var augmentedLabels = LabelSet.underrepresented10
  /// How each label's threshold is chosen on the validation films; by Youden's rule unless said otherwise.
  public var operatingRule = OperatingRule.youden
  /// Of weights, order, augmentation and dropout; 0 unless said otherwise.
  public var seed: UInt64 = 0
  /// Drop labels without a positive film in training; unless said otherwise they are an error.
  public var skipsEmptyLabels = false
  /// Go on without films that cannot be decoded; unless said otherwise they are an error.
  public var skipsUnreadable = false

  /// The reference's settings.
  public init() {}

  /// Checks ranges.
  /// - Throws: ``TrainingError/invalidOption(_:)``.
  public func validate() throws {
    func check<Value>(_ isFine: Bool, _ name: String, _ value: Value, _ needed: String) throws {
      if !isFine { throw TrainingError.invalidOption(name, "\(value)", needed: needed) }
    }
    try check(epochs >= 1, "epochs", epochs, "at least 1 is needed")
    try check(
      (1...4096).contains(batchSize), "batchSize", batchSize, "a number from 1 to 4096 is needed")
    try check(
      (1...1024).contains(accumulate), "accumulate", accumulate,
      "a number of batches from 1 to 1024 is needed")
    try check(
      (1...BatchShares.most).contains(shares), "shares", shares,
      "a number from 1 to \(BatchShares.most) is needed")
    try check(
      (1...4096).contains(preparation.imageSize), "imageSize", preparation.imageSize,
      "a number of pixels up to 4096 is needed")
    // Before films are prepared for it.
    do {
      _ = try architectures.kernelCount(architecture, side: preparation.imageSize, labels: 1)
    } catch NetError.imageTooSmall(let size, let smallest) {
      throw TrainingError.invalidOption(
        "imageSize", "\(size)",
        needed: "the network takes films of at least \(smallest) pixels a side")
    } catch let error as NetError {
      throw TrainingError.invalidOption("architecture", needed: "\(error)")
    }
    do {
      _ = try OptimizerSettings(name: optimizer.name, values: optimizer.values, of: optimizers)
    } catch {
      throw TrainingError.invalidOption("optimizer", needed: "\(error)")
    }
    try check(
      learningRate > 0 && learningRate.isFinite, "learningRate", learningRate,
      "a positive number is needed")
    if let rate = transfer.headLearningRate {
      // A multiple of the others', as the optimizer takes it.
      let factor = Float(rate / learningRate)
      try check(
        rate > 0 && factor.isFinite && factor >= .leastNormalMagnitude, "headLearningRate", rate,
        "a positive number is needed, within 1e-37 to 3e38 times the learning rate")
    }
    try check(decay > 0 && decay <= 1, "decay", decay, "a number in 0 < d <= 1 is needed")
    if let clipNorm {
      try check(
        clipNorm > 0 && clipNorm.isFinite, "clipNorm", clipNorm, "a positive number is needed")
    }
    try check(patience >= 1, "patience", patience, "at least 1 epoch is needed")
  }

  /// What is not as it was, a line an option.
  func differences(from earlier: [String: String]) -> [String] {
    comparable.sorted { $0.key < $1.key }.compactMap { key, value in
      let old =
        earlier[key] ?? (key == Self.optimizerKey ? TrainingOptions().optimizerText : "unset")
      return old == value ? nil : "\(key): was \(old), is \(value)"
    }
  }

  /// Where the optimizer stands; it was always the reference's where nothing does.
  static let optimizerKey = "optimizer"
  static let uncertainKey = "uncertain"
  /// Where renames of labels stand among the options of a checkpoint, as JSON; absent where there are none.
  static let renamesKey = "rename"

  /// Where the description of a collection stands there, as JSON; absent where there is none.
  static let collectionKey = "collection"
  /// Where it stands there whose films they are, if not in the label file.
  static let patientsKey = "patients"
  static let eachFilm = "each-film"

  /// How a label file is read, as options of a checkpoint.
  static func text(ofReading file: LabelFile) -> [String: String] {
    var options = text(ofRenames: file.renames)
    if let collection = file.collection { options[collectionKey] = collection.text }
    switch file.patientSource {
    case .labelFile: break
    case .table: options[patientsKey] = "table"
    case .eachFilm: options[patientsKey] = eachFilm
    }
    return options
  }

  /// Renames of labels as an option of a checkpoint.
  static func text(ofRenames renames: [String: String]) -> [String: String] {
    let pairs = renames.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
    return renames.isEmpty ? [:] : [renamesKey: JSONValue.object(pairs).line]
  }

  private var optimizerText: String {
    let complete = try? OptimizerSettings(
      name: optimizer.name, values: optimizer.values, of: optimizers)
    return (complete ?? optimizer).description
  }

  /// The options as text, for `run.json` and for a resumed run to compare; the number of epochs is
  /// left out, since a run may go on longer.
  var comparable: [String: String] {
    [
      "loss": loss.name, Self.optimizerKey: optimizerText, "batch-size": "\(batchSize)",
      "shares": "\(shares)", "accumulate": "\(accumulate)",
      Standardisation.optionKey: "\(standardisation)",
      "recalibrate-norm": recalibratesNorm ? "on" : "off",
      "image-size": "\(preparation.imageSize)", "resize": preparation.resize.rawValue,
      "jpeg-dct": preparation.jpegTransform.rawValue,
      "depth": preparation.depthName, "dicom-range": preparation.dicomRange.rawValue,
      "png-bits": "\(preparation.pngBits)",
      "exif-orientation": preparation.appliesOrientation ? "apply" : "ignore",
      "pixel-storage": preparation.storage.rawValue, "learning-rate": "\(learningRate)",
      "clip-norm": clipNorm.map { "\($0)" } ?? "off", "decay": "\(decay)",
      "patience": "\(patience)", "augment": augments ? "on" : "off",
      "operating-point": operatingRule.description,
      "augment-labels": augmentedLabels.joined(separator: ","), "seed": "\(seed)",
    ].merging(transfer.comparable) { $1 }
  }
}
