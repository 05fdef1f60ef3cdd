import CXRData

extension FilmCollection {
  /// Labels of which the file says nothing.
  private var unknownLabels: [String] {
    matrix.labels.filter { label in
      (partners[label] ?? [label]).allSatisfy { file.knownLabels?.contains($0) == false }
    }.filter { $0 != LabelSet.noFinding }
  }

  /// Which labels have no partner in the file that a classifier is tested on; `nil` where all have.
  public var remarkOfPartners: String? {
    guard !labelsWithoutPartner.isEmpty else { return nil }
    return "labels without a partner in the label file, n/a: "
      + labelsWithoutPartner.joined(separator: ", ")
  }

  /// What a person should know of pictures of films in archives, which are not read once more for them; `nil` where none is.
  public var remarkOfPictures: String? {
    let count = archivedCount
    guard count > 0 else { return nil }
    return
      "\(count) films are in archives, which were read once: they are shown as they were prepared for the network"
  }

  /// What a person must know where each film is taken for a patient; `nil` where patients are known.
  public var warningOfPatients: String? {
    guard file.patientSource == .eachFilm else { return nil }
    return
      "each film is taken for a patient of its own, since nothing says whose films these are: where patients have several, "
      + "training and test share patients, figures flatter the network, and intervals are too narrow"
  }

  /// What of the label file is not used, a line each, for pages too.
  public var leftOut: [String] {
    var lines: [String] = []
    for (column, values) in file.rowsLeftOut.sorted(by: { $0.key < $1.key }) {
      let isUnusable = column == LabelFile.findingsKey
      lines.append(
        (isUnusable
          ? "films left out that their findings call unusable: " : "rows left out by \(column): ")
          + values.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(20)
          .map { "\($0.key.isEmpty ? "blank" : String($0.key.prefix(60))) \($0.value)" }
          .joined(separator: ", ") + (values.count > 20 ? ", …" : ""))
    }
    let unused = file.records.count - rowsOfParts
    if split.patientsLeftOut > 0 {
      lines.append(
        "\(split.patientsLeftOut) patients have films in two parts, left out with all their films")
    }
    if split.kind != .random, unused > 0 {
      lines.append("\(unused) of \(file.records.count) films are in no part")
    }
    if file.tiedVotes > 0 {
      lines.append(
        "half of the readers named a finding \(file.tiedVotes) times, which is no majority and counts as absent"
      )
    }
    return lines
  }

  private var rowsOfParts: Int {
    Subset.allCases.reduce(0) { $0 + split.rows(of: $1, in: file.records).count }
  }

  /// What a described collection leaves out, joins or does not know, a line each.
  private var remarksOfCollection: [String] {
    guard let collection = file.collection else { return [] }
    var lines: [String] = []
    var facts: [String] = []
    if let studies = file.studyCount { facts.append("\(studies) studies") }
    if let readers = collection.readers {
      facts.append("a film has a finding where \(readers.votes.words)")
    }
    facts.append("blank counts as \(collection.blank.rawValue)")
    lines.append(
      "read as the collection \(collection.name)"
        + (facts.isEmpty ? "" : ": " + facts.joined(separator: "; ")))
    if !file.missingColumns.isEmpty {
      lines.append(
        "columns that are described, but not there: " + file.missingColumns.joined(separator: ", "))
    }
    lines += leftOut
    if !file.valuesWithoutPart.isEmpty {
      let values = file.valuesWithoutPart.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      lines.append(
        "values of \(collection.split?.column ?? "the split's column") that tell no part: "
          + values.prefix(Self.mostNames).map { "\($0.key) (\($0.value) rows)" }
          .joined(separator: ", ") + (values.count > Self.mostNames ? ", …" : ""))
    }
    if collection.split != nil, split.kind == .official {
      lines.append("lists divide the films, and not \(collection.split?.column ?? "")")
    }
    if !file.unusedNames.isEmpty {
      lines.append(
        "names in the description that no cell holds: " + file.unusedNames.joined(separator: ", "))
    }
    for table in file.unmatchedRows where table.films + table.rows > 0 {
      lines.append(
        "\(table.path): says nothing of \(table.films) films; \(table.rows) of its rows belong to no film"
      )
    }
    let partial = file.records.count { $0.knowsFindings && !$0.namesAllFindings }
    if partial > 0 {
      lines.append(
        "\(partial) films may have findings that they do not name ("
          + collection.unknown.joined(separator: ", ")
          + "); these are left out of loss, weights and metrics")
    }
    return lines
  }

  /// The label of the set that a name outside it may be meant to be: misspelled, or a word of it.
  private func nearest(to name: String) -> String? {
    let words = name.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map { $0.lowercased() }
    return matrix.labels.first { words.contains($0.lowercased()) }
      ?? LabelSet.nearest(to: name, among: matrix.labels)
  }

