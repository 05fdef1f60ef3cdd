extension FilmNameHint {
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
