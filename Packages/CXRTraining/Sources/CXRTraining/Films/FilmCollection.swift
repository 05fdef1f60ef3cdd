import CXRData

/// A label file, the films it lists, and the split of its patients: what every command starts from.
public struct FilmCollection: Sendable {
  /// Where things are and how they are read.
  public struct Options: Sendable {
    /// The label file's path.
    public var labelFile: String
    /// The folder of films, if films are used.
    public var images: String?
    /// The findings, in output order.
    public var labels: [String]
    /// Labels that are known to exist though no row may have them, beside NIH's fourteen, such as a checkpoint's.
    public var vocabulary: [String] = []
    /// Names of the label file that are taken for others.
    public var renames: [String: String] = [:]
    /// Whether a rename of what nothing in the label file is called is an error.
    public var renamesMustOccur = true
    /// What of films' names does not count when they are looked for.
    public var filmNames = FilmNameRule()
    /// What uncertain findings count as.
    public var uncertain = UncertainPolicy.ignore
    /// The seed of the split.
    public var splitSeed: UInt32
    /// NIH's two lists, for the official split.
    public var lists: (train: String, test: String)?
    /// Go on without rows whose film is absent.
    public var allowMissing: Bool
    /// An `audit.csv` whose films of severity `error` are left out.
    public var exclude: String?
    /// Deal the patients to parts; without it all films belong together.
    public var dividesPatients = true

    /// NIH's fourteen findings and the random split of seed 0 unless said otherwise.
    public init(
      labelFile: String, images: String? = nil, labels: [String] = LabelSet.nih14,
      splitSeed: UInt32 = 0, lists: (train: String, test: String)? = nil, allowMissing: Bool = false
    ) {
      self.labelFile = labelFile
      self.images = images
      self.labels = labels
      self.splitSeed = splitSeed
      self.lists = lists
      self.allowMissing = allowMissing
    }
  }

  /// The label file.
  public let file: LabelFile
  /// The films' folder.
  public let folder: FilmFolder?
  /// Which patient is in which part.
  public let split: PatientSplit
  /// The findings of every row.
  public private(set) var matrix: LabelMatrix
  /// Listed films that an audit leaves out, by name.
  public let excluded: Set<String>
  /// Films that an audit leaves out and the label file does not list, sorted.
  public let excludedStrangers: [String]
  /// What of films' names does not count.
  public let filmNames: FilmNameRule
  /// Listed films that are absent, sorted.
  public var rowsWithoutFilm: [String] { folder?.missing ?? [] }
  /// Films that no row lists, by their paths below the folder, sorted.
  public var filmsWithoutRow: [String] { folder?.unlisted ?? [] }
  private let vocabulary: [String]

  /// Reads the label file, splits the patients and finds the films.
  ///
  /// - Parameters:
  ///   - options: where things are.
  ///   - tolerateMissing: do not throw for absent films, whatever the options say.
  /// - Throws: `DataError`; ``TrainingError/missingFilms(names:count:folder:hints:)``.
  public init(_ options: Options, tolerateMissing: Bool = false) throws {
    file = try LabelFile(
      path: options.labelFile, vocabulary: options.labels + options.vocabulary,
      renames: options.renames)
    vocabulary = LabelSet.nih14 + options.vocabulary
    if options.renamesMustOccur, let unused = file.unusedRenames.first {
      throw DataError.unusedRename(
        path: options.labelFile, from: unused,
        nearest: LabelSet.nearest(to: unused, among: file.labelNames))
    }
    matrix = try LabelMatrix(
      file, labels: options.labels, uncertain: options.uncertain, vocabulary: vocabulary)
    split =
      if !options.dividesPatients {
        .undivided
      } else if let lists = options.lists {
        try PatientSplit(
          records: file.records, trainList: lists.train, testList: lists.test,
          seed: options.splitSeed, filmNames: options.filmNames)
      } else {
        try PatientSplit(patients: file.patients, seed: options.splitSeed)
      }
    let names = file.records.map(\.name)
    let folder = try options.images.map {
      try FilmFolder(path: $0, names: names, rule: options.filmNames)
    }
    self.folder = folder
    filmNames = options.filmNames
    (excluded, excludedStrangers) =
      try options.exclude.map { path in
        try Self.excluded(by: path, among: names, rule: options.filmNames)
      } ?? ([], [])
    let missing = (folder?.missing ?? []).filter { !excluded.contains($0) }
    if let folder, !missing.isEmpty, !options.allowMissing, !tolerateMissing {
      throw TrainingError.missingFilms(missing, in: folder)
    }
  }

  /// The films that an audit calls unusable, among those of the label file and beside them.
  private static func excluded(
    by path: String, among names: [String], rule: FilmNameRule
  ) throws -> (Set<String>, [String]) {
    let audited = try ExcludedFilms(auditFile: path).names.sorted()
    guard !audited.isEmpty else { return ([], []) }
    let index = FilmNameIndex(names, rule: rule)
    let strangers = audited.filter { index.place(of: $0) == nil }
    // Of another collection, or under other names: nothing would be left out.
    guard strangers.count < audited.count else {
      throw DataError.unknownFilms(
        path: path, line: nil, names: Array(strangers.prefix(5)), count: strangers.count,
        hints: index.hints(for: strangers))
    }
    return (Set(audited.compactMap { index.place(of: $0).map { names[$0] } }), strangers)
  }

  /// The same films under another set of labels.
  /// - Throws: `DataError` for an empty or repeated label.
  public func selecting(labels: [String]) throws -> FilmCollection {
    var selection = self
    selection.matrix = try LabelMatrix(
      file, labels: labels, uncertain: matrix.uncertain, vocabulary: vocabulary)
    return selection
  }

