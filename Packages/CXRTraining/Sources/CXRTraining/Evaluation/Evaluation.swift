import CXRData
import CXRImage
import CXRTensor
import Foundation

/// Trained networks applied to the same films, with the probabilities of each.
public struct Evaluation: Sendable {
  /// What is evaluated, and on what.
  public struct Options: Sendable {
    /// Checkpoints, in the order of the report.
    public var checkpoints: [String]
    /// The label file, the films' folder, and what becomes of absent films. Labels, split and seed
    /// come from the checkpoints.
    public var collection: FilmCollection.Options
    /// The part to evaluate; `nil` for all films.
    public var subset: Subset?
    /// Go on without films that cannot be decoded.
    public var skipsUnreadable: Bool
    /// What uncertain findings count as; `nil`: as in the first checkpoint's training.
    public var uncertain: UncertainPolicy?
    /// Where prepared films are kept; without it they are decoded and not kept.
    public var cacheFolder: String?
    /// What tells whether a prepared film has changed.
    public var cacheCheck = FilmCache.SourceCheck.stamp

    /// Makes options.
    public init(
      checkpoints: [String], collection: FilmCollection.Options, subset: Subset? = .test,
      skipsUnreadable: Bool = false
    ) {
      self.checkpoints = checkpoints
      self.collection = collection
      self.subset = subset
      self.skipsUnreadable = skipsUnreadable
    }
  }

  /// One network's answers.
  public struct Model: Sendable {
    /// The run folder's name, made unique.
    public let name: String
    /// The checkpoint's path, as given.
    public let checkpoint: String
    /// What the checkpoint says of itself.
    public let metadata: CheckpointMetadata
    /// `[N, K]`, each in 0…1.
    public let probabilities: [Float]
    /// Of the films' patients, how many the network was trained on.
    public let patientsSeenInTraining: Int
  }

  /// The networks, in the order given.
  public let models: [Model]
  /// Where the films come from.
  public let collection: FilmCollection
  /// The rows of the films, `[N]`.
  public let rows: [Int]
  /// Films left out because they cannot be decoded.
  public let skippedFilms: [UnreadableFilm]
  /// Whose films these are; `nil` for all.
  public let subset: Subset?

  private static let batchSize = 32

  /// Reads the checkpoints, finds the films and applies every network to every film.
  ///
  /// - Parameters:
  ///   - options: what is evaluated, and on what.
  ///   - found: called once the films are found, before any is decoded.
  ///   - waiting: called once if another process is preparing films in the cache.
  ///   - progress: called with films done and films in all, on any thread.
  /// - Throws: `DataError`, `CheckpointError`, ``TrainingError``.
  public init(
    _ options: Options, found: (FilmCollection, [CheckpointMetadata]) -> Void = { _, _ in },
    waiting: () -> Void = {},
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    let classifiers = try options.checkpoints.map { try ChestClassifier(path: $0) }
    guard let first = classifiers.first else {
      throw TrainingError.invalidOption("--checkpoint: name at least one")
    }
    try Self.checkComparable(classifiers, paths: options.checkpoints, subset: options.subset)

    var collectionOptions = options.collection
    collectionOptions.labels = first.metadata.labels
    collectionOptions.uncertain = options.uncertain ?? first.metadata.uncertainPolicy
    collectionOptions.splitSeed = first.metadata.split.seed
    collectionOptions.dividesPatients = options.subset != nil
    let collection = try Self.collection(
      collectionOptions, split: first.metadata.split, subset: options.subset,
      checkpoint: options.checkpoints[0])
    found(collection, classifiers.map(\.metadata))
    if options.subset != nil {
      try Self.checkSameFilms(collection, first.metadata, checkpoint: options.checkpoints[0])
    }
    let rows = collection.rows(of: options.subset)
    guard !rows.isEmpty else {
      throw TrainingError.noFilms(
        part: options.subset?.rawValue ?? "evaluated", why: "none is there; check --images")
    }

    // Networks that prepare films alike share the work.
    let preparations = Array(Set(classifiers.map(\.metadata.preparation)))
    let films = collection.films(rows)
    let source = try PreparedFilms(
      films, preparations, cacheFolder: options.cacheFolder, check: options.cacheCheck,
      waiting: waiting, progress: { progress($0, films.count) })
    var probabilities = [[Float]](repeating: [], count: classifiers.count)
    var (kept, skipped): ([Int], [UnreadableFilm]) = ([], [])
    for start in stride(from: 0, to: films.count, by: Self.batchSize) {
      let part = start..<min(films.count, start + Self.batchSize)
      let decoded = source.pixels(of: part)
      var usable: [Int] = []
      for (i, result) in decoded.enumerated() {
        switch result {
        case .success: usable.append(i)
        case .failure(let error): skipped.append(error.film)
        }
      }
      kept += usable.map { rows[part.lowerBound + $0] }
      for (m, classifier) in classifiers.enumerated() where !usable.isEmpty {
        guard let p = preparations.firstIndex(of: classifier.metadata.preparation) else { continue }
        let image = classifier.metadata.image
        let (mean, deviation) = (Float(image.mean), Float(image.standardDeviation))
        let pixels = usable.flatMap { i -> [Float] in
          guard case .success(let planes) = decoded[i] else { return [] }
          return planes[p].map { ($0 - mean) / deviation }
        }
        let batch = Tensor(pixels, shape: [usable.count, image.size, image.size, 1])
        probabilities[m] += classifier.probabilities(batch).scalars
      }
      progress(part.upperBound, films.count)
    }
    guard skipped.isEmpty || options.skipsUnreadable else {
      throw TrainingError.unreadableFilms(skipped)
    }
    guard !kept.isEmpty else {
      throw TrainingError.noFilms(
        part: options.subset?.rawValue ?? "evaluated", why: "no film can be decoded")
    }

    let names = Self.uniqueNames(options.checkpoints)
    let digests = kept.map { collection.file.records[$0] }.uniquePatients
      .map(CheckpointMetadata.Split.digest)
    models = classifiers.indices.map { i in
      let seen = Set(classifiers[i].metadata.split.trainPatientDigests)
      return Model(
        name: names[i], checkpoint: options.checkpoints[i], metadata: classifiers[i].metadata,
        probabilities: probabilities[i],
        patientsSeenInTraining: digests.filter { seen.contains($0) }.count)
    }
    self.collection = collection
    self.rows = kept
    skippedFilms = skipped
    subset = options.subset
  }

