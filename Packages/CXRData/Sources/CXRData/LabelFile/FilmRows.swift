/// The rows of one film, joined as they are read: each may name a finding or a box of its own.
struct FilmRows {
  let name: String
  let patient: PatientID
  private(set) var assignment: FilmAssignment?
  private(set) var followUp: Int?
  private(set) var age: PatientAge?
  private(set) var sex: String?
  private(set) var view: String?
  /// The line of the first row, counted from 1.
  let line: Int
  /// The first row's cell of findings, by its place among all different ones; of a file with one such column.
  let cell: Int?
  /// What each label's column says; of a file with such columns.
  private(set) var values: [LabelValue]
  /// What each reader has said, where rows are readers'.
  private(set) var votes: ReaderVotes?
  /// What rows after the first have said; `nil` of most films.
  private var later: LaterRows?

  /// What later rows of a film have said. One reference, as most films have one row; a film's rows are never copied and
  /// then both changed.
  private final class LaterRows {
    /// Their cells of findings.
    var cells: [(text: Int, line: Int)] = []
    /// The lines that said first what stands in a column.
    var sources: [String: Int] = [:]
    /// The last one's line.
    var lastLine = 0
  }

  init(
    name: String, patient: PatientID, assignment: FilmAssignment?, followUp: Int?,
    age: PatientAge?, sex: String?, view: String?, line: Int, cell: Int?, values: [LabelValue]
  ) {
    (self.name, self.patient, self.followUp, self.age) = (name, patient, followUp, age)
    self.assignment = assignment
    (self.sex, self.view, self.line, self.values) = (sex, view, line, values)
    self.cell = cell
  }

  /// Takes what one of several readers says in a row.
  /// - Returns: the place of a label of which the reader has said something else, and the line of that.
  mutating func take(
    _ reader: String, _ line: Int, cell: Int?, values: [LabelValue]
  ) -> (label: Int, line: Int)? {
    let votes = self.votes ?? ReaderVotes()
    self.votes = votes
    return votes.add(reader, line, cell: cell, values: values)
  }

  /// Takes what readers say together for what the columns say.
  mutating func decide(_ values: [LabelValue]) { self.values = values }

  /// The cells of findings of all rows, each with its line.
  var allCells: [(cell: Int, line: Int)] {
    (cell.map { [($0, line)] } ?? []) + (later?.cells.map { ($0.text, $0.line) } ?? [])
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
    let later = self.later ?? LaterRows()
    self.later = later
    func joined<Value: Equatable>(_ own: Value?, _ other: Value?, _ column: String) throws -> Value?
    {
      guard let own else {
        if other != nil { later.sources[column] = row.line }
        return other
      }
      guard let other else { return own }
      guard own == other else {
        throw contradiction(row, column, found: "\(other)", other: "\(own)", path: path)
      }
      return own
    }
    if assignment != nil || row.assignment != nil {
      assignment = FilmAssignment(
        study: try joined(assignment?.study, row.assignment?.study, "study"),
        part: try joined(assignment?.part, row.assignment?.part, "part of the split"))
    }
    followUp = try joined(followUp, row.followUp, "follow-up number")
    if let own = age, let other = row.age, own != other {
      throw contradiction(
        row, "age", found: "\(other.years) years", other: "\(own.years) years", path: path)
    }
    age = try joined(age, row.age, "age")
    sex = try joined(sex, row.sex, "sex")
    view = try joined(view, row.view, "view")
    // What readers say may differ.
    for (k, (own, other)) in zip(values, row.values).enumerated() where own != other && votes == nil
    {
      values[k] = own.joined(other)
      if values[k] == other { later.sources[labels[k]] = row.line }
      if values[k] == .contradictory, doubts[labels[k]] == nil {
        doubts[labels[k]] = contradiction(
          row, labels[k], found: other.word, other: own.word, path: path)
      }
    }
    later.lastLine = row.line
    if let cell = row.cell { later.cells.append((cell, row.line)) }
  }

  private func contradiction(
    _ row: FilmRows, _ column: String, found: String, other: String, path: String
  ) -> DataError {
    .contradictoryRows(
      path: path, line: row.line, film: name, column: column, found: found,
      otherLine: later?.sources[column] ?? line, other: other)
  }

  /// Whether the row says of findings what the first row said.
  func says(asFirstOf film: FilmRows) -> Bool {
    values == film.values && cell == film.cell
  }

