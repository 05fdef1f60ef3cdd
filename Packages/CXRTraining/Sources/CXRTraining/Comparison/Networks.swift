import CXRFilms
import CXRImage
import CXRNet
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
    waiting: () -> Void, progress: @Sendable (Int) -> Void
  ) throws -> PreparedFilms {
    for classifier in classifiers {
      try MemoryNeed(predicting: classifier.model, batchSize: Self.batchSize)
        .check(isBeforePreparation: true)
    }
    return try PreparedFilms(
      films, preparations, cacheFolder: cacheFolder, check: check, waiting: waiting,
      progress: progress)
  }

  /// The place of a network's preparation in what ``prepared(_:cacheFolder:check:waiting:progress:)`` gives.
  func preparation(of network: Int) -> Int { places[network] }

  /// Applies every network to the first `count` films.
  ///
  /// - Parameters:
  ///   - source: the films.
  ///   - count: how many are asked about.
  ///   - paths: of the checkpoints, for messages.
  ///   - see: told what each network reads of films, before it is forgotten.
  ///   - progress: told how many films are done.
  /// - Throws: ``TrainingError/unusableCheckpoint(path:reason:)`` where an output is not a number.
  func answers(
    on source: PreparedFilms, count: Int, paths: [String],
    see: (_ network: Int, _ films: [CachedFilm], FilmReading) -> Void = { _, _, _ in },
    progress: (_ done: Int) -> Void
  ) throws -> Answers {
    let none = [[Double]](repeating: [], count: classifiers.count)
    var answers = Answers(logits: none, probabilities: none, baselines: none)
    for start in stride(from: 0, to: count, by: Self.batchSize) {
      let part = CachedFilm(start)..<CachedFilm(min(count, start + Self.batchSize))
      var decoded: [[[Float]]] = []
      let known = answers.places.count
      for (place, result) in zip(part, try source.pixels(of: part)) {
        switch result {
        case .success(let planes):
          decoded.append(planes)
          answers.places.append(place)
        case .failure(let error): answers.unreadable.append(error.film)
        }
      }
      for (m, classifier) in classifiers.enumerated() where !decoded.isEmpty {
        let films = decoded.map { $0[preparation(of: m)] }
        let reading = classifier.model.reading(input(films, for: m))
        guard reading.logits.scalars.allSatisfy(\.isFinite) else {
          throw TrainingError.unusableCheckpoint(path: paths[m], reason: Self.notANumber)
        }
        answers.logits[m] += reading.logits.scalars.map(Double.init)
        answers.probabilities[m] += reading.probabilities.scalars.map(Double.init)
        see(m, Array(answers.places[known...]), reading)
        if let baseline = classifier.baseline {
          let size = classifier.metadata.image.size
          for levels in films {
            let scores = baseline.scores(levels: levels, size: size)
            guard scores.allSatisfy(\.isFinite) else {
              throw TrainingError.unusableCheckpoint(path: paths[m], reason: Self.notANumber)
            }
            answers.baselines[m] += scores.map(Double.init)
          }
        }
      }
      progress(part.upperBound.index)
    }
    return answers
  }

  /// Prepared films, `[n]` of grey levels, as the input of a network.
  func input(_ films: [[Float]], for network: Int) -> Tensor {
    let size = classifiers[network].metadata.image.size
    return Tensor(
      films.flatMap { classifiers[network].standardised($0) },
      shape: [films.count, size, size, 1])
  }
}
