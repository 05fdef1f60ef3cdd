import CXRFilms
import CXRFiles
import CXRCheckpoint
import CXRData
import CXRImage
import CXRMetrics
import CXRNet
import Foundation
import Testing

@testable import CXRTraining

/// A run goes on only with what it began with; what is another is named, with what it was and is.
@Suite struct ResumptionTests {
  /// The differences for which a run is refused.
  private func differences(_ attempt: () throws -> Void) throws -> [String] {
    do {
      try attempt()
      return []
    } catch TrainingError.resumeMismatch(_, let differences, _) {
      return differences
    }
  }

  /// The differences that another collection, or other options, make to a run in `run`.
  private func differences(
    _ set: SmallSet, _ collection: FilmCollection.Options, _ options: TrainingOptions
  ) throws -> [String] {
    try differences {
      let folder = try OutputFolder(set.folder + "/run", for: .trainingRun, reusing: true)
      let resumption = try #require(try Resumption(folder))
      let data = try TrainingData(collection, options: options, cacheFolder: set.folder)
      var trainer = try Trainer(data: data, options: options, folder: folder)
      try resumption.apply(to: &trainer)
    }
  }

  /// Begins a run, which is stopped after its first step; gives its options.
  private func begun(_ set: SmallSet) throws -> TrainingOptions {
    var asked = 0
    try set.train(
      "run",
      until: {
        asked += 1
        return asked == 2
      })
    return set.options
  }