  /// A part's rows whose film is there and not left out by an audit, in file order; of all parts for
  /// `nil`.
  public func rows(of subset: Subset?) -> [Int] {
    let rows = subset.map { split.rows(of: $0, in: file.records) } ?? Array(file.records.indices)
    return rows.filter { row in
      let name = file.records[row].name
      return !excluded.contains(name) && (folder == nil || folder?.path(of: name) != nil)
    }
  }

  /// The name and path of each of `rows`' films; rows without film are left out.
  public func films(_ rows: [Int]) -> [(name: String, path: String)] {
    rows.compactMap { row in
      let name = file.records[row].name
      return folder?.path(of: name).map { (name, $0) }
    }
  }

  /// The label of the set that a name outside it may be meant to be: misspelled, or a word of it.
  private func nearest(to name: String) -> String? {
    let words = name.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map { $0.lowercased() }
    return matrix.labels.first { words.contains($0.lowercased()) }
      ?? LabelSet.nearest(to: name, among: matrix.labels)
  }

  /// How many films have each label as uncertain.
  private func uncertainFilms() -> [Int] {
    var counts: [String: Int] = [:]
    for record in file.records { for label in record.uncertain { counts[label, default: 0] += 1 } }
    return matrix.labels.map { counts[$0] ?? 0 }
  }

  /// How many films have each label as unknown by the file's own word.
  private func unknownFilms() -> [Int] {
    var counts: [String: Int] = [:]
    for record in file.records {
      for label in record.unknown { counts[label, default: 0] += 1 }
    }
    return matrix.labels.map { counts[$0] ?? 0 }
  }

  /// What a person should know of the label file and the folder, a line each.
  public var remarks: [String] {
    var lines: [String] = []
    let others = matrix.otherLabels.sorted { $0.key < $1.key }
    if !others.isEmpty {
      lines.append(
        "labels outside the set, not used: "
          + others.map { name, count in
            let meant = nearest(to: name).map { ", is it \($0)?" } ?? ""
            return "\(name) (\(count)\(meant))"
          }.joined(separator: ", "))
    }
    let withoutColumn = matrix.labels.filter { file.labelColumns?.contains($0) == false }
    if !withoutColumn.isEmpty {
      lines.append(
        "labels without a column in the file, unknown on all films: "
          + withoutColumn.joined(separator: ", "))
    }
    let absent = matrix.labels.indices.filter { k in
      !withoutColumn.contains(matrix.labels[k])
        && !file.records.indices.contains { matrix[$0, k] }
    }.map { matrix.labels[$0] }
    if !absent.isEmpty {
      lines.append("labels that no row has: " + absent.joined(separator: ", "))
    }
    let doubtful = zip(matrix.labels, uncertainFilms()).filter { $0.1 > 0 }
    if !doubtful.isEmpty {
      let meaning =
        switch matrix.uncertain {
        case .zeros: "count as absent"
        case .ones: "count as present"
        case .ignore: "are left out of loss, weights and metrics"
        }
      lines.append(
        "uncertain findings \(meaning) (--uncertain \(matrix.uncertain.rawValue)): "
          + doubtful.map { "\($0.0) \($0.1)" }.joined(separator: ", "))
    }
    let unknown = zip(matrix.labels, unknownFilms()).filter { $0.1 > 0 }
    if !unknown.isEmpty {
      lines.append(
        "findings that the file calls unknown are left out of loss, weights and metrics: "
          + unknown.map { "\($0.0) \($0.1)" }.joined(separator: ", "))
    }
    let unread = file.records.count { !$0.knowsFindings }
    if unread > 0 {
      lines.append(
        "\(unread) films whose findings the file calls unknown (NaN, N/A or the like) are left out of loss, weights "
          + "and metrics")
    }
    if file.rowCount > file.records.count {
      let joined = Set(
        file.notes.compactMap { note in note.problem.kind == "duplicates" ? note.film : nil }
      ).count
      lines.append(
        "\(joined) films stand in several rows, which are joined: \(file.rowCount) rows of "
          + "\(file.records.count) films")
    }
    if let split = file.notes.first(where: { $0.problem.kind == "other_separators" }) {
      let count = file.notes.count { $0.problem.kind == "other_separators" }
      lines.append(
        "findings parted otherwise than by | in \(count) rows, read as known labels; the first, on line "
          + "\(split.line): \(split.problem.description)")
    }
    let kinds = Dictionary(grouping: file.notes, by: \.problem.kind).mapValues(\.count)
    for (kind, count) in kinds.sorted(by: { $0.key < $1.key })
    where !["duplicates", "other_separators", "unknown_findings"].contains(kind) {
      lines.append("\(count) × \(kind.split(separator: "_").joined(separator: " ")); kept")
    }
    if let revision = NIHRevision(file.records) { lines.append(revision.description) }
    if !excluded.isEmpty {
      lines.append("\(excluded.count) films left out, which the audit calls unusable")
    }
    if !excludedStrangers.isEmpty {
      lines.append(
        "\(excludedStrangers.count) films that the audit calls unusable are not in the label file: "
          + excludedStrangers.prefix(5).joined(separator: ", ")
          + (excludedStrangers.count > 5 ? ", …" : ""))
    }
    let unlisted = split.unlistedCount(in: file.records)
    if unlisted > 0 { lines.append("\(unlisted) films are in neither list, not used") }
    if let leftOut = folder?.leftOutCount, leftOut > 0 {
      lines.append("\(leftOut) hidden files in the folder that look like films, not used")
    }
    if !rowsWithoutFilm.isEmpty {
      lines.append("\(rowsWithoutFilm.count) rows have no film, left out")
    }
    if !filmsWithoutRow.isEmpty {
      lines.append("\(filmsWithoutRow.count) films in the folder have no row, not used")
    }
    return lines
  }
}
