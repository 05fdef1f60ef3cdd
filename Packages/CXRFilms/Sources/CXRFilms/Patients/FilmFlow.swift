import CXRData

/// From the rows of a label file to the films of each part: what is left out on the way, and why, so that the numbers add up.
public struct FilmFlow: Sendable {
  /// What a step says.
  public enum Kind: String, Sendable {
    /// Rows below the header.
    case rows
    /// Rows left out by a column's value.
    case rowsLeftOut = "rows_left_out"
    /// Rows of films beyond their first.
    case furtherRows = "further_rows"
    /// Films that rows list, where some are not to be used.
    case listed
    /// Films whose findings say that they are not to be used.
    case unusable
    /// Films that are explored.
    case images
    /// Films in no part of the split.
    case inNoPart = "in_no_part"
    /// Films of a part.
    case part
    /// Of these, films that should not be used.
    case partLeftOut = "part_left_out"
    /// What is left of a part.
    case partUsable = "part_usable"

    /// Whether its numbers are taken from what was before.
    public var isLoss: Bool {
      switch self {
      case .rowsLeftOut, .furtherRows, .unusable, .inNoPart, .partLeftOut: true
      case .rows, .listed, .images, .part, .partUsable: false
      }
    }
  }

  /// How many are left, or leave.
  public struct Step: Sendable, Equatable {
    /// What it says.
    public let kind: Kind
    /// The part that it is of; empty before the parts.
    public var part = ""
    /// The reason, such as `view: L` or a kind of ``AuditProblem``; empty of what is left.
    public var reason = ""
    /// Rows; `nil` where films are counted.
    public var rows: Int?
    /// Films; `nil` where rows are counted.
    public var films: Int?
    /// Patients: of losses those of whom nothing is left; `nil` where they are not known.
    public var patients: Int?
  }

  /// In order.
  public let steps: [Step]

  /// The reason of films that the split does not name.
  static let unlisted = "the split does not name them"
  /// The reason of films of patients with films in two parts.
  static let ofTwoParts = "their patients have films in two parts"
  /// The reason of films where nothing is divided.
  static let undivided = "nothing is divided"
  /// The reason of films that an earlier audit leaves out.
  static let excluded = "left out by an earlier audit"

  /// Follows the films of a collection.
  ///
  /// - Parameters:
  ///   - collection: the label file and its split.
  ///   - problems: of its films; those of severity `error` are left out of their parts.
  public init(_ collection: FilmCollection, problems: [AuditProblem]) {
    let records = collection.file.records
    var steps = Self.beginning(collection.file)
    let parts = Subset.allCases.map { ($0, collection.split.rows(of: $0, in: records)) }
    let divided = Set(parts.flatMap(\.1))
    let rest = collection.split.patientsLeftOut > 0 ? Self.ofTwoParts : Self.undivided
    steps += Self.losses(
      .inNoPart, records, rows: records.positions.filter { !divided.contains($0) }, kept: divided
    ) { collection.split.names(records[$0]) ? rest : Self.unlisted }
    let reasons = Self.reasons(collection, problems)
    for (part, rows) in parts {
      let name = part.rawValue
      steps.append(
        Step(
          kind: .part, part: name, films: rows.count, patients: Self.patients(records, rows)))
      guard collection.folder != nil || !reasons.isEmpty else { continue }
      let usable = rows.filter { reasons[records[$0].name] == nil }
      steps += Self.losses(
        .partLeftOut, part: name, records, rows: rows.filter { reasons[records[$0].name] != nil },
        kept: Set(usable)
      ) { reasons[records[$0].name] ?? "" }
      steps.append(
        Step(
          kind: .partUsable, part: name, films: usable.count,
          patients: Self.patients(records, usable)))
    }
    self.steps = steps
  }

  /// From rows to films.
  private static func beginning(_ file: LabelFile) -> [Step] {
    var steps = [Step(kind: .rows, rows: file.rowCount)]
    let byFindings = file.rowsLeftOut[LabelFile.findingsKey] ?? [:]
    var rows = file.rowCount
    for (column, values) in file.rowsLeftOut.sorted(by: { $0.key < $1.key })
    where column != LabelFile.findingsKey {
      for (value, count) in commonest(values) {
        steps.append(
          Step(
            kind: .rowsLeftOut, reason: "\(column): \(value.isEmpty ? "blank" : value)",
            rows: count))
        rows -= count
      }
    }
    let listed = file.records.count + byFindings.values.reduce(0, +)
    if rows > listed { steps.append(Step(kind: .furtherRows, rows: rows - listed)) }
    if !byFindings.isEmpty {
      steps.append(Step(kind: .listed, films: listed))
      steps += commonest(byFindings).map { Step(kind: .unusable, reason: $0, films: $1) }
    }
    return steps + [
      Step(kind: .images, films: file.records.count, patients: file.patients.count)
    ]
  }

  private static func commonest(_ counts: [String: Int]) -> [(String, Int)] {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
  }

  private static func patients(_ records: [FilmRecord], _ rows: some Sequence<FilmRow>) -> Int {
    rows.lazy.map { records[$0] }.uniquePatients.count
  }

  /// Why films should not be used, by their names: the first reason of each.
  private static func reasons(
    _ collection: FilmCollection, _ problems: [AuditProblem]
  ) -> [String: String] {
    var reasons: [String: String] = [:]
    for name in collection.excluded { reasons[name] = excluded }
    for problem in problems where problem.severity == .error && reasons[problem.image] == nil {
      reasons[problem.image] = problem.kind
    }
    return reasons
  }

  /// What leaves, a step a reason, the commonest first: a patient of whom no film is kept counts at the first of them.
  private static func losses(
    _ kind: Kind, part: String = "", _ records: [FilmRecord], rows: [FilmRow], kept: Set<FilmRow>,
    reason: (FilmRow) -> String
  ) -> [Step] {
    guard !rows.isEmpty else { return [] }
    var seen = Set(kept.map { records[$0].patient })
    var (films, patients): ([String: Int], [String: Int]) = ([:], [:])
    for row in rows {
      let own = reason(row)
      films[own, default: 0] += 1
      if seen.insert(records[row].patient).inserted { patients[own, default: 0] += 1 }
    }
    return commonest(films).map {
      Step(kind: kind, part: part, reason: $0, films: $1, patients: patients[$0] ?? 0)
    }
  }
}