  private static func collection(
    _ options: FilmCollection.Options, split: CheckpointMetadata.Split, subset: Subset?,
    checkpoint: String
  ) throws -> FilmCollection {
    if split.kind == .official, options.lists == nil, subset != nil {
      throw TrainingError.evaluationMismatch(
        "\(checkpoint) was trained with the official split; give --train-list and --test-list")
    }
    if split.kind == .random, options.lists != nil, subset != nil {
      throw TrainingError.evaluationMismatch(
        "\(checkpoint) was trained with the random split of seed \(split.seed); "
          + "leave --train-list and --test-list out")
    }
    return try FilmCollection(options)
  }

  /// The films of a part are those of training only with the same label file and lists.
  private static func checkSameFilms(
    _ collection: FilmCollection, _ metadata: CheckpointMetadata, checkpoint: String
  ) throws {
    guard collection.file.sha256 == metadata.labelFileSHA256 else {
      throw TrainingError.evaluationMismatch(
        "\(collection.file.path) is not the label file that \(checkpoint) was trained with "
          + "(SHA-256 \(collection.file.sha256.prefix(12))… instead of "
          + "\(metadata.labelFileSHA256.prefix(12))…), so its parts are others; "
          + "give that file, or evaluate all films by --subset all")
    }
    guard collection.split.listsSHA256 == metadata.split.listsSHA256,
      collection.split.patientsSHA256(of: .test) == metadata.split.testPatientsSHA256,
      collection.split.patientsSHA256(of: .train) == metadata.split.trainPatientsSHA256
    else {
      throw TrainingError.evaluationMismatch(
        collection.split.kind == .official
          ? "the lists give another split than \(checkpoint) was trained with; give the same lists"
          : "the split of seed \(collection.split.seed) is not the one that \(checkpoint) was trained "
            + "with; it was written by another version, use that one")
    }
  }

  private static func checkComparable(
    _ classifiers: [ChestClassifier], paths: [String], subset: Subset?
  ) throws {
    let first = classifiers[0].metadata
    for (other, path) in zip(classifiers, paths).dropFirst() {
      guard other.metadata.labels == first.labels else {
        throw TrainingError.evaluationMismatch(
          "\(path) has labels \(other.metadata.labels.joined(separator: ", ")), but \(paths[0]) has "
            + first.labels.joined(separator: ", ") + "; compare checkpoints of one label set")
      }
      let same =
        other.metadata.split.testPatientsSHA256 == first.split.testPatientsSHA256
        && other.metadata.split.trainPatientsSHA256 == first.split.trainPatientsSHA256
      guard same || subset == nil else {
        throw TrainingError.evaluationMismatch(
          "\(path) was trained on another split than \(paths[0]), so one may have seen the other's "
            + "test patients; compare checkpoints of one split, or use --subset all")
      }
    }
  }

  /// The run folders' names; a repeated one gets -2, -3, …
  static func uniqueNames(_ checkpoints: [String]) -> [String] {
    var used: Set<String> = []
    return checkpoints.map { path in
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().lastPathComponent
      let base = folder.isEmpty || folder == "/" ? "model" : folder
      var (name, number) = (base, 1)
      while !used.insert(name).inserted {
        number += 1
        name = "\(base)-\(number)"
      }
      return name
    }
  }

  /// Labels, in column order.
  public var labels: [String] { collection.matrix.labels }

  /// The patients of the rows.
  public var patientCount: Int { rows.map { collection.file.records[$0] }.uniquePatients.count }

  /// Whether each film has each label, `[N, K]`; `false` where unknown.
  public var truths: [Bool] {
    rows.flatMap { row in labels.indices.map { collection.matrix[row, $0] } }
  }

  /// Whether it is known if each film has each label, `[N, K]`.
  public var known: [Bool] {
    rows.flatMap { row in labels.indices.map { collection.matrix.isKnown(row, $0) } }
  }

  /// Scores and truths of label `column`, of the films of which it is known whether they have it.
  public func answers(
    of model: Model, label column: Int
  ) -> (scores: [Float], truths: [Bool]) {
    var (scores, truths): ([Float], [Bool]) = ([], [])
    for (film, row) in rows.enumerated() where collection.matrix.isKnown(row, column) {
      scores.append(model.probabilities[film * labels.count + column])
      truths.append(collection.matrix[row, column])
    }
    return (scores, truths)
  }
}

extension UnreadableFilm {
  static func reason(_ error: any Error) -> String {
    (error as? ImageError)?.reason ?? "\(error)"
  }
}
