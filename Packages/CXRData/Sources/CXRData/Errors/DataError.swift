/// What is wrong with a label file, a list or a split: the place, what was found, and what to do.
public enum DataError: Error, Equatable {
  /// A file cannot be read.
  case unreadable(path: String, reason: String)
  /// A column that must be there is not; the built-in collection that a label file with these columns is likely to be.
  case missingColumn(
    path: String, column: String, found: [String],
    needed: String =
      "\"Image Index\", \"Finding Labels\" and \"Patient ID\", or \"Path\" and a column a label",
    collection: String? = nil)
  /// A row has another number of fields than the header.
  case wrongFieldCount(path: String, line: Int, expected: Int, found: Int)
  /// A quoted field is never closed, or goes on after its closing quote.
  case malformedQuotes(path: String, line: Int)
  /// A required field is empty or not what it should be.
  case invalidField(path: String, line: Int, column: String, found: String)
  /// One film is listed as two patients'.
  case filmOfTwoPatients(
    path: String, line: Int, film: String, patient: String, otherLine: Int, other: String)
  /// The file holds no rows.
  case noRows(path: String)
  /// A patient stands in two parts of a split.
  case patientInTwoParts(patient: String, first: String, second: String)
  /// A part of the split holds no film or no patient.
  case emptyPart(part: String, patients: Int)
  /// Labels without a positive film in training.
  case labelsWithoutPositives([String])
  /// Labels without a negative film in training.
  case labelsWithoutNegatives([String])
  /// A list or a table names films that the label file does not have.
  case unknownFilms(
    path: String, line: Int?, names: [String], count: Int, hints: [FilmNameHint])
  /// A value outside its range.
  case invalidArgument(String)
  /// A folder holds one name twice.
  case ambiguousFilm(name: String, first: String, second: String)
  /// Two listed names are one film.
  case filmOfTwoNames(path: String, first: String, second: String)
  /// A file is no text.
  case notText(path: String, format: FileFormat)
  /// Text has bytes that are not UTF-8.
  case invalidUTF8(path: String, line: Int, byte: UInt8)
  /// Two columns may be the one that is needed.
  case columnTwice(path: String, line: Int, first: String, second: String)
  /// A patient's identifier that a spreadsheet has rounded, such as `1.23E+10`.
  case roundedIdentifier(path: String, line: Int, found: String)
  /// A cell of a table of scores that is no probability.
  case invalidScore(path: String, line: Int, label: String, found: String)
  /// A table of scores none of whose columns is called as a finding; the likeliest renames.
  case noKnownColumn(path: String, columns: [String], labels: [String], renames: [NearName])
  /// A rename of what nothing is called; the nearest name that the file has.
  case unusedRename(path: String, from: String, nearest: String?)
  /// Rows without a patient's identifier.
  case rowsWithoutPatient(path: String, lines: [Int], found: String)
  /// Two identifiers differ only in case, signs or leading zeros.
  case nearPatients(path: String, line: Int, first: String, otherLine: Int, second: String)
  /// The header stands among the rows once more.
  case repeatedHeader(path: String, line: Int)
  /// A column of a label contradicts the cell of findings.
  case contradictoryColumn(
    path: String, line: Int, film: String, label: String, value: String, findings: String)
  /// Rows of one film contradict each other in a column.
  case contradictoryRows(
    path: String, line: Int, film: String, column: String, found: String, otherLine: Int,
    other: String)
  /// A cell holds a label beside what is none, under another separator than `|`.
  case unseparatedFindings(path: String?, line: Int, found: String, label: String)
  /// Names equal labels but for case, spaces, hyphens or underscores.
  case nearNames(path: String?, [NearName])
  /// A label that no row, no column and no vocabulary has; the nearest one that the file has.
  case unknownLabel(path: String?, label: String, known: [String], nearest: String?)
  /// A description of a collection that cannot be.
  case invalidDescription(name: String, reason: String)
  /// A collection whose files do not say whose films they are.
  case noPatients(path: String, collection: String)
  /// Whose films they are is said twice.
  case patientsTwice(path: String, place: String)
  /// A table of patients does not have these films.
  case filmsWithoutPatient(path: String, films: [String], count: Int)
  /// Two different rows of a table are found by one key.
  case keyTwice(path: String, line: Int, column: String, key: String, otherLine: Int)
  /// Two tables contradict each other.
  case contradictoryTables(
    path: String, line: Int, column: String, found: String, otherPath: String, otherLine: Int,
    other: String)
  /// A value of the column that tells parts which a range cannot be compared with, or which is in two.
  case noPlaceInSplit(
    path: String, line: Int, column: String, found: String, isInTwoParts: Bool)
  /// A name in a described cell holds a label and a sign that parts names elsewhere.
  case partedOtherwise(path: String, line: Int, found: String, label: String)
  /// Names of a description are almost, but not quite, those of the cells.
  case nearDescribedNames(path: String, [NearName])
  /// No row of a table belongs to any film.
  case nothingJoined(
    path: String, column: String, found: String, otherPath: String, other: String)
  /// A patient has films in two parts that a column tells.
  case patientAcrossParts(
    patient: String, column: String, first: String, line: Int, second: String, otherLine: Int)
  /// A column tells no film of a part, but has these other values.
  case emptyPartOfColumn(part: String, column: String, others: [String], leaking: Int = 0)
  /// A list names films that the label file does not have, or that its collection leaves out.
  case strangersInList(path: String, line: Int, names: [String], count: Int)
  /// A collection's table lies not beside its label file.
  case tableMissing(path: String, collection: String)
  /// No row has the values that are kept.
  case nothingKept(path: String, column: String, kept: [String], found: [String])
  /// A map of labels names what the other side has not; the nearest name.
  case unknownPartner(path: String, label: String, known: [String], nearest: String?)
  /// A value of a label's column says neither yes nor no.
  case unreadableLabel(path: String?, line: Int, label: String, found: String?)