  /// How many films have each label as uncertain.
  func uncertainFilms() -> [Int] {
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

  /// How many names a line lists.
  private static let mostNames = 20

  /// Which labels of the file are not of the set, and how often each stands there; `nil` where none is.
  public var remarkOfOtherLabels: String? {
    // What a description takes for a kind of a label is used under that name.
    let kinds = file.collection?.kinds ?? [:]
    let others = matrix.otherLabels.sorted { $0.key < $1.key }.filter { name, _ in
      kinds[name]?.contains(where: matrix.labels.contains) != true
    }
    guard !others.isEmpty else { return nil }
    // Of many, the commonest; explore.json has them all.
    let shown =
      others.count > Self.mostNames
      ? others.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.mostNames)
      : others[...]
    return "labels outside the set, not used: "
      + shown.map { name, count in
        let meant = kinds[name] != nil ? nil : nearest(to: name)
        return "\(name) (\(count)\(meant.map { ", is it \($0)?" } ?? ""))"
      }.joined(separator: ", ")
      + (others.count > shown.count ? ", and \(others.count - shown.count) more" : "")
  }

  /// What a person should know of the label file and the folder, a line each.
  public var remarks: [String] {
    var lines = remarksOfCollection + [remarkOfOtherLabels].compactMap { $0 }
    let withoutColumn = labelsWithoutPartner.isEmpty ? unknownLabels : labelsWithoutPartner
    if let remarkOfPartners {
      lines.append(remarkOfPartners)
    } else if !withoutColumn.isEmpty {
      lines.append(
        (file.labelColumns == nil
          ? "labels that \(file.collection?.name ?? "the file") says nothing of"
          : "labels without a column in the file") + ", unknown on all films: "
          + withoutColumn.joined(separator: ", "))
    }
    let absent = matrix.labels.indices.filter { k in
      !withoutColumn.contains(matrix.labels[k])
        && !file.records.positions.contains { matrix[$0, k] }
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
        "uncertain findings \(meaning) (uncertain: \(matrix.uncertain.rawValue)): "
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
        (file.collection == nil
          ? "\(unread) films whose findings the file calls unknown (NaN, N/A or the like)"
          : "\(unread) films of whose findings nothing is known")
          + " are left out of loss, weights and metrics")
    }
    let joined = Set(
      file.notes.compactMap { note in note.problem.kind == "duplicates" ? note.film : nil }
    ).count
    if joined > 0 {
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
    let problems = Dictionary(grouping: file.notes, by: \.problem.kind).mapValues(\.count)
    for (kind, count) in problems.sorted(by: { $0.key < $1.key })
    where !["duplicates", "other_separators", "unknown_findings"].contains(kind) {
      lines.append("\(count) × \(kind.split(separator: "_").joined(separator: " ")); kept")
    }
    if let revision = NIHRevision(file.records) { lines.append(revision.description) }
    if !excluded.isEmpty {
      lines.append("\(excluded.count) films left out, which the audit calls unusable")
    }
    if !foundAgain.isEmpty {
      lines.append(
        "\(foundAgain.count) films that the audit calls missing are there by now, and are used; a new audit looks at them"
      )
    }
    if !excludedStrangers.isEmpty {
      lines.append(
        "\(excludedStrangers.count) films that the audit calls unusable are not in the label file: "
          + excludedStrangers.prefix(5).joined(separator: ", ")
          + (excludedStrangers.count > 5 ? ", …" : ""))
    }
    let unlisted = split.unlistedCount(in: file.records)
    if unlisted > 0, split.kind == .official {
      lines.append("\(unlisted) films are in neither list, not used")
    }
    if split.strangerCount > 0 {
      lines.append("\(split.strangerCount) films of the lists are not in the label file")
    }
    if let leftOut = folder?.leftOutCount, leftOut > 0 {
      lines.append("\(leftOut) hidden files in the folder that look like films, not used")
    }
    if let first = unreadArchives.first {
      lines.append(
        "\(unreadArchives.count) archives, the first \(first), were not looked into for these: they are read into a cache, which "
          + "the option cache names")
    }
    if let folder, let first = folder.unfinishedArchives.first {
      lines.append(
        "\(folder.unfinishedArchives.count) archives are not whole, the first \(first), and are not read: fetch them to their end"
      )
    }
    if let archiveFailure { lines.append("no film is missing, but \(archiveFailure)") }
    if !rowsWithoutFilm.isEmpty {
      lines.append("\(rowsWithoutFilm.count) rows have no film, left out")
    }
    if !filmsWithoutRow.isEmpty {
      lines.append("\(filmsWithoutRow.count) films in the folder have no row, not used")
    }
    return lines
  }
}
