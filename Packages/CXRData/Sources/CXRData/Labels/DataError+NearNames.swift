extension DataError {
  /// Checks that none of `names`, each with the line on which it stands first, is almost, but not quite, one of
  /// `labels`.
  ///
  /// - Parameters:
  ///   - names: in a file.
  ///   - labels: that are asked for.
  ///   - path: of the file.
  ///   - areColumns: whether the names are columns', of which two cannot become one.
  /// - Throws: ``nearNames(path:_:)`` with all that are.
  public static func checkNear(
    _ names: [(name: String, line: Int)], labels: [String], path: String?, areColumns: Bool = false
  ) throws {
    let all = names.map(\.name)
    let exact = Set(labels)
    let byKey = Dictionary(
      labels.map { ($0.nameKey, $0) }, uniquingKeysWith: { first, _ in first })
    let near = names.compactMap { name, line -> NearName? in
      guard !exact.contains(name), let label = byKey[name.nameKey] else { return nil }
      let isTaken =
        all.contains(label) || all.count { $0.nameKey == name.nameKey } > 1
      return NearName(
        line: line, found: name, label: label, isRenamable: !(areColumns && isTaken))
    }
    if !near.isEmpty { throw nearNames(path: path, near) }
  }
}
