/// The rows of one film, joined as they are read: each may name a finding or a box of its own.
struct FilmRows {
  let name: String
  let patient: PatientID
  private(set) var followUp: Int?
  private(set) var age: PatientAge?
  private(set) var sex: String?
  private(set) var view: String?
  /// The line of the first row, counted from 1.
  let line: Int
  /// The cells of findings, by their place among all different ones, and their lines; of a file with one such column.
  private(set) var cells: [(text: Int, line: Int)]
  /// What each label's column says; of a file with such columns.
  private(set) var values: [LabelValue]

  init(
    name: String, patient: PatientID, followUp: Int?, age: PatientAge?, sex: String?,
    view: String?, line: Int, cell: Int?, values: [LabelValue]
  ) {
    (self.name, self.patient, self.followUp, self.age) = (name, patient, followUp, age)
    (self.sex, self.view, self.line, self.values) = (sex, view, line, values)
    cells = cell.map { [($0, line)] } ?? []
  }

  /// Adds a later row of the film.
  ///
  /// - Parameter doubts: gets what cannot both be true in a column that may be a label's, the first of each.
  /// - Throws: ``DataError`` where anything else cannot.
  mutating func join(
    _ row: FilmRows, labels: [String], path: String, doubts: inout [String: DataError]
  ) throws {
    guard patient == row.patient else {
      throw DataError.filmOfTwoPatients(
        path: path, line: row.line, film: name, patient: row.patient.description, otherLine: line,
        other: patient.description)
    }
    func joined<Value: Equatable>(_ own: Value?, _ other: Value?, _ column: String) throws -> Value?
    {
      guard let own, let other else { return own ?? other }
      guard own == other else {
        throw contradiction(row, column, found: "\(other)", other: "\(own)", path: path)
      }
      return own
    }
    followUp = try joined(followUp, row.followUp, "follow-up number")
    if let own = age, let other = row.age, own != other {
      throw contradiction(
        row, "age", found: "\(other.years) years", other: "\(own.years) years", path: path)
    }
    age = age ?? row.age
    sex = try joined(sex, row.sex, "sex")
    view = try joined(view, row.view, "view")
    for (k, (own, other)) in zip(values, row.values).enumerated() where own != other {
      values[k] = own.joined(other)
      if values[k] == .contradictory, doubts[labels[k]] == nil {
        doubts[labels[k]] = contradiction(
          row, labels[k], found: other.word, other: own.word, path: path)
      }
    }
    cells += row.cells
  }

  private func contradiction(
    _ row: FilmRows, _ column: String, found: String, other: String, path: String
  ) -> DataError {
    .contradictoryRows(
      path: path, line: row.line, film: name, column: column, found: found, otherLine: line,
      other: other)
  }

  /// Whether the row says of findings what the first row said.
  func says(asFirstOf film: FilmRows) -> Bool {
    values == film.values && cells.first?.text == film.cells.first?.text
  }

  /// The film's record; what is odd in its findings is noted.
  /// - Throws: ``DataError/contradictoryRows(path:line:film:column:found:otherLine:other:)`` where one row says
  ///   `No Finding` and another names one.
  func record(
    _ meanings: [FindingCell], labelColumns: [String]?, notes: inout [LabelFile.Note], path: String
  ) throws -> FilmRecord {
    func note(_ line: Int, _ problem: LabelFile.Problem) {
      notes.append(LabelFile.Note(line: line, film: name, problem: problem))
    }
    var labels = ReadLabels()
    if let labelColumns {
      for (label, value) in zip(labelColumns, values) {
        switch value {
        case .present: labels.findings.append(label)
        case .uncertain: labels.uncertain.append(label)
        case .unknown: labels.unknown.append(label)
        case .unreadable, .contradictory: labels.unreadable.append(label)
        case .blank, .absent: break
        }
      }
    } else {
      labels.findings = try findings(meanings, note: note, path: path)
      labels.areKnown = cells.contains { meanings[$0.text] != .unknown }
      if !labels.areKnown {
        note(line, .unknownFindings)
      } else if labels.findings.isEmpty {
        note(line, .noLabels)
      }
    }
    if labels.findings.contains(LabelSet.noFinding),
      labels.findings.contains(where: {
        $0 != LabelSet.noFinding && $0 != LabelSet.supportDevices
      })
    {
      note(line, .contradiction)
    }
    return FilmRecord(
      name: name, labels: labels, patient: patient, followUp: followUp, age: age, sex: sex,
      view: view, line: line, labelColumns: labelColumns)
  }

  /// What all cells name, each finding of a later row once.
  private func findings(
    _ meanings: [FindingCell], note: (Int, LabelFile.Problem) -> Void, path: String
  ) throws -> [String] {
    var all: [String] = []
    var first: (isHealthy: Bool, line: Int)?
    for (place, cell) in cells.enumerated() {
      guard case .findings(let findings, let text) = meanings[cell.text] else { continue }
      if let text { note(cell.line, .otherSeparator(cell: text, findings: findings)) }
      if findings.isEmpty { continue }
      let isHealthy = findings == [LabelSet.noFinding]
      if let first, first.isHealthy != isHealthy {
        throw DataError.contradictoryRows(
          path: path, line: cell.line, film: name, column: "findings",
          found: findings.joined(separator: "|"), otherLine: first.line,
          other: all.joined(separator: "|"))
      }
      first = first ?? (isHealthy, cell.line)
      all += place == 0 ? findings : findings.filter { !all.contains($0) }
    }
    return all
  }
}
