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
  /// Archives below the folder that are not whole, by path.
  public let unfinishedArchives: [String]
  /// Films that were left out of the search, such as `._x.png`.
  public let leftOutCount: Int
  /// Listed films that are not there, sorted.
  public let missing: [String]
  /// Films that no name lists, below the folder, sorted.
  public let unlisted: [String]
  /// How some of ``missing`` would be found, and how many; empty where nothing is known of them.
  public let hints: [FilmNameHint]
  /// File paths by listed name.
  private let paths: [String: String]

  /// What lists the films in archives: their names within each, by the archive's path. It is asked once, with the archives'
  /// paths and whether a film of a file name is looked for, beside which others may be given.
  public typealias ArchiveLister = (
    _ archives: [String], _ isWanted: @escaping @Sendable (_ fileName: String) -> Bool
  ) throws -> [String: [String]]

  /// Searches a folder for the films that `names` lists, and for others.
  ///
  /// - Parameters:
  ///   - path: of the folder, or of an archive.
  ///   - names: of films.
  ///   - rule: what of names does not count.
  ///   - archives: what lists the films in archives, where some film is not found outside of them; an archive's path counts
  ///     as its films' folder. Without it archives are passed over.
  /// - Throws: ``DataError/unreadable(path:reason:)`` when it is no folder,
  ///   ``DataError/ambiguousFilm(name:first:second:)`` when a listed name is there twice,
  ///   ``DataError/filmOfTwoNames(path:first:second:)`` when two names are one film.
  public init(
    path: String, names: some Collection<String>, rule: FilmNameRule = FilmNameRule(),
    archives: ArchiveLister? = nil
  ) throws {
    let names = Set(names.map(FilmName.normalised)).sorted()
    func keys(_ names: some Sequence<String>) -> Set<String> {
      var keys: Set<String> = []
      for name in names { if let last = rule.parts(name).last { keys.insert(rule.key(last)) } }
      return keys
    }
    let wanted = keys(names)
    var found = try FilmSearch(path) { wanted.contains(rule.key($0)) }
    var matches = try Matches(names, in: found, rule: rule)
    // Who unpacked films and kept the archives has them twice: the unpacked ones are taken.
    if let archives, matches.files.count < names.count, !found.archives.isEmpty {
      let missing = names.filter { matches.files[$0] == nil }
      let sought = keys(missing)
      let twice = keys(matches.files.keys).subtracting(sought)
      let members = try archives(found.archives) { sought.contains(rule.key($0)) }
      for archive in found.archives {
        found.add(
          archive: archive,
          members: (members[archive] ?? []).filter {
            !twice.contains(rule.key(FilmName.parts($0).last ?? ""))
          })
      }
      matches.files.merge(try Matches(missing, in: found, rule: rule).files) { first, _ in first }
    }
    let search = found
    let missing = names.filter { matches.files[$0] == nil }
    (self.path, self.rule, self.missing) = (path, rule, missing)
    paths = matches.files.mapValues { search.files[$0].path }
    (leftOutCount, unfinishedArchives) = (search.leftOutCount, search.unfinishedArchives)
    let root = path.hasSuffix("/") ? path : path + "/"
    unlisted = Self.others(in: search, listed: matches.files.values)
      .map { String($0.path.dropFirst(root.count)) }.sorted()
    hints = FilmNameHint.hints(for: missing, under: rule) { rule in
      // A rule under which names would mean each other's films is no remedy.
      guard let matches = try? Matches(names, in: search, rule: rule) else { return 0 }
      return missing.count { matches.files[$0] != nil }
    }
  }

  /// Which file is which name's.
  private struct Matches {
    /// Places among the files of a search, by name.
    var files: [String: Int] = [:]

    init(_ names: [String], in search: FilmSearch, rule: FilmNameRule) throws {
      let places = Dictionary(grouping: search.files.indices) { rule.key(search.files[$0].name) }
      var nameOfFile: [Int: String] = [:]
      files.reserveCapacity(names.count)
      // In order, so that of several faults the same one is named each time.
      for name in names {
        let parts = rule.parts(name)
        let fits = (places[rule.key(parts.last ?? "")] ?? []).filter {
          search.folder(search.files[$0].folder, endsWith: parts.dropLast())
        }
        guard let first = fits.first else { continue }
        for other in fits.dropFirst() {
          let (a, b) = (search.files[first].path, search.files[other].path)
          // Links to one file are one film.
          if let one = try? FileIdentity(a), one == (try? FileIdentity(b)) { continue }
          throw DataError.ambiguousFilm(name: name, first: min(a, b), second: max(a, b))
        }
        if let other = nameOfFile.updateValue(name, forKey: first) {
          throw DataError.filmOfTwoNames(
            path: search.files[first].path, first: other, second: name)
        }
        files[name] = first
      }
    }
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

  /// Where a film is, if it is there.
  public func path(of name: String) -> String? { paths[FilmName.normalised(name)] }
}
