import CXREvaluation
import CXRFilms
import CXRParallel
import CXRImage
import CXRMetrics
import CXRTensor

extension TrainingData {
  private static let blockSize = 256

  /// The yardstick, fitted on the training films; its strength is that of the largest mean AUC on the validation
  /// films.
  /// - Throws: ``/CXRFilms/FilmError/cacheChanged(path:film:)``, ``/CXRFilms/FilmError/cacheFailed(path:reason:)``.
  ///
  /// - Parameter check: asked between blocks; it throws to stop.
  func thumbnailRidge(checking check: () throws -> Void = {}) throws -> ThumbnailRidge? {
    var sums = ThumbnailRidge.Sums(labels: collection.matrix.labels.count)
    try forEachBlock(of: trainingFilms) { films in
      try check()
      sums.add(
        try thumbnails(of: films), labels: films.flatMap { labels(ofFilm: $0) })
    }
    let candidates = ThumbnailRidge.strengths.compactMap { sums.ridge(strength: $0) }
    var scores = [[Double]](repeating: [], count: candidates.count)
    try forEachBlock(of: validationFilms) { films in
      try check()
      let thumbnails = try thumbnails(of: films)
      for (i, candidate) in candidates.enumerated() {
        for thumbnail in thumbnails {
          scores[i] += candidate.scores(thumbnail: thumbnail).map(Double.init)
        }
      }
    }
    let films = JudgedFilms(rows: validationRows, of: collection)
    let quality = scores.map { scores -> Double in
      let answers = FilmAnswers(films: films, scores: scores)
      let areas = answers.labels.indices.compactMap { k -> Double? in
        let known = answers.known(label: k)
        return rocAUC(scores: known.scores, labels: known.truths)
      }
      return areas.isEmpty ? 0 : areas.reduce(0, +) / Double(areas.count)
    }
    return candidates.indices.max { quality[$0] < quality[$1] }.map { candidates[$0] }
  }

  private func forEachBlock(of films: [CachedFilm], _ body: ([CachedFilm]) throws -> Void) rethrows
  {
    for start in stride(from: 0, to: films.count, by: Self.blockSize) {
      try body(Array(films[start..<min(films.count, start + Self.blockSize)]))
    }
  }

  private func thumbnails(of films: [CachedFilm]) throws -> [[Float]] {
    let (cache, size) = (cache, cache.preparation.imageSize)
    return try Parallel.map(films.count) { i in
      try cache.plane(films[i]).values.withUnsafeBufferPointer {
        ThumbnailRidge.thumbnail($0, size: size)
      }
    }
  }

  /// What frontal training films look like; `nil` where too few are alike.
  func frontalTemplate() throws -> FrontalTemplate? {
    let records = collection.file.records
    let frontal = trainingFilms.filter { film in
      guard let view = records[row(of: film)].view?.uppercased(), !view.isEmpty else { return true }
      return view.hasPrefix("PA") || view.hasPrefix("AP") || view == "FRONTAL"
    }
    let count = min(frontal.count, FrontalTemplate.mostFilms)
    let films = (0..<count).map { frontal[$0 * frontal.count / count] }
    let cache = cache
    return FrontalTemplate(
      try Parallel.map(count) { FrontalTemplate.Views(try cache.plane(films[$0])) })
  }

  /// What the network's films look like; `features` are those of validation films.
  func typicalFilms(features: [Float], channels: Int) -> TypicalFilms {
    TypicalFilms(
      training: trainingFilms.map { cache.look(of: $0) }, features: features, channels: channels)
  }
}
