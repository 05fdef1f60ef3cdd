extension FilmRows {
  /// The film's record in a collection that a description tells how to read; `nil` where the film is not to be used.
  ///
  /// - Parameters:
  ///   - collection: the description.
  ///   - cells: the meanings of the cells of findings, in a file with one such column.
  ///   - plain: what all films without doubts share.
  ///   - known: labels that are known to be such.
  ///   - notes: gets what is odd.
  ///   - unusable: gets the name for which a film is not to be used.
  ///   - path: for messages.
  /// - Throws: ``DataError/contradictoryRows(path:line:film:column:found:otherLine:other:)``.
  func record(
    in collection: CollectionDescription, cells: [DescribedCells.Cell]?, plain: LabelDoubts,
    known: Set<String>, notes: inout [LabelFile.Note], unusable: inout [String: Int], path: String
  ) throws -> FilmRecord? {
    guard let cells else {
      var own = self
      if let votes, let rule = collection.readers?.votes { own.decide(votes.decided(rule)) }
      return try own.record(
        [], plain: plain, blank: collection.blank, compared: [], known: known, notes: &notes,
        path: path)
    }
    var findings: [String] = []
    var (unknown, areAllUnknown): (Set<String>, Bool) = ([], true)
    for (cell, _) in allCells {
      if case .unusable(let name) = cells[cell] {
        unusable[name, default: 0] += 1
        return nil
      }
    }
    if let votes, let rule = collection.readers?.votes {
      if let decided = votes.decided(rule, cells: cells) {
        (findings, areAllUnknown) = (decided, false)
      }
    } else {
      var (first, isPartial): ((isHealthy: Bool, line: Int)?, Bool) = (nil, false)
      for (cell, line) in allCells {
        guard case .names(let named, let others) = cells[cell] else { continue }
        areAllUnknown = false
        switch others {
        case .absent: break
        case .unknown(let names): unknown.formUnion(names)
        case .allUnknown: isPartial = true
        }
        if named.isEmpty { continue }
        if let first, first.isHealthy != (named == [LabelSet.noFinding]) {
          throw DataError.contradictoryRows(
            path: path, line: line, film: name, column: "findings",
            found: named.joined(separator: "|"), otherLine: first.line,
            other: findings.joined(separator: "|"))
        }
        if first == nil { first = (named == [LabelSet.noFinding], line) }
        findings += named.filter { !findings.contains($0) }
      }
      func note(_ problem: LabelFile.Problem) {
        notes.append(LabelFile.Note(line: line, film: name, problem: problem))
      }
      if areAllUnknown {
        note(.unknownFindings)
      } else if findings.isEmpty {
        note(.noLabels)
      } else if findings.count > 1, findings.contains(LabelSet.noFinding) {
        note(.contradiction)
      }
      areAllUnknown = areAllUnknown || isPartial
    }
    unknown.subtract(findings)
    let doubts =
      unknown.isEmpty && !areAllUnknown
      ? plain
      : LabelDoubts(
        unknown: unknown.sorted(), areAllUnknown: areAllUnknown, columns: plain.columns,
        areNamesOfCells: true)
    return record(findings: findings, doubts: doubts)
  }

  /// The film's record.
  func record(findings: [String], doubts: LabelDoubts?) -> FilmRecord {
    FilmRecord(
      name: name, findings: findings, doubts: doubts, patient: patient, assignment: assignment,
      followUp: followUp, age: age, sex: sex, view: view, line: line)
  }
}
