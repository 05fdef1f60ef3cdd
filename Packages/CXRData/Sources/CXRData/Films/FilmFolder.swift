/// The films of listed names below a folder, at any depth: flat, or `images_001/images/…`.
///
/// A name that is a path, as CheXpert's `train/patient00001/study1/view1_frontal.jpg`, is found by all its parts: the
/// film's path, with the folders above the one that is searched, must end with them. So the result does not depend on
/// how the folder is named, and two films that share a file name are two.
public struct FilmFolder: Sendable {
  /// The folder's path, as given.
  public let path: String
  /// What of names does not count.
  public let rule: FilmNameRule
  /// Films that were left out of the search, such as `._x.png`.
  public let leftOutCount: Int
  /// Listed films that are not there, sorted.
  public let missing: [String]
  /// Films that no name lists, below the folder, sorted.
  public let unlisted: [String]
  /// How some of ``missing`` would be found, and how many; empty where nothing is known of them.
  public let hints: [Hint]
  /// File paths by listed name.
  private let paths: [String: String]

  /// What would find listed films that are missing.
  public struct Hint: Sendable, Equatable {
    /// What may be done.
    public let remedy: Remedy
    /// How many of the missing films it finds.
    public let count: Int

    /// What a person reads.
    public var description: String {
      switch remedy {
      case .dropLeadingFolders(let folders):
        "\(count) rows match if the leading folder \(folders) of their names is left out of account"
      case .ignoreExtensions: "\(count) rows match if extensions are ignored"
      case .renameLabel, .askForLabel: "\(count) would be found"
      }
    }
  }

  /// Searches a folder for the films that `names` lists, and for others.
  ///
  /// - Throws: ``DataError/unreadable(path:reason:)`` when it is no folder,
  ///   ``DataError/ambiguousFilm(name:first:second:)`` when a listed name is there twice,
  ///   ``DataError/filmOfTwoNames(path:first:second:)`` when two names are one film.
  public init(
    path: String, names: some Collection<String>, rule: FilmNameRule = FilmNameRule()
  ) throws {
    let names = Set(names.map(FilmName.normalised))
    var wanted: Set<String> = []
    for name in names { if let last = rule.parts(name).last { wanted.insert(rule.key(last)) } }
    let search = try FilmSearch(path) { wanted.contains(rule.key($0)) }
    let places = Dictionary(grouping: search.files.indices) { rule.key(search.files[$0].name) }

    var paths: [String: String] = [:]
    paths.reserveCapacity(names.count)
    var nameOfFile: [Int: String] = [:]
    var missing: [String] = []
    // In order, so that of several faults the same one is named each time.
    for name in names.sorted() {
      let parts = rule.parts(name)
      let found = try Self.place(
        of: parts, named: name, in: search, places[rule.key(parts.last ?? "")])
      guard let found else {
        missing.append(name)
        continue
      }
      if let other = nameOfFile.updateValue(name, forKey: found) {
        throw DataError.filmOfTwoNames(
          path: search.files[found].path, first: other, second: name)
      }
      paths[name] = search.files[found].path
    }
    (self.path, self.rule, self.paths, self.missing) = (path, rule, paths, missing)
    leftOutCount = search.leftOutCount
    let root = path.hasSuffix("/") ? path : path + "/"
    unlisted = Self.others(in: search, listed: nameOfFile.keys)
      .map { String($0.path.dropFirst(root.count)) }.sorted()
    hints = Self.hints(missing: missing, names: names, rule: rule, search: search)
  }

  /// The film whose path ends with `parts`, among those at `places`.
  private static func place(
    of parts: [Substring], named name: String, in search: FilmSearch, _ places: [Int]?
  ) throws -> Int? {
    let fits = (places ?? []).filter {
      search.folder(search.files[$0].folder, endsWith: parts.dropLast())
    }
    guard let first = fits.first else { return nil }
    for other in fits.dropFirst() {
      let (a, b) = (search.files[first].path, search.files[other].path)
      // Links to one file are one film.
      if let one = try? FileIdentity(a), one == (try? FileIdentity(b)) { continue }
      throw DataError.ambiguousFilm(name: name, first: min(a, b), second: max(a, b))
    }
    return first
  }

  /// The films that no name lists; a link to one that is listed, or to another of these, is no other film.
  private static func others(
    in search: FilmSearch, listed: some Collection<Int>
  ) -> [FilmSearch.File] {
    let places = Set(listed)
    let others = search.files.indices.filter { !places.contains($0) }
    guard search.hasLinks, !others.isEmpty else { return others.map { search.files[$0] } }
    var known = Set(listed.compactMap { try? FileIdentity(search.files[$0].path) })
    return others.map { search.files[$0] }.filter { file in
      guard let identity = try? FileIdentity(file.path) else { return true }
      return known.insert(identity).inserted
    }
  }

  /// Looks for missing films under the names they might have.
  private static func hints(
    missing: [String], names: Set<String>, rule: FilmNameRule, search: FilmSearch
  ) -> [Hint] {
    guard !missing.isEmpty, !search.files.isEmpty else { return [] }
    var hints: [Hint] = []
    func count(_ rule: FilmNameRule) -> Int {
      let places = Dictionary(grouping: search.files.indices) { rule.key(search.files[$0].name) }
      return missing.count { name in
        let parts = rule.parts(name)
        return (places[rule.key(parts.last ?? "")] ?? []).contains {
          search.folder(search.files[$0].folder, endsWith: parts.dropLast())
        }
      }
    }
    // Folders that all missing names begin with, as a collection's first folder that people rename.
    if rule.droppedFolders.isEmpty {
      var common = FilmName.parts(missing[0]).dropLast()
      for name in missing {
        let parts = FilmName.parts(name).dropLast()
        common = common.prefix(zip(common, parts).prefix { $0 == $1 }.count)
      }
      for length in 1...max(1, common.count) where length <= common.count {
        let folders = common.prefix(length).joined(separator: "/")
        let found = count(
          FilmNameRule(droppedFolders: folders, ignoresExtensions: rule.ignoresExtensions))
        guard found > 0 else { continue }
        hints.append(Hint(remedy: .dropLeadingFolders(folders), count: found))
        break
      }
    }
    if !rule.ignoresExtensions {
      let found = count(
        FilmNameRule(droppedFolders: rule.droppedFolders, ignoresExtensions: true))
      if found > 0 { hints.append(Hint(remedy: .ignoreExtensions, count: found)) }
    }
    return hints
  }

  /// Where a film is, if it is there.
  public func path(of name: String) -> String? { paths[FilmName.normalised(name)] }
}