  /// The film's record; what is odd in its findings is noted.
  ///
  /// - Parameters:
  ///   - meanings: of the cells of findings, in a file with one such column.
  ///   - plain: what all films without doubts share, in a file with a column a label; else `nil`.
  ///   - blank: what a blank in such a column means.
  ///   - compared: the labels of ``values``, in a file that has a column of findings too.
  ///   - known: labels that are known to be such.
  ///   - notes: gets what is odd.
  ///   - path: for messages.
  /// - Throws: ``DataError/contradictoryRows(path:line:film:column:found:otherLine:other:)`` where one row says
  ///   `No Finding` and another names one.
  func record(
    _ meanings: [FindingCell], plain: LabelDoubts?, blank: CollectionDescription.Blank = .absent,
    compared: [String], known: Set<String>, notes: inout [LabelFile.Note], path: String
  ) throws -> FilmRecord {
    func note(_ line: Int, _ problem: LabelFile.Problem) {
      notes.append(LabelFile.Note(line: line, film: name, problem: problem))
    }
    var findings: [String] = []
    var doubts: LabelDoubts?
    if let plain, let labelColumns = plain.columns {
      var (uncertain, unknown, unreadable): ([String], [String], [String]) = ([], [], [])
      for (label, value) in zip(labelColumns, values) {
        switch value {
        case .present: findings.append(label)
        case .uncertain: uncertain.append(label)
        case .unknown: unknown.append(label)
        case .unreadable, .contradictory: unreadable.append(label)
        case .blank: if blank == .unknown { unknown.append(label) }
        case .absent: break
        }
      }
      doubts =
        uncertain.isEmpty && unknown.isEmpty && unreadable.isEmpty
        ? plain
        : LabelDoubts(
          uncertain: uncertain, unknown: unknown, unreadable: unreadable, columns: labelColumns)
    } else if let named = try self.findings(meanings, note: note, path: path) {
      findings = named
      if findings.isEmpty { note(line, .noLabels) }
      for (label, value) in zip(compared, values) {
        let isNamed = findings.contains(label)
        guard value == (isNamed ? .absent : .present) || value == .contradictory else { continue }
        throw DataError.contradictoryColumn(
          path: path, line: line, film: name, label: label, value: value.word,
          findings: findings.joined(separator: "|"))
      }
    } else {
      doubts = LabelDoubts(areAllUnknown: true)
      note(line, .unknownFindings)
    }
    if findings.count > 1, findings.contains(LabelSet.noFinding),
      findings.contains(where: { $0 != LabelSet.noFinding && $0 != LabelSet.supportDevices })
    {
      // Of columns that may be anything only known labels contradict it.
      let certain = findings.filter { $0 != LabelSet.noFinding && known.contains($0) }
      if let lastLine = later?.lastLine, plain != nil, !certain.isEmpty, votes == nil {
        throw DataError.contradictoryRows(
          path: path, line: lastLine, film: name, column: "findings",
          found: certain.joined(separator: "|"), otherLine: line, other: LabelSet.noFinding)
      }
      note(line, .contradiction)
    }
    return record(findings: findings, doubts: doubts)
  }

  /// What all cells name, each finding of a later row once; `nil` where all say that nothing is known.
  private func findings(
    _ meanings: [FindingCell], note: (Int, LabelFile.Problem) -> Void, path: String
  ) throws -> [String]? {
    var all: [String]?
    var first: (isHealthy: Bool, line: Int)?
    func add(_ cell: Int, _ line: Int) throws {
      guard case .findings(let findings, let text) = meanings[cell] else { return }
      if let text { note(line, .otherSeparator(cell: text, findings: findings)) }
      guard let sofar = all, !sofar.isEmpty else {
        all = findings
        if !findings.isEmpty { first = (findings == [LabelSet.noFinding], line) }
        return
      }
      if findings.isEmpty { return }
      if let first, first.isHealthy != (findings == [LabelSet.noFinding]) {
        throw DataError.contradictoryRows(
          path: path, line: line, film: name, column: "findings",
          found: findings.joined(separator: "|"), otherLine: first.line,
          other: sofar.joined(separator: "|"))
      }
      all = sofar + findings.filter { !sofar.contains($0) }
    }
    if let cell { try add(cell, line) }
    for (cell, line) in later?.cells ?? [] { try add(cell, line) }
    return all
  }
}
