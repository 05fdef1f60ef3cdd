/// Which findings each film has, over a chosen set of labels: `[N, K]`, present, absent or unknown.
public struct LabelMatrix: Sendable {
  /// The labels, in column order.
  public let labels: [String]
  /// The number of films.
  public let rowCount: Int
  /// Findings outside the set and how many films have each; `No Finding` is not counted.
  public let otherLabels: [String: Int]
  /// What uncertain findings count as.
  public let uncertain: UncertainPolicy
  private let cells: [Cell]

  private enum Cell: UInt8 {
    case absent, present, unknown
  }

  /// Reads the findings of a label file's films. Names are matched as whole tokens, or as whole names of columns.
  ///
  /// A label for which the file has no column is unknown for all its films.
  ///
  /// - Parameters:
  ///   - file: the label file.
  ///   - labels: in column order.
  ///   - uncertain: what uncertain findings count as.
  ///   - vocabulary: labels that are known to exist though no row may have them, such as a checkpoint's.
  ///   - partners: what a label is called in the file, where that is something else; of several names a film that has
  ///     one has the label. Of a label with none nothing is known.
  /// - Throws: ``DataError`` for an empty set or a label named twice; for a cell of a label's column that cannot be read;
  ///   for a label that no row, no column and no vocabulary has; for a name that is almost a label's.
  public init(
    _ file: LabelFile, labels: [String], uncertain: UncertainPolicy = .ignore,
    vocabulary: [String] = LabelSet.nih14, partners: [String: [String]] = [:]
  ) throws {
    try self.init(
      file.records, labels: labels, uncertain: uncertain, vocabulary: vocabulary,
      partners: partners, path: file.path, firstDoubts: file.doubts)
  }

  /// Reads the findings of `records`, of a label file or made by hand, as ``init(_:labels:uncertain:vocabulary:partners:)`` does.
  public init(
    _ records: [FilmRecord], labels: [String], uncertain: UncertainPolicy = .ignore,
    vocabulary: [String] = LabelSet.nih14
  ) throws {
    try self.init(
      records, labels: labels, uncertain: uncertain, vocabulary: vocabulary, partners: [:],
      path: nil, firstDoubts: [:])
  }

  private init(
    _ records: [FilmRecord], labels: [String], uncertain: UncertainPolicy, vocabulary: [String],
    partners: [String: [String]], path: String?, firstDoubts: [String: DataError]
  ) throws {
    guard !labels.isEmpty, labels.allSatisfy({ !$0.isEmpty }) else {
      throw DataError.invalidArgument("the label set is empty or has an empty name; name labels")
    }
    guard Set(labels).count == labels.count else {
      throw DataError.invalidArgument(
        "a label stands twice in \(labels.joined(separator: ",")); name each once")
    }
    let names = labels.map { partners[$0] ?? [$0] }
    var columns: [String: [Int]] = [:]
    for (column, names) in names.enumerated() {
      for name in Set(names) { columns[name, default: []].append(column) }
    }
    try LabelNames(records).check(
      partners.isEmpty ? labels : columns.keys.sorted(), vocabulary: vocabulary, path: path)
    let withoutPartner = names.indices.filter { names[$0].isEmpty }
    let doubtful: Cell =
      switch uncertain {
      case .zeros: .absent
      case .ones: .present
      case .ignore: .unknown
      }
    var cells = [Cell](repeating: .absent, count: records.count * labels.count)
    var others: [String: Int] = [:]
    var (lastColumns, withoutColumn): ([String]?, [Int]) = (nil, [])
    func set(_ finding: String, _ row: Int, to cell: Cell) {
      for column in columns[finding] ?? [] {
        let place = row * labels.count + column
        // Of several names the surest counts: one that is present, before one of which nothing is known.
        if cell == .present || cells[place] != .present && cell == .unknown { cells[place] = cell }
      }
    }
    for row in records.indices {
      let start = row * labels.count
      if let doubts = records[row].doubts {
        // Films of one file share its columns.
        if doubts.columns != lastColumns {
          lastColumns = doubts.columns
          withoutColumn = names.indices.filter { column in
            !names[column].contains { lastColumns?.contains($0) != false }
          }
        }
        for column in doubts.areAllUnknown ? Array(labels.indices) : withoutColumn {
          cells[start + column] = .unknown
        }
        for finding in doubts.unreadable where columns[finding] != nil {
          throw firstDoubts[finding]
            ?? .unreadableLabel(path: path, line: records[row].line, label: finding, found: nil)
        }
        for finding in doubts.unknown { set(finding, row, to: .unknown) }
        for finding in doubts.uncertain { set(finding, row, to: doubtful) }
      }
      for column in withoutPartner { cells[start + column] = .unknown }
      let findings = records[row].findings
      for (place, finding) in findings.enumerated() {
        if let found = columns[finding] {
          for column in found { cells[start + column] = .present }
        } else if finding != LabelSet.noFinding, !findings[..<place].contains(finding) {
          others[finding, default: 0] += 1
        }
      }
    }
    (self.labels, self.cells, rowCount, otherLabels) = (labels, cells, records.count, others)
    self.uncertain = uncertain
  }

  /// Whether film `row` has label `column`; `false` where that is unknown.
  public subscript(row: FilmRow, column: Int) -> Bool {
    check(row)
    return cells[row.index * labels.count + column] == .present
  }

  /// Whether it is known if film `row` has label `column`.
  public func isKnown(_ row: FilmRow, _ column: Int) -> Bool {
    check(row)
    return cells[row.index * labels.count + column] != .unknown
  }

  /// A film's labels as 0 and 1, NaN where unknown, `[K]`.
  public func row(_ row: FilmRow) -> [Float] {
    check(row)
    return cells[row.index * labels.count..<(row.index + 1) * labels.count].map {
      switch $0 {
      case .absent: 0
      case .present: 1
      case .unknown: .nan
      }
    }
  }

  /// How many of the films in `rows` have each label, `[K]`.
  public func positives(in rows: [FilmRow]) -> [Int] { counts(of: .present, in: rows) }

  /// How many of the films in `rows` may or may not have each label, `[K]`.
  public func unknowns(in rows: [FilmRow]) -> [Int] { counts(of: .unknown, in: rows) }

  private func check(_ row: FilmRow) {
    precondition(
      (0..<rowCount).contains(row.index),
      "LabelMatrix: there is no row \(row.index), only 0..<\(rowCount)")
  }

  private func counts(of cell: Cell, in rows: [FilmRow]) -> [Int] {
    var counts = [Int](repeating: 0, count: labels.count)
    for row in rows {
      check(row)
      for k in labels.indices where cells[row.index * labels.count + k] == cell { counts[k] += 1 }
    }
    return counts
  }

  /// How many films in `rows` have 0, 1, 2, … labels, those aside of whose labels nothing is known.
  public func labelsPerFilm(in rows: [FilmRow]) -> [Int] {
    var histogram: [Int] = [0]
    for row in rows {
      check(row)
      guard labels.indices.contains(where: { isKnown(row, $0) }) else { continue }
      let count = labels.indices.filter { self[row, $0] }.count
      while histogram.count <= count { histogram.append(0) }
      histogram[count] += 1
    }
    return histogram
  }
}
