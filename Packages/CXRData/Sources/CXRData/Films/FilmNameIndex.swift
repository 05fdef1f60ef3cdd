/// Names of films, to be found by others that mean the same film under a ``FilmNameRule``: those of a list or a table
/// among those of a label file.
public struct FilmNameIndex: Sendable {
  private let names: [String]
  private let rule: FilmNameRule
  /// Places by what counts of the names; negative where several names are alike in that.
  private let places: [String: Int]

  /// Takes names, each once.
  public init(_ names: [String], rule: FilmNameRule = FilmNameRule()) {
    var places: [String: Int] = [:]
    places.reserveCapacity(names.count)
    for (place, name) in names.enumerated() {
      if places.updateValue(place, forKey: rule.key(of: name)) != nil {
        places[rule.key(of: name)] = -1
      }
    }
    (self.names, self.rule, self.places) = (names, rule, places)
  }

  /// The place of the one name that means the same film; `nil` where there is none, or several.
  public func place(of name: String) -> Int? {
    guard let place = places[rule.key(of: name)], place >= 0 else { return nil }
    return place
  }

  /// Under which rules some of `missing` would be found.
  public func hints(for missing: [String]) -> [FilmNameHint] {
    FilmNameHint.hints(for: missing, under: rule) { rule in
      let index = FilmNameIndex(names, rule: rule)
      return missing.count { index.place(of: $0) != nil }
    }
  }

  /// The place of each name.
  ///
  /// - Parameters:
  ///   - films: the names.
  ///   - path: of the file they stand in, for messages.
  ///   - lines: where each stands there, counted from 1; empty where that is not known.
  /// - Throws: ``DataError/unknownFilms(path:line:names:count:hints:)`` naming those that are not there.
  public func places(of films: [String], path: String, lines: [Int] = []) throws -> [Int] {
    let places = films.map { place(of: $0) }
    let missing = zip(films, places).filter { $0.1 == nil }.map(\.0)
    guard missing.isEmpty else {
      throw DataError.unknownFilms(
        path: path, line: zip(lines, places).first { $0.1 == nil }?.0,
        names: Array(missing.prefix(5)), count: missing.count, hints: hints(for: missing))
    }
    return places.compactMap { $0 }
  }
}
