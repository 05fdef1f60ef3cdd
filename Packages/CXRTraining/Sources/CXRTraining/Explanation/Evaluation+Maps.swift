import CXRParallel
import CXRArchive
import CXRData
import CXRImage
import CXRMetrics
import CXRNet
import CXRTensor
import Synchronization

extension ChestClassifier {
  /// The maps of films, `[N]` of one map a label.
  public func findingMaps(_ reading: FilmReading) -> [[FindingMap]] {
    let maps = model.activationMaps(reading)
    let (films, rows, columns, labels) = (
      maps.shape[0], maps.shape[1], maps.shape[2], maps.shape[3]
    )
    let (values, cells, grid) = (Array(maps.scalars), maps.shape[1] * maps.shape[2], model.grid)
    return (0..<films).map { n in
      (0..<labels).map { k in
        FindingMap(
          rows: rows, columns: columns,
          values: (0..<cells).map { values[(n * cells + $0) * labels + k] }, grid: grid,
          inputSize: metadata.image.size)
      }
    }
  }
}

extension Evaluation {
  /// The maps of films by a network, a map a label; `nil` of a table.
  ///
  /// - Parameters:
  ///   - films: places among ``rows``.
  ///   - model: place among ``models``.
  /// - Throws: ``TrainingError/unreadableFilms(_:)`` where a film can no longer be decoded.
  public func maps(of films: [Int], by model: Int) throws -> [[FindingMap]?] {
    guard let source = self.films, networks.classifiers.indices.contains(model) else {
      return films.map { _ in nil }
    }
    let preparation = networks.preparation(of: model)
    return try films.map { film in
      let place = places[film]
      let planes: [[Float]]
      do {
        planes = try source.pixels(of: place..<place + 1)[0].get()
      } catch let failure as FilmFailure {
        throw TrainingError.unreadableFilms([failure.film])
      }
      let classifier = networks.classifiers[model]
      return classifier.findingMaps(
        classifier.model.reading(networks.input([planes[preparation]], for: model)))[0]
    }
  }

  /// Whether each network looks where boxes say that findings are, on the films of this evaluation that have the
  /// finding and boxes of it; `nil` of a table, or without such films.
  /// - Throws: `DataError.nearNames` for boxes of what is almost a label; as ``maps(of:by:)``.
  public func localisations(
    _ list: BoxList, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [Localisation?] {
    try list.check(labels)
    let records = collection.file.records
    let boxed = rows.indices.filter { list.boxes[records[rows[$0]].name] != nil }
    var done = 0
    return try models.indices.map { m in
      guard models[m].metadata != nil else { return nil }
      var cases: [Localisation.Case] = []
      for start in stride(from: 0, to: boxed.count, by: 32) {
        let part = Array(boxed[start..<min(boxed.count, start + 32)])
        let maps = try maps(of: part, by: m)
        let found = Mutex([[Localisation.Case]](repeating: [], count: part.count))
        Parallel.forEach(part.count) { i in
          guard let maps = maps[i] else { return }
          let (film, record) = (part[i], records[rows[part[i]]])
          let own = labels.indices.compactMap { k -> Localisation.Case? in
            guard let boxes = list.boxes[record.name]?[labels[k]],
              collection.matrix[rows[film], k]
            else { return nil }
            let probability = models[m].probabilities[film * labels.count + k]
            return Localisation.Case(
              label: k, patient: record.patient,
              isTruePositive: isCalledPositive(
                probability, above: models[m].fit?.threshold(of: k) ?? 0.5),
              map: maps[k], boxes: boxes)
          }
          found.withLock { $0[i] = own }
        }
        cases += found.withLock { $0.flatMap { $0 } }
        done += part.count
        progress(done, boxed.count * models.count)
      }
      return cases.isEmpty ? nil : Localisation(cases, labels: labels)
    }
  }

  /// A film as stored, in 8 bits, or where that is in an archive as it was prepared; `nil` of a table, and where the film
  /// cannot be decoded.
  ///
  /// - Parameters:
  ///   - film: place among ``rows``.
  ///   - model: place among ``models``, which says how films are decoded.
  public func film(_ film: Int, as model: Int) -> GreyFilm? {
    guard let source = self.films, networks.classifiers.indices.contains(model),
      let path = collection.folder?.path(of: collection.file.records[rows[film]].name)
    else { return nil }
    let number = networks.preparation(of: model)
    let preparation = networks.preparations[number]
    guard ArchivedPath(path) != nil else {
      return try? GreyFilm(path: path, options: preparation.decoding)
    }
    let place = places[film]
    guard let planes = try? source.pixels(of: place..<place + 1)[0].get() else { return nil }
    let side = preparation.imageSize
    return GreyFilm(FilmPlane(height: side, width: side, values: planes[number]))
  }
}
