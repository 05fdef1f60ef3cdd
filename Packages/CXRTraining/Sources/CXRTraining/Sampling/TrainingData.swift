import CXRFilms
import CXRParallel
import CXRData
import CXRImage
import CXRTensor

/// The films of a training run, prepared: what is trained on, what is validated on, and the
/// statistics of the first.
public struct TrainingData: Sendable {
  /// The label file, folder and split; its labels are those that are trained.
  public let collection: FilmCollection
  /// Labels left out because training has no film with them, or none without.
  public let skippedLabels: [String]
  /// Films left out because they cannot be decoded.
  public let skippedFilms: [UnreadableFilm]
  /// The prepared films.
  public let cache: FilmCache
  /// What films are standardised by: of the training films' pixels, or given.
  public let moments: PixelMoments
  /// Of the training films.
  public let classWeights: [ClassWeight]
  /// What an epoch goes over.
  public let samples: TrainingSamples
  /// Of the names of the films trained and validated on, in order.
  let filmsSHA256: String
  /// Where prepared films are kept, and what tells whether one has changed.
  private let cacheFolder: String
  private let cacheCheck: FilmCache.SourceCheck
  private let skipsUnreadable: Bool
  /// Of these films' pixels, as prepared.
  let pixelsSHA256: String
  /// The number of films trained on, without copies.
  public var trainingCount: Int { trainingFilms.count }
  /// The number of films validated on.
  public var validationCount: Int { validationFilms.count }

  /// The row of each film of the cache.
  private let rows: [FilmRow]
  /// Films of the cache that are trained on.
  let trainingFilms: [CachedFilm]
  /// Films of the cache that are validated on.
  let validationFilms: [CachedFilm]
  /// Rows of the label file that are validated on, in order.
  var validationRows: [FilmRow] { validationFilms.map(row) }

  /// Labels that `val_auc` is no mean over: validation has no film with them, or none without.
  public var labelsUndefinedInValidation: [String] {
    ClassWeight.weights(of: collection.matrix, rows: validationRows)
      .filter { $0.positive == nil || $0.negative == nil }.map(\.label)
  }

  /// A film's labels, 0 or 1, NaN where unknown, `[K]`.
  func labels(ofFilm film: CachedFilm) -> [Float] { collection.matrix.row(row(of: film)) }

  /// A film's row of the label file.
  func row(of film: CachedFilm) -> FilmRow { rows[film.index] }

  /// Reads labels, splits patients, finds, decodes and resizes the films of both parts.
  ///
  /// - Parameters:
  ///   - collectionOptions: the label file, labels, split and folder.
  ///   - options: of the run.
  ///   - cacheFolder: where the prepared films are kept; it is made where it is not there.
  ///   - check: what tells whether a prepared film has changed.
  ///   - ranks: processes that prepare films together; none unless said otherwise.
  ///   - found: called once the films are found, before any is decoded.
  ///   - waiting: called once if another process is preparing films there.
  ///   - progress: called with films done and films in all, on any thread.
  /// - Throws: `DataError`, ``TrainingError``.
  public init(
    _ collectionOptions: FilmCollection.Options, options: TrainingOptions, cacheFolder: String,
    check: FilmCache.SourceCheck = .stamp, ranks: (any Ranks)? = nil,
    found: (FilmCollection) -> Void = { _ in }, waiting: @escaping @Sendable () -> Void = {},
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    try options.validate()
    (self.cacheFolder, cacheCheck, skipsUnreadable) = (
      cacheFolder, check, options.skipsUnreadable
    )
    var collection = try FilmCollection(
      collectionOptions,
      archives: ArchiveShelf(
        cacheFolder: cacheFolder, preparation: options.preparation, check: check, waiting: waiting,
        progress: progress), ranks: ranks)
    let strangers = options.augmentedLabels.filter {
      !collection.matrix.labels.contains($0) && !LabelSet.underrepresented10.contains($0)
    }
    guard strangers.isEmpty || !options.augments else {
      throw TrainingError.invalidOption(
        "augmentedLabels",
        needed: "\(strangers.joined(separator: ", ")) not among the labels "
          + "\(collection.matrix.labels.joined(separator: ", ")); correct the names")
    }
    var skippedLabels: [String] = []

    // Labels are checked before hours of decoding, and once more when unreadable films have left.
    func checkLabels(_ rows: [FilmRow]) throws {
      let weights = ClassWeight.weights(of: collection.matrix, rows: rows)
      let empty = weights.filter { $0.positive == nil }.map(\.label)
      let full = weights.filter { $0.negative == nil }.map(\.label)
      if empty.isEmpty && full.isEmpty { return }
      guard options.skipsEmptyLabels else {
        throw empty.isEmpty
          ? DataError.labelsWithoutNegatives(full) : DataError.labelsWithoutPositives(empty)
      }
      skippedLabels += empty + full
      let kept = collection.matrix.labels.filter { !skippedLabels.contains($0) }
      guard !kept.isEmpty else {
        throw FilmError.noFilms(
          part: "training",
          why: "no label has films with and without it "
            + "(\(skippedLabels.joined(separator: ", "))); name other labels")
      }
      collection = try collection.selecting(labels: kept)
    }
    func checkPart(_ films: [some Any], _ part: String) throws {
      guard films.isEmpty else { return }
      throw FilmError.noFilms(
        part: part,
        why: "none of its patients' films is there and readable; correct the folder of films")
    }

    found(collection)
    let (trainingRows, validationRows) = (
      collection.rows(of: .train), collection.rows(of: .validation)
    )
    try checkPart(trainingRows, "training")
    try checkPart(validationRows, "validation")
    try checkLabels(trainingRows)

    rows = trainingRows + validationRows
    let total = rows.count
    cache = try FilmCache(
      films: collection.films(rows), preparation: options.preparation, folder: cacheFolder,
      check: check, ranks: ranks, waiting: waiting, progress: { progress($0, total) })
    skippedFilms = cache.unreadable
    guard skippedFilms.isEmpty || options.skipsUnreadable else {
      throw FilmError.unreadableFilms(skippedFilms)
    }
    let bad = Set(skippedFilms.map(\.name))
    let (allRows, records) = (rows, collection.file.records)
    func readable(_ films: Range<Int>) -> [CachedFilm] {
      films.filter { !bad.contains(records[allRows[$0]].name) }.map { CachedFilm($0) }
    }
    trainingFilms = readable(0..<trainingRows.count)
    validationFilms = readable(trainingRows.count..<rows.count)
    try checkPart(trainingFilms, "training")
    try checkPart(validationFilms, "validation")
    let kept = trainingFilms.map { allRows[$0.index] }
    try checkLabels(kept)

    let films = [trainingFilms, validationFilms]
    filmsSHA256 = SHA256.hexDigest(
      of: films.map { films in
        films.map { records[allRows[$0.index]].name }.joined(separator: "\n")
      }.joined(separator: "\n\n"))
    let cache = cache
    pixelsSHA256 = SHA256.hexDigest(
      of: films.joined().map { "\(cache.checksum($0))" }.joined(separator: "\n"))
    self.collection = collection
    self.skippedLabels = skippedLabels
    let seen = cache.moments(of: trainingFilms)
    moments = options.standardisation.moments ?? seen
    guard seen.standardDeviation > 0 else {
      throw FilmError.noFilms(
        part: "training", why: "all films are of one grey level; correct the folder of films")
    }
    classWeights = ClassWeight.weights(of: collection.matrix, rows: kept)
    samples = TrainingSamples(
      matrix: collection.matrix, rows: kept,
      augmentedLabels: options.augments ? options.augmentedLabels : [])
  }

