import CXREvaluation
import CXRFilms
import CXRNet

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
        planes = try answered.planes(placeAmongRows: film)
      } catch let failure as FilmFailure {
        throw FilmError.unreadableFilms([failure.film])
      }
      return classifier.findingMaps(
        classifier.model.reading(networks.input([planes[preparation]], for: model)))[0]
    }
  }
}

extension AnsweredFilms {
  /// The grey levels of the film at a place among ``rows``, under each preparation.
  func planes(placeAmongRows film: Int) throws -> [[Float]] {
    let place = places[film]
    return try source.pixels(of: place..<place.advanced(by: 1))[0].get()
  }
}
