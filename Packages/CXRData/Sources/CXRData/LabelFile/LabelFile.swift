/// A label file in the shape of NIH's `Data_Entry_2017.csv`, or in that of CheXpert's `train.csv`.
///
/// ```swift
/// let file = try LabelFile(path: "Data_Entry_2017.csv")
/// print(file.records.count, file.patients.count)
/// ```
///
/// `Image Index`, `Finding Labels` and `Patient ID` are required; any other column is optional. The
/// header `OriginalImage[Width,Height]` may stand with or without quotes, and a trailing comma adds
/// an empty column, as Kaggle's copy has it.
///
/// A file without `Finding Labels` but with `Path` has a column a label: 1, yes or true present, 0, no or false absent,
/// −1 uncertain, `NaN` and the like unknown, blank not mentioned, which counts as absent. The patient is the column
/// `Patient ID`, or else the folder `patient00042` in the path.
///
/// Several rows of one film, a finding or a box a row, are joined where they agree. What else is read, and what is
/// refused, says <doc:WhatIsRead>.
public struct LabelFile: Sendable {
  /// The file's path, as given.
  public let path: String
  /// The films, in the order of their first rows.
  public let records: [FilmRecord]
  /// SHA-256 of the file's bytes, in hexadecimal; with other tables, of all their digests, the label file's first, between
  /// line feeds.
  public let sha256: String
  /// What is odd in the file but does not stop it.
  public let notes: [Note]
  /// How many rows there are below the header, those that are left out included; more than ``records`` where films have
  /// several.
  public let rowCount: Int
  /// How the file was read; `nil`: by its columns alone.
  public let collection: CollectionDescription?
  /// Where it stands whose films they are.
  public let patientSource: PatientSource
  /// How many rows were left out, by the column that is the reason and its value; films that are not to be used under
  /// ``findingsKey``.
  public let rowsLeftOut: [String: [String: Int]]
  /// Values of the column that tells parts which tell none, and how many rows have each.
  public let valuesWithoutPart: [String: Int]
  /// How many labels of films half of the readers named, which is no majority; they count as absent.
  public let tiedVotes: Int
  /// Columns that the description names for more of films than their findings, and that are not there.
  public let missingColumns: [String]
  /// For each table beside the one that lists films: how many films it says nothing of, and how many of its rows say
  /// nothing of any film.
  public let unmatchedRows: [(path: String, films: Int, rows: Int)]
  /// The key of films in ``rowsLeftOut`` that are not to be used for what their findings say.
  public static let findingsKey = "findings"
  /// The columns that may be labels', where each has one, as CheXpert's; `nil` where one column holds all findings.
  public let labelColumns: [String]?
  /// The names that cells of findings may have in a described collection: its labels, and what else they name. Of other
  /// labels nothing is known.
  public let vocabularyOfCells: [String]?
  /// Names that the description has for what cells of findings say, and that none of them holds, sorted.
  public let unusedNames: [String]
  /// Names of the file that were taken for others, as asked for.
  public let renames: [String: String]
  /// Those, and the collection's.
  public let allRenames: [String: String]
  /// Names that were to be taken for others, but that nothing in the file is called, sorted.
  public let unusedRenames: [String]
  /// The columns that hold what is no label, or contradict themselves, each with the first such value.
  let doubts: [String: DataError]

  /// Whether the file has a column a label, as CheXpert's, and not one column of findings.
  public var hasColumnPerLabel: Bool { labelColumns != nil }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - collection: how it is read; `nil`: as NIH's or CheXpert's, by its columns.
  ///   - vocabulary: labels that cells of findings may name, beside NIH's fourteen and those that stand alone in the
  ///     file; it decides which cells with another separator than `|` are certain.
  ///   - renames: names of the file that are taken for others, as `Pleural Effusion` for `Effusion`.
  ///   - patients: where it stands whose films they are.
  /// - Throws: ``DataError`` with the line at fault.
  public init(
    path: String, collection: CollectionDescription? = nil, vocabulary: [String] = [],
    renames: [String: String] = [:], patients: PatientSource = .labelFile
  ) throws {
    try self.init(
      contents: fileContents(path), path: path, collection: collection, vocabulary: vocabulary,
      renames: renames, patients: patients)
  }