  @Test func anotherSplitSeedIsNamedWithBothPartsOfBoth() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let options = try begun(set)
    #expect(try differences(set, set.collection, options).isEmpty)
    var other = set.collection
    other.splitSeed = 1
    let (was, now) = (
      try FilmCollection(set.collection).split, try FilmCollection(other).split
    )
    let found = try differences(set, other, options)
    func digests(_ name: String, _ part: Subset) -> String {
      "\(name) patients (SHA-256): was \(was.patientsSHA256(of: part)), "
        + "is \(now.patientsSHA256(of: part))"
    }
    let expected = [
      "split seed: was 0, is 1", digests("training", .train), digests("validation", .validation),
    ]
    for line in expected { #expect(found.contains(line), "\(line) in \(found)") }
    for part in [Subset.train, .validation] {
      #expect(was.patientsSHA256(of: part) != now.patientsSHA256(of: part))
      #expect(was.patientsSHA256(of: part).count == 64 && now.patientsSHA256(of: part).count == 64)
    }
    let message = "\(TrainingError.resumeMismatch(path: "last.npz", differences: found))"
    for line in expected { #expect(message.contains("\n  \(line)\n")) }
    #expect(!found.contains { $0.hasPrefix("label file") || $0.hasPrefix("labels") })
  }

  /// Films in the same parts, but by lists; and by lists of which only the validation's is another.
  @Test func anotherKindOfSplitIsNamed() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let options = try begun(set)
    let collection = try FilmCollection(set.collection)
    let records = collection.file.records
    func write(_ name: String, _ films: [String]) throws -> String {
      try set.write(Array(films.joined(separator: "\n").utf8), to: name)
      return "\(set.folder)/\(name)"
    }
    func names(_ part: Subset) -> [String] { collection.rows(of: part).map { records[$0].name } }
    var listed = set.collection
    listed.lists = (
      train: try write("train.txt", names(.train)), test: try write("test.txt", names(.test))
    )
    listed.validationList = try write("validation.txt", names(.validation))
    #expect(try differences(set, listed, options) == ["split: was random, is official"])

    // A patient of the validation part left out: two films.
    let patients = try FilmCollection(listed).split.patients(of: .validation)
    let left = try #require(patients.first)
    listed.validationList = try write(
      "validation.txt",
      collection.rows(of: .validation).filter { records[$0].patient != left }
        .map { records[$0].name })
    let found = try differences(set, listed, options)
    let (was, now) = (collection.split, try FilmCollection(listed).split)
    #expect(
      found == [
        "split: was random, is official",
        "validation patients (SHA-256): was \(was.patientsSHA256(of: .validation)), "
          + "is \(now.patientsSHA256(of: .validation))",
        "the list of films trained and validated on (the folder, or what exclude, allow-missing or "
          + "skip-unreadable leaves out)",
      ])
  }

  @Test func anotherDeviceIsAcceptedOnlyWhereAsked() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let options = try begun(set)
    let path = set.folder + "/run/last.npz"
    let file = try Checkpoint(path: path)
    let place = try #require(
      file.metadata.range(of: "\"blas\": \"[^\"]*\"", options: .regularExpression))
    let metadata = file.metadata.replacingCharacters(in: place, with: "\"blas\": \"another\"")
    try Checkpoint(arrays: file.arrays, metadata: metadata).write(to: path)
    let folder = try OutputFolder(set.folder + "/run", for: .trainingRun, reusing: true)
    let resumption = try #require(try Resumption(folder))
    #expect(
      try differences { try resumption.check(options) } == [
        "BLAS: was another, is \(CheckpointMetadata.Device().blas); the last bits differ"
      ])
    #expect(try differences { try resumption.check(options, allowsOtherDevice: true) }.isEmpty)
    // And that it may be is said.
    let refused = #expect(throws: TrainingError.self) { try resumption.check(options) }
    #expect(refused?.remedies == [.acceptOtherDevice])
    var longer = options
    longer.batchSize = 8
    let other = #expect(throws: TrainingError.self) {
      try resumption.check(longer, allowsOtherDevice: true)
    }
    #expect(other?.remedies == [])
  }

  /// Other vectors are named as what they are, not as another BLAS.
  @Test func otherVectorsAreNamed() throws {
    let set = try SmallSet(patients: 12)
    defer { set.remove() }
    let options = try begun(set)
    let path = set.folder + "/run/last.npz"
    let file = try Checkpoint(path: path)
    let now = CheckpointMetadata.Device()
    let device = "\"vector_unit\": \"\(now.vectorUnit)\""
    try #require(file.metadata.contains(device))
    try Checkpoint(
      arrays: file.arrays,
      metadata: file.metadata.replacingOccurrences(of: device, with: "\"vector_unit\": \"other\"")
    ).write(to: path)
    let folder = try OutputFolder(set.folder + "/run", for: .trainingRun, reusing: true)
    let resumption = try #require(try Resumption(folder))
    let expected = [
      "processor's vectors: was other, is \(now.vectorUnit); the last bits differ"
    ]
    #expect(try differences { try resumption.check(options) } == expected)
    #expect(resumption.epoch == 0 && resumption.step == 1 && !resumption.isFinished(options))
    var trainer = try Trainer(data: set.data(options), options: options, folder: folder)
    #expect(try differences { try resumption.apply(to: &trainer) } == expected)
    #expect(
      try differences { try resumption.apply(to: &trainer, allowsOtherDevice: true) }.isEmpty)
  }

  @Test func otherLabelsAndAnotherLabelFileAreNamed() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let options = try begun(set)
    for labels in [["Mass", "Edema"], ["Mass"]] {
      var other = set.collection
      other.labels = labels
      #expect(
        try differences(set, other, options) == ["labels: was [\"Edema\", \"Mass\"], is \(labels)"])
    }
    // The same rows with a column more that no one reads.
    let text = try String(contentsOfFile: set.csv, encoding: .utf8)
    let was = SHA256.hexDigest(of: text)
    let more = text.split(separator: "\n").enumerated().map { i, line in
      line + (i == 0 ? ",Remark\n" : ",none\n")
    }.joined()
    try more.write(toFile: set.csv, atomically: true, encoding: .utf8)
    #expect(
      try differences(set, set.collection, options)
        == ["label file (SHA-256): was \(was), is \(SHA256.hexDigest(of: more))"])
    try text.write(toFile: set.csv, atomically: true, encoding: .utf8)
    var uncertain = set.collection
    uncertain.uncertain = .ones
    #expect(try differences(set, uncertain, options) == ["uncertain: was ignore, is ones"])
    // And what it began with is still taken.
    #expect(try differences(set, set.collection, options).isEmpty)
  }

  /// Every option that is compared, changed alone, is named alone.
  @Test func everyOptionIsNamedAlone() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let options = try begun(set)
    typealias Change = (inout TrainingOptions) -> Void
    let changes: [String: (was: String, now: String, change: Change)] = [
      "loss": ("weighted-bce", "bce", { $0.loss = .bce }),
      "optimizer": (
        "adam beta1=0.9 beta2=0.999 epsilon=1e-07 epsilon_placement=outside_correction",
        "sgd momentum=0.5 momentum_form=rate_inside nesterov=false",
        { $0.optimizer = OptimizerSettings(telling: "sgd", ["momentum": 0.5]) }
      ),
      "batch-size": ("16", "8", { $0.batchSize = 8 }),
      "image-size": ("106", "107", { $0.preparation.imageSize = 107 }),
      "resize": ("bilinear", "antialias", { $0.preparation.resize = .antialias }),
      "jpeg-dct": ("islow", "ifast", { $0.preparation.jpegTransform = .ifast }),
      "depth": ("own", "reference", { $0.preparation.depth = .reference }),
      "dicom-range": ("window", "full", { $0.preparation.dicomRange = .full }),
      "png-bits": ("16", "12", { $0.preparation.pngBits = 12 }),
      "exif-orientation": ("ignore", "apply", { $0.preparation.appliesOrientation = true }),
      "pixel-storage": ("fixed16", "float32", { $0.preparation.storage = .float32 }),
      "learning-rate": ("0.001", "0.002", { $0.learningRate = 0.002 }),
      "clip-norm": ("off", "1.0", { $0.clipNorm = 1 }),
      "decay": ("0.95", "0.9", { $0.decay = 0.9 }),
      "patience": ("5", "4", { $0.patience = 4 }),
      "augment": ("on", "off", { $0.augments = false }),
      "operating-point": ("youden", "f1", { $0.operatingRule = .bestF1 }),
      "augment-labels": ("Mass", "Mass,Edema", { $0.augmentedLabels = ["Mass", "Edema"] }),
      "seed": ("0", "1", { $0.seed = 1 }),
      "shares": ("2", "64", { $0.shares = 64 }), "accumulate": ("1", "2", { $0.accumulate = 2 }),
      "standardisation": (
        "training", "0.5,0.25",
        { $0.standardisation = .constants(FilmConstants(mean: 0.5, deviation: 0.25)) }
      ),
      "recalibrate-norm": ("off", "on", { $0.recalibratesNorm = true }),
      "initial-weights": ("fresh", "12", { $0.transfer.initialWeightsSHA256 = "12" }),
      "freeze": ("nothing", "block1,head/bias", { $0.transfer.frozen = ["block1", "head/bias"] }),
      "head-only": ("off", "on", { $0.transfer.headOnly = true }),
      "head-learning-rate": ("as the others", "0.5", { $0.transfer.headLearningRate = 0.5 }),
    ]
    #expect(Set(changes.keys) == Set(options.comparable.keys))
    let folder = try OutputFolder(set.folder + "/run", for: .trainingRun, reusing: true)
    let resumption = try #require(try Resumption(folder))
    #expect(try differences { try resumption.check(options) }.isEmpty)
    for (key, item) in changes {
      var other = options
      item.change(&other)
      #expect(
        try differences { try resumption.check(other) } == [
          "\(key): was \(item.was), is \(item.now)"
        ])
    }
    // More epochs are no other run.
    var longer = options
    longer.epochs = 7
    #expect(try differences { try resumption.check(longer) }.isEmpty)
  }
}