  /// A name that is almost a label's.
  public struct NearName: Sendable, Equatable {
    /// Where it stands first, counted from 1.
    public let line: Int
    /// The name in the file.
    public let found: String
    /// The label that is asked for.
    public let label: String
    /// Whether renaming one to the other helps; not where a column of the label's own name is there too.
    public let isRenamable: Bool

    /// A name in place of a label.
    public init(line: Int, found: String, label: String, isRenamable: Bool = true) {
      (self.line, self.found, self.label) = (line, found, label)
      self.isRenamable = isRenamable
    }
  }
}

extension DataError: RemediedError {
  /// What can be done, where it is not a correction of the file.
  public var remedies: [Remedy] {
    switch self {
    case .nearNames(_, let names):
      names.allSatisfy(\.isRenamable)
        ? names.map { .renameLabel(from: $0.found, to: $0.label) } : []
    case .noKnownColumn(_, _, _, let renames):
      renames.map { .renameLabel(from: $0.found, to: $0.label) }
    case .unknownFilms(_, _, _, _, let hints): hints.first?.remedies ?? []
    case .strangersInList: [.allowUnknownFilms]
    case .missingColumn(_, "Patient ID", _, _, _):
      [.nameTableOfPatients, .takeEachFilmForAPatient]
    case .missingColumn(_, _, _, _, let collection?): [.readAs(collection: collection)]
    case .noPatients: [.nameTableOfPatients, .takeEachFilmForAPatient]
    case .labelsWithoutPositives, .labelsWithoutNegatives: [.skipEmptyLabels, .askForOtherLabels]
    case .invalidScore(_, _, _, let found):
      Double(found).map { (0...1).contains($0) } == false ? [.scoresAreLogits] : []
    case .unknownLabel(_, let label, _, let nearest?):
      [.askForLabel(nearest, insteadOf: label)]
    default: []
    }
  }
}