  /// Reads a file's bytes; `path` is used in messages, and to find the tables that a collection has beside its label file.
  /// - Throws: ``DataError`` with the line at fault.
  public init(
    contents: [UInt8], path: String, collection: CollectionDescription? = nil,
    vocabulary: [String] = [], renames: [String: String] = [:],
    patients: PatientSource = .labelFile
  ) throws {
    try collection?.validate()
    let hashing = BackgroundDigest(contents)
    let (tables, rows) = try CollectionDescription.suggesting {
      let tables = try CollectionTables(contents: contents, path: path, collection)
      let rows = try LabelRows(
        tables, collection: collection, vocabulary: vocabulary, renames: renames,
        patients: patients)
      return (tables, rows)
    }
    let path = tables.films.path
    guard !rows.films.isEmpty else {
      if let (column, found) = rows.leftOut.min(by: { $0.key < $1.key }), let collection {
        throw DataError.nothingKept(
          path: path, column: column, kept: collection.keep[column] ?? [],
          found: found.keys.sorted())
      }
      throw DataError.noRows(path: path)
    }
    if !rows.areFilmsPatients { try Self.checkPatients(rows.films, path: path) }
    var notes = rows.notes
    for (film, line, isSame) in rows.laterRows {
      notes.append(
        Note(
          line: line, film: rows.films[film].name,
          problem: .duplicateFilm(firstLine: rows.films[film].line, sameFindings: isSame)))
    }
    let known = Set(vocabulary + LabelSet.nih14 + (collection?.labels ?? []))
    var leftOut = rows.leftOut
    if let collection, !collection.isReadAsNIH {
      let cells =
        try rows.labelColumns == nil
        ? DescribedCells(
          rows.texts.texts, collection, renames: rows.renames, path: rows.textsPath) : nil
      let names = cells.map { cells in
        collection.labels + cells.names.filter { !collection.labels.contains($0) }
      }
      let plain = LabelDoubts(
        columns: names.map { $0 + [LabelSet.noFinding] } ?? rows.labelColumns,
        areNamesOfCells: names != nil)
      if cells != nil {
        unusedNames = try collection.unusedNames(
          in: rows.texts.texts, path: rows.textsPath)
      } else {
        unusedNames = []
      }
      var unusable: [String: Int] = [:]
      records = try rows.films.compactMap { film in
        try film.record(
          in: collection, cells: cells?.cells, plain: plain, known: known, notes: &notes,
          unusable: &unusable, path: path)
      }
      if !unusable.isEmpty { leftOut[Self.findingsKey] = unusable }
      guard !records.isEmpty else {
        throw DataError.nothingKept(
          path: path, column: collection.findings.column ?? "", kept: [],
          found: unusable.keys.sorted())
      }
      vocabularyOfCells = names
    } else {
      let meanings = try rows.texts.meanings(
        vocabulary: vocabulary, renames: rows.renames, path: rows.textsPath)
      let plain = rows.labelColumns.map { LabelDoubts(columns: $0) }
      let found = try rows.films.map { film in
        try film.record(
          meanings, plain: plain, compared: rows.comparedLabels, known: known, notes: &notes,
          path: path)
      }
      // A collection's labels are all that was looked for.
      vocabularyOfCells = collection.map { collection in
        let others = Set(found.flatMap(\.findings)).subtracting(
          collection.labels + [LabelSet.noFinding])
        return collection.labels + others.sorted()
      }
      let closed = vocabularyOfCells.map {
        LabelDoubts(columns: $0 + [LabelSet.noFinding], areNamesOfCells: true)
      }
      unusedNames = []
      records = closed.map { closed in found.map { $0.knowing(closed) } } ?? found
    }
    self.notes =
      notes.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
      .map(\.element) + Self.inconsistencies(records)
    self.path = tables.path
    self.collection = collection
    self.patientSource = patients
    labelColumns = rows.labelColumns
    doubts = rows.doubts
    self.renames = renames
    allRenames = rows.renames
    unusedRenames = renames.keys.filter { !rows.names.contains($0) }.sorted()
    rowCount = rows.count
    rowsLeftOut = leftOut
    missingColumns = rows.missingColumns
    tiedVotes = rows.films.reduce(0) { $0 + ($1.votes?.ties ?? 0) }
    valuesWithoutPart = rows.valuesWithoutPart
    unmatchedRows =
      rows.joints.map { joints in
        zip(joints.tables, joints.unmatched).map {
          (path: $0.path, films: $1, rows: $0.unusedCount)
        }
      } ?? []
    sha256 = tables.sha256(ofLabelFile: hashing.hexDigest())
  }

  /// Checks that no two patients are one whose identifier is written in two ways.
  private static func checkPatients(_ films: [FilmRows], path: String) throws {
    guard films.contains(where: { $0.patient.number == nil }) else { return }
    var lines: [PatientID: Int] = [:]
    for film in films where lines[film.patient] == nil { lines[film.patient] = film.line }
    var first: [String: (patient: PatientID, line: Int)] = [:]
    for (patient, line) in lines.sorted(by: { $0.value < $1.value }) {
      let key = patient.key
      if !key.isEmpty, let other = first.updateValue((patient, line), forKey: key) {
        throw DataError.nearPatients(
          path: path, line: other.line, first: other.patient.description, otherLine: line,
          second: patient.description)
      }
    }
  }

  /// The names of findings that films have, and of the columns that hold nothing but labels, sorted.
  public var labelNames: [String] {
    var names = Set(labelColumns?.filter { doubts[$0] == nil } ?? vocabularyOfCells ?? [])
    if labelColumns == nil {
      for record in records { names.formUnion(record.findings) }
      names.remove(LabelSet.noFinding)
    }
    return names.sorted()
  }

  /// The labels of which the file may say something; `nil` where any name may stand in it.
  public var knownLabels: [String]? { labelColumns ?? vocabularyOfCells }

  /// How many examinations the films are of, counted within patients; `nil` where that is not known.
  public var studyCount: Int? {
    struct Study: Hashable {
      let patient: PatientID
      let study: String?
    }
    guard records.contains(where: { $0.study != nil }) else { return nil }
    return Set(records.map { Study(patient: $0.patient, study: $0.study) }).count
  }

  /// The patients in order of first appearance.
  public var patients: [PatientID] { records.uniquePatients }
}
