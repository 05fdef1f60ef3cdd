import CXRFilms
import CXRImage
import CXRNet
import CXRParallel
import CXRTensor

/// Trained networks applied to the films of a collection, a batch at a time.
struct Networks: Sendable {
  let classifiers: [ChestClassifier]
  /// How films are prepared, each way once.
  let preparations: [FilmPreparation]
  /// By network, its place among these.
  private let places: [Int]
  private static let batchSize = 32
  /// Why a checkpoint is of no use.
  static let notANumber = "its weights give outputs that are not numbers; the file is damaged"

  init(_ classifiers: [ChestClassifier], dicomModalities: Set<DICOMModality>) {
    self.classifiers = classifiers
    // Networks that prepare films alike share the work.
    var preparations: [FilmPreparation] = []
    places = classifiers.map { classifier in
      var own = classifier.metadata.preparation
      own.dicomModalities = dicomModalities
      if !preparations.contains(own) { preparations.append(own) }
      return preparations.firstIndex(of: own) ?? 0
    }
    self.preparations = preparations
  }

  /// What the networks say of films.
  struct Answers: Sendable {
    /// Of the films asked for those that can be decoded.
    var places: [CachedFilm] = []
    /// Films that cannot be decoded.
    var unreadable: [UnreadableFilm] = []
    /// By network, `[N, K]`; the 32-bit log-odds, widened to be ranked.
    var logits: [[Double]]
    /// By network, `[N, K]`, each in 0…1; the 32-bit outputs, widened.
    var probabilities: [[Double]]
    /// By network, the yardstick's scores, `[N, K]`; empty where the checkpoint has none.
    var baselines: [[Double]]
  }

  /// Prepares films, or finds them in the cache.
  /// - Throws: ``/CXRFilms/FilmError/cacheFailed(path:reason:)``,
  ///   ``TrainingError/notEnoughMemory(need:what:limit:left:remedy:)`` before any film is decoded.
  func prepared(
    _ films: [(name: String, path: String)], cacheFolder: String?, check: FilmCache.SourceCheck,
    ranks: (any Ranks)?, waiting: () -> Void, progress: @escaping @Sendable (Int) -> Void
  ) throws -> PreparedFilms {
    for classifier in classifiers {
      try MemoryNeed(predicting: classifier.model, batchSize: Self.batchSize)
        .check(isBeforePreparation: true)
    }
    return try PreparedFilms(
      films, preparations, cacheFolder: cacheFolder, check: check, ranks: ranks, waiting: waiting,
      progress: progress)
  }

  /// The place of a network's preparation in what ``prepared(_:cacheFolder:check:ranks:waiting:progress:)`` gives.
  func preparation(of network: Int) -> Int { places[network] }

  /// Applies every network to the first `count` films.
  ///
  /// - Parameters:
  ///   - source: the films.
  ///   - count: how many are asked about.
  ///   - paths: of the checkpoints, for messages.
  ///   - ranks: processes that answer together, each whole batches in turn.
  ///   - see: told what each network reads of films, before it is forgotten; of several ranks by the first alone. `nil` where nobody
  ///     looks.
  ///   - progress: told how many films are done.
  /// - Throws: ``TrainingError/unusableCheckpoint(path:reason:)`` where an output is not a number.
  func answers(
    on source: PreparedFilms, count: Int, paths: [String],
    ranks: any Ranks = LocalRanks.alone,
    see: ((_ network: Int, _ films: [CachedFilm], FilmReading) -> Void)? = nil,
    progress: (_ done: Int) -> Void
  ) throws -> Answers {
    let none = [[Double]](repeating: [], count: classifiers.count)
    var answers = Answers(logits: none, probabilities: none, baselines: none)
    let together = Self.batchSize * ranks.count
    for start in stride(from: 0, to: count, by: together) {
      let first = start + ranks.rank * Self.batchSize
      let part = min(count, first)..<min(count, first + Self.batchSize)
      let own = try batch(CachedFilm(part.lowerBound)..<CachedFilm(part.upperBound), of: source)
      for batch in try Self.gathered(own, ranks, wantsMaps: see != nil) {
        answers.places += batch.places
        answers.unreadable += batch.unreadable
        for (m, reading) in batch.readings.enumerated() {
          guard reading.logits.scalars.allSatisfy(\.isFinite),
            batch.baselines[m].allSatisfy(\.isFinite)
          else { throw TrainingError.unusableCheckpoint(path: paths[m], reason: Self.notANumber) }
          answers.logits[m] += reading.logits.scalars.map(Double.init)
          answers.probabilities[m] += reading.probabilities.scalars.map(Double.init)
          answers.baselines[m] += batch.baselines[m].map(Double.init)
          if ranks.rank == 0 { see?(m, batch.places, reading) }
        }
      }
      progress(min(count, start + together))
    }
    return answers
  }

  /// What the networks say of some films.
  private func batch(
    _ part: Range<CachedFilm>, of source: PreparedFilms
  ) throws -> BatchAnswers {
    var (found, decoded) = (BatchAnswers(), [[[Float]]]())
    for (place, result) in zip(part, try source.pixels(of: part)) {
      switch result {
      case .success(let planes):
        decoded.append(planes)
        found.places.append(place)
      case .failure(let error): found.unreadable.append(error.film)
      }
    }
    guard !decoded.isEmpty else { return found }
    for (m, classifier) in classifiers.enumerated() {
      let films = decoded.map { $0[preparation(of: m)] }
      found.readings.append(classifier.model.reading(input(films, for: m)))
      let size = classifier.metadata.image.size
      found.baselines.append(
        classifier.baseline.map { baseline in
          films.flatMap { baseline.scores(levels: $0, size: size) }
        } ?? [])
    }
    return found
  }

  /// Prepared films, `[n]` of grey levels, as the input of a network.
  func input(_ films: [[Float]], for network: Int) -> Tensor {
    let size = classifiers[network].metadata.image.size
    return Tensor(
      films.flatMap { classifiers[network].standardised($0) },
      shape: [films.count, size, size, 1])
  }
}
