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

  /// Reads the findings of `records`. Names are matched as whole tokens.
  ///
  /// - Parameters:
  ///   - records: the films.
  ///   - labels: in column order.
  ///   - uncertain: what uncertain findings count as.
  /// - Throws: ``DataError/invalidArgument(_:)`` for an empty set or a label named twice.
  public init(
    _ records: [FilmRecord], labels: [String], uncertain: UncertainPolicy = .ignore
  ) throws {
    guard !labels.isEmpty, labels.allSatisfy({ !$0.isEmpty }) else {
      throw DataError.invalidArgument("the label set is empty or has an empty name; name labels")
    }
    let columns = Dictionary(
      labels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    guard columns.count == labels.count else {
      throw DataError.invalidArgument(
        "a label stands twice in \(labels.joined(separator: ",")); name each once")
    }
    let doubtful: Cell =
      switch uncertain {
      case .zeros: .absent
      case .ones: .present
      case .ignore: .unknown
      }
    var cells = [Cell](repeating: .absent, count: records.count * labels.count)
    var others: [String: Int] = [:]
    for (row, record) in records.enumerated() {
      for finding in record.uncertain {
        if let column = columns[finding] { cells[row * labels.count + column] = doubtful }
      }
      for (place, finding) in record.findings.enumerated() {
        if let column = columns[finding] {
          cells[row * labels.count + column] = .present
        } else if finding != LabelSet.noFinding, !record.findings[..<place].contains(finding) {
          others[finding, default: 0] += 1
        }
      }
    }
    (self.labels, self.cells, rowCount, otherLabels) = (labels, cells, records.count, others)
    self.uncertain = uncertain
  }

  /// Whether film `row` has label `column`; `false` where that is unknown.
  public subscript(row: Int, column: Int) -> Bool {
    cells[row * labels.count + column] == .present
  }

  /// Whether it is known if film `row` has label `column`.
  public func isKnown(_ row: Int, _ column: Int) -> Bool {
    cells[row * labels.count + column] != .unknown
  }

  /// A film's labels as 0 and 1, NaN where unknown, `[K]`.
  public func row(_ row: Int) -> [Float] {
    cells[row * labels.count..<(row + 1) * labels.count].map {
      switch $0 {
      case .absent: 0
      case .present: 1
      case .unknown: .nan
      }
    }
  }

  /// How many of the films in `rows` have each label, `[K]`.
  public func positives(in rows: [Int]) -> [Int] { counts(of: .present, in: rows) }

  /// How many of the films in `rows` may or may not have each label, `[K]`.
  public func unknowns(in rows: [Int]) -> [Int] { counts(of: .unknown, in: rows) }

  private func counts(of cell: Cell, in rows: [Int]) -> [Int] {
    var counts = [Int](repeating: 0, count: labels.count)
    for row in rows {
      for k in labels.indices where cells[row * labels.count + k] == cell { counts[k] += 1 }
    }
    return counts
  }

  /// How many films in `rows` have 0, 1, 2, … labels.
  public func labelsPerFilm(in rows: [Int]) -> [Int] {
    var histogram: [Int] = [0]
    for row in rows {
      let count = labels.indices.filter { self[row, $0] }.count
      while histogram.count <= count { histogram.append(0) }
      histogram[count] += 1
    }
    return histogram
  }
}
