/// The names of findings that films have, and whether labels are among them.
struct LabelNames {
  /// Each name with the line on which it stands first; 1, the header's, of a column.
  private var lines: [String: Int] = [:]
  /// Whether one column holds all findings of some film.
  private var hasCells = false

  init(_ records: [FilmRecord]) {
    var lastColumns: [String]?
    for row in records.indices {
      if let columns = records[row].doubts?.columns {
        if columns != lastColumns {
          for column in columns where lines[column] == nil { lines[column] = 1 }
          lastColumns = columns
        }
        continue
      }
      hasCells = true
      for finding in records[row].findings where lines[finding] == nil {
        lines[finding] = records[row].line
      }
      if let doubts = records[row].doubts {
        for finding in doubts.uncertain + doubts.unknown where lines[finding] == nil {
          lines[finding] = records[row].line
        }
      }
    }
  }

  /// Checks that each of `labels` is a name that films, or a vocabulary, have, and that no other name is almost one.
  ///
  /// - Throws: ``DataError/nearNames(path:_:)``,
  ///   ``DataError/unseparatedFindings(path:line:found:label:)``,
  ///   ``DataError/unknownLabel(path:label:known:nearest:)``.
  func check(_ labels: [String], vocabulary: [String], path: String?) throws {
    let byKey = Dictionary(
      labels.map { (LabelSet.key($0), $0) }, uniquingKeysWith: { first, _ in first })
    let wanted = Set(labels)
    let others = lines.filter { !wanted.contains($0.key) }
      .sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    try DataError.checkNear(others.map { ($0.key, $0.value) }, labels: labels, path: path)
    for (name, line) in others where hasCells {
      // A label that its file did not know for one when it read its cells.
      if let label = Self.label(within: name, isLabel: wanted.contains, byKey) {
        throw DataError.unseparatedFindings(path: path, line: line, found: name, label: label)
      }
    }
    let known = wanted.intersection(lines.keys).union(vocabulary)
    for label in labels where !known.contains(label) {
      let names = lines.keys.filter { $0 != LabelSet.noFinding }.sorted()
      throw DataError.unknownLabel(
        path: path, label: label, known: names, nearest: Self.nearest(to: label, among: names))
    }
  }

  /// A label that a name holds beside others, parted by something else than `|`.
  private static func label(
    within name: String, isLabel: (String) -> Bool, _ byKey: [String: String]
  ) -> String? {
    do throws(FindingCell.Doubt) {
      let cell = try FindingCell(
        name, isLabel: isLabel, nearest: { byKey[LabelSet.key($0)] }, rename: { $0 })
      guard case .findings(let found, .some) = cell else { return nil }
      return found.first
    } catch {
      return if case .partlyKnown(let label) = error { label } else { nil }
    }
  }

  /// The name that fewest changes of a letter make, where at most a third of the letters change.
  private static func nearest(to label: String, among names: [String]) -> String? {
    let best = names.map { (name: $0, changes: changes(Array(label.utf8), Array($0.utf8))) }
      .min { ($0.changes, $0.name) < ($1.changes, $1.name) }
    guard let best, best.changes * 3 <= label.utf8.count else { return nil }
    return best.name
  }

  /// Levenshtein's distance.
  private static func changes(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(diagonal + (letter == other ? 0 : 1), row[j] + 1, above + 1)
        diagonal = above
      }
    }
    return row[b.count]
  }
}
