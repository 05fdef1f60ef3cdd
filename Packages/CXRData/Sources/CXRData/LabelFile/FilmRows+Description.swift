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
      if let votes, let rule = collection.readers?.votes {
        own.decide(votes.decided(rule, blank: collection.blank))
      }
      return try own.record(
        [], plain: plain, blank: collection.blank, compared: [], known: known, notes: &notes,
        path: path)
    }
    for (cell, _) in allCells {
      if case .unusable(let name) = cells[cell] {
        unusable[name, default: 0] += 1
        return nil
      }
    }
    if let votes, let rule = collection.readers?.votes {
      let decision = votes.decided(rule, cells: cells)
      return record(
        findings: decision.findings,
        doubts: plain.with(
          unknown: decision.unknown.sorted(), areAllUnknown: decision.areOthersUnknown))
    }
    var findings: [String] = []
    var (unknown, isPartial): (Set<String>, Bool) = ([], allCells.isEmpty)
    var first: (isHealthy: Bool, line: Int)?
    for (cell, line) in allCells {
      guard case .names(let named, let others) = cells[cell] else {
        // What one row does not know, another does not make absent.
        isPartial = true
        continue
      }
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
    if findings.isEmpty {
      note(isPartial ? .unknownFindings : .noLabels)
    } else if findings.count > 1, findings.contains(LabelSet.noFinding) {
      note(.contradiction)
    }
    unknown.subtract(findings)
    return record(
      findings: findings,
      doubts: plain.with(unknown: unknown.sorted(), areAllUnknown: isPartial))
  }

  /// The film's record.
  func record(findings: [String], doubts: LabelDoubts?) -> FilmRecord {
    FilmRecord(
      name: name, findings: findings, doubts: doubts, patient: patient, assignment: assignment,
      followUp: followUp, age: age, sex: sex, view: view, line: line)
  }
}
