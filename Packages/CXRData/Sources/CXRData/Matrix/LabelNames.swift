/// The names of findings that films have, and whether labels are among them.
struct LabelNames {
  /// Each name with the line on which it stands first; 1, the header's, of a column.
  private var lines: [String: Int] = [:]
  /// Whether one column holds all findings of some film.
  private var hasCells = false
  /// Whether a description tells where each name in them ends.
  private var isDescribed = false

  init(_ records: [FilmRecord]) {
    var lastColumns: [String]?
    for row in records.indices {
      if let doubts = records[row].doubts, let columns = doubts.columns {
        if columns != lastColumns {
          for column in columns where lines[column] == nil {
            lines[column] = doubts.areNamesOfCells ? 0 : 1
          }
          lastColumns = columns
        }
        isDescribed = isDescribed || doubts.areNamesOfCells
        if !doubts.areNamesOfCells { continue }
      }
      hasCells = true
      for finding in records[row].findings where lines[finding] ?? 0 == 0 {
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
    let wanted = Set(labels)
    let others = lines.filter { !wanted.contains($0.key) }
      .sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    // Names of cells may become one by a rename, those of columns may not.
    try DataError.checkNear(
      others.map { ($0.key, $0.value) }
        + (hasCells ? [] : labels.filter { lines[$0] != nil }.map { ($0, 1) }),
      labels: labels, path: path, areColumns: !hasCells)
    let asked = FindingVocabulary(stated: labels)
    for (name, line) in others where hasCells && !isDescribed {
      // A label that its file did not know for one when it read its cells.
      if let label = Self.label(within: name, asked) {
        throw DataError.unseparatedFindings(path: path, line: line, found: name, label: label)
      }
    }
    let known = wanted.intersection(lines.keys).union(vocabulary)
    for label in labels where !known.contains(label) {
      let names = lines.keys.filter { $0 != LabelSet.noFinding }.sorted()
      throw DataError.unknownLabel(
        path: path, label: label, known: names, nearest: LabelSet.nearest(to: label, among: names))
    }
  }

  /// A label that a name holds beside others, parted by something else than `|`.
  private static func label(within name: String, _ asked: FindingVocabulary) -> String? {
    do throws(FindingCell.Doubt) {
      guard case .findings(let found, .some) = try FindingCell(name, asked) else { return nil }
      return found.first
    } catch {
      return if case .partlyKnown(let label) = error { label } else { nil }
    }
  }
}
