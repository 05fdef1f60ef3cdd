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

/// What would find films that are missing under their names.
public struct FilmNameHint: Sendable, Equatable {
  /// What may be done, all of it together.
  public let remedies: [Remedy]
  /// How many of the missing films are found then.
  public let count: Int

  /// What a person reads.
  public var description: String {
    let ways = remedies.map { remedy in
      switch remedy {
      case .dropLeadingFolders(let folders):
        "the leading folder \(folders) of their names is left out of account"
      case .ignoreExtensions: "extensions are ignored"
      default: ""
      }
    }
    return "\(count) \(count == 1 ? "row matches" : "rows match") if "
      + ways.joined(separator: " and ")
  }

  /// The rules under which more is found, the smallest change first; `found` counts, 0 where a rule would not do.
  static func hints(
    for missing: [String], under rule: FilmNameRule, found: (FilmNameRule) -> Int
  ) -> [FilmNameHint] {
    guard !missing.isEmpty else { return [] }
    var hints: [FilmNameHint] = []
    func tryRule(_ rule: FilmNameRule, _ remedies: [Remedy]) -> Bool {
      let count = found(rule)
      if count > 0 { hints.append(FilmNameHint(remedies: remedies, count: count)) }
      return count > 0
    }
    if !rule.ignoresExtensions {
      _ = tryRule(
        FilmNameRule(
          droppedFolders: rule.droppedFolders, droppedFolderCount: rule.droppedFolderCount,
          ignoresExtensions: true),
        [.ignoreExtensions])
    }
    guard rule.droppedFolders.isEmpty, rule.droppedFolderCount == 0 else { return hints }
    let folders = leadingFolders(missing)
    _ = folders.contains { folders in
      tryRule(
        FilmNameRule(droppedFolders: folders, ignoresExtensions: rule.ignoresExtensions),
        [.dropLeadingFolders(folders)])
    }
    if !rule.ignoresExtensions, hints.isEmpty {
      _ = folders.contains { folders in
        tryRule(
          FilmNameRule(droppedFolders: folders, ignoresExtensions: true),
          [.dropLeadingFolders(folders), .ignoreExtensions])
      }
    }
    return hints
  }

  /// The folders that most names begin with, from one to all that they share.
  private static func leadingFolders(_ names: [String]) -> [String] {
    let folders = names.map { FilmName.parts($0).dropLast() }
    let counts = Dictionary(grouping: folders.compactMap(\.first), by: { $0 }).mapValues(\.count)
    guard let first = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key else {
      return []
    }
    var common: ArraySlice<Substring>?
    for parts in folders where parts.first == first {
      common = common.map { $0.prefix(zip($0, parts).prefix { $0 == $1 }.count) } ?? parts
    }
    guard let common else { return [] }
    return common.indices.map { common[...$0].joined(separator: "/") }
  }
}