  var source: BatchSource {
    BatchSource(
      cache: cache, collection: collection, rows: rows, mean: Float(moments.mean),
      standardDeviation: Float(moments.standardDeviation))
  }

  /// The films of a part in file order, without augmented copies. Those of the test part are prepared when they are
  /// first asked for, which takes a while, and are kept where the others are.
  ///
  /// - Throws: ``/CXRFilms/FilmError/unreadableFilms(_:)`` unless the run skips them, ``/CXRFilms/FilmError/noFilms(part:why:)``,
  ///   ``/CXRFilms/FilmError/cacheFailed(path:reason:)``.
  public func batches(of part: Subset, batchSize: Int = 32) throws -> Batches {
    precondition(batchSize > 0, "TrainingData.batches: a batch of \(batchSize)")
    switch part {
    case .train: return batches(source, trainingFilms, batchSize: batchSize)
    case .validation: return validationBatches(batchSize: batchSize)
    case .test: break
    }
    let rows = collection.rows(of: .test)
    let cache = try FilmCache(
      films: collection.films(rows), preparation: self.cache.preparation, folder: cacheFolder,
      check: cacheCheck)
    guard cache.unreadable.isEmpty || skipsUnreadable else {
      throw FilmError.unreadableFilms(cache.unreadable)
    }
    let bad = Set(cache.unreadable.map(\.name))
    let films = rows.indices.filter { !bad.contains(collection.file.records[rows[$0]].name) }
      .map { CachedFilm($0) }
    guard !films.isEmpty else {
      throw FilmError.noFilms(
        part: "test",
        why: "none of its patients' films is there and readable; correct the folder of films")
    }
    return batches(
      BatchSource(
        cache: cache, collection: collection, rows: rows, mean: Float(moments.mean),
        standardDeviation: Float(moments.standardDeviation)), films, batchSize: batchSize)
  }

  /// The validation films in file order.
  func validationBatches(batchSize: Int) -> Batches {
    batches(source, validationFilms, batchSize: batchSize)
  }

  private func batches(_ source: BatchSource, _ films: [CachedFilm], batchSize: Int) -> Batches {
    let random = RandomStream(seed: 0)
    return Batches(source, count: (films.count + batchSize - 1) / batchSize) { batch in
      films[batch * batchSize..<Swift.min(films.count, (batch + 1) * batchSize)].map {
        BatchSource.Item(film: $0, augmentations: 0, random: random)
      }
    }
  }
}
