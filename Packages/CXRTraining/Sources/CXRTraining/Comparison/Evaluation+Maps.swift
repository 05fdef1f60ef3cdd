import CXRArchive
import CXRData
import CXREvaluation
import CXRFilms
import CXRImage
import CXRMetrics
import CXRNet
import CXRParallel

extension Evaluation {
  /// The maps of films by a network, a map a label; `nil` of a table.
  ///
  /// - Parameters:
  ///   - films: places among ``rows``.
  ///   - model: place among ``models``.
  /// - Throws: `FilmError.unreadableFilms` where a film can no longer be decoded.
  public func maps(of films: [Int], by model: Int) throws -> [[FindingMap]?] {
    guard let answered, answered.networks.classifiers.indices.contains(model) else {
      return films.map { _ in nil }
    }
    let networks = answered.networks
    let (preparation, classifier) = (networks.preparation(of: model), networks.classifiers[model])
    return try films.map { film in
      let planes: [[Float]]
      do {
        planes = try answered.planes(film)
      } catch let failure as FilmFailure {
        throw FilmError.unreadableFilms([failure.film])
      }
      return classifier.findingMaps(
        classifier.model.reading(networks.input([planes[preparation]], for: model)))[0]
    }
  }

  /// Finds out whether each network looks where boxes say that findings are, on the films of this evaluation that have the
  /// finding and boxes of it: the `localisation` of ``models``, which stays `nil` of a table, or without such films.
  /// - Throws: `DataError.nearNames` for boxes of what is almost a label; as ``maps(of:by:)``.
  public mutating func localise(
    _ list: BoxList, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    try list.check(labels)
    let records = collection.file.records
    let boxed = rows.indices.filter { list.boxes[records[rows[$0]].name] != nil }
    var done = 0
    for m in metadata.indices {
      var cases: [Localisation.Case] = []
      for start in stride(from: 0, to: boxed.count, by: 32) {
        let part = Array(boxed[start..<min(boxed.count, start + 32)])
        let maps = try maps(of: part, by: m)
        let (asked, model) = (self, models[m])
        let found = Parallel.map(part.count) { i in
          maps[i].map { asked.cases(list, film: part[i], model: model, maps: $0) } ?? []
        }
        cases += found.joined()
        done += part.count
        progress(done, boxed.count * models.count)
      }
      if !cases.isEmpty { models[m].localisation = Localisation(cases, labels: labels) }
    }
  }

  /// The labels of which a film has boxes.
  private func cases(
    _ list: BoxList, film: Int, model: ScoredModel, maps: [FindingMap]
  ) -> [Localisation.Case] {
    let record = collection.file.records[rows[film]]
    return labels.indices.compactMap { k in
      guard let boxes = list.boxes[record.name]?[labels[k]], collection.matrix[rows[film], k]
      else { return nil }
      let isCalled = isCalledPositive(
        model.scores[film * labels.count + k], above: model.fit?.threshold(of: k) ?? 0.5)
      return Localisation.Case(
        label: k, patient: record.patient, isTruePositive: isCalled, map: maps[k], boxes: boxes)
    }
  }

  /// A film as stored, in 8 bits, or where that is in an archive as it was prepared; `nil` of a table, and where the film
  /// cannot be decoded.
  ///
  /// - Parameters:
  ///   - film: place among ``rows``.
  ///   - model: place among ``models``, which says how films are decoded.
  public func film(_ film: Int, as model: Int) -> GreyFilm? {
    guard let answered, answered.networks.classifiers.indices.contains(model),
      let path = collection.folder?.path(of: collection.file.records[rows[film]].name)
    else { return nil }
    let number = answered.networks.preparation(of: model)
    let preparation = answered.networks.preparations[number]
    guard ArchivedPath(path) != nil else {
      return try? GreyFilm(path: path, options: preparation.decoding)
    }
    guard let planes = try? answered.planes(film) else { return nil }
    let side = preparation.imageSize
    return GreyFilm(FilmPlane(height: side, width: side, values: planes[number]))
  }
}

extension AnsweredFilms {
  /// The grey levels of the film at a place among ``rows``, under each preparation.
  fileprivate func planes(_ film: Int) throws -> [[Float]] {
    let place = places[film]
    return try source.pixels(of: place..<place + 1)[0].get()
  }
}
