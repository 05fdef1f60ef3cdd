/// How the files of a collection of films are read: which column says what, and what it means.
///
/// ```swift
/// var hospital = CollectionDescription(
///   name: "hospital", film: "file", patient: .column("mrn"),
///   findings: .names(column: "report_codes", separator: ";"))
/// hospital.labels = ["Effusion", "Pneumothorax"]
/// hospital.renames = ["pleural effusion": "Effusion"]
/// let file = try LabelFile(path: "films.csv", collection: hospital)
/// ```
///
/// Public collections are built in: ``builtIn``. Names of columns are found whatever their case and whether words are
/// parted by a space, a hyphen or an underscore. Names of findings are compared as they stand.
public struct CollectionDescription: Sendable, Equatable, Codable {
  /// What a person calls the collection.
  public var name: String
  /// The column of films' names or paths.
  public var film: String
  /// Whose film it is; `nil` where the files do not say.
  public var patient: Identity?
  /// In which examination it was taken; counted within each patient.
  public var study: Identity?
  /// Where the findings stand.
  public var findings: Findings

  /// The findings that were looked for, under the names that ``renames`` gives them, in the order of a classifier's outputs.
  ///
  /// A label that is neither among these nor anywhere in the files is unknown on all films, and not absent.
  public var labels: [String] = []
  /// Names of findings that are taken for others.
  public var renames: [String: String] = [:]
  /// Findings, as the files call them, that are also others: `laminar atelectasis` is `Atelectasis`. Not of columns.
  public var kinds: [String: [String]] = [:]
  /// Of paths of names, labels that lie below others, beside what the files themselves show: on a film of `Pneumonia` it is
  /// not known whether that is `Viral`.
  public var below: [String: [String]] = [:]
  /// Names that say that nothing was found.
  public var noFinding = [LabelSet.noFinding]
  /// Names that say that nothing is known of the findings that are not named beside them.
  public var unknown: [String] = []
  /// Names that say that a film is not to be used; it is left out.
  public var unusable: [String] = []
  /// What a blank value of findings means.
  public var blank = Blank.absent
  /// How values of a label's own column are written; `nil`: 1, 0, −1, yes, no, true and false.
  public var values: ValueTexts?
  /// Who read the film, where each reader has rows, and how many must agree.
  public var readers: Readers?
  /// Whether it is usual that a film has several rows, which are joined; else each is noted.
  public var hasSeveralRowsAFilm = false

  /// The column of the projection.
  public var view: String?
  /// The column that says whether a film is frontal or lateral; of lateral ones it counts before ``view``.
  public var side: String?
  /// Names of projections that are taken for others, as `L` for `Lateral`.
  public var views: [String: String] = [:]
  /// The column of the patient's sex.
  public var sex: String?
  /// The column of the patient's age.
  public var age: String?
  /// The column of the film's running number within its patient.
  public var followUp: String?

  /// The rows that are kept, by column: those with one of these values in each. Others are left out and counted.
  public var keep: [String: [String]] = [:]
  /// How many leading folders of films' names do not count.
  public var leadingFolders = 0
  /// Whether films' names stand without extension, or with another than the films'.
  public var ignoresExtensions = false
  /// Which part a film belongs to, where the files say.
  public var split: SplitColumn?
  /// Tables beside the label file that say more of the same films.
  public var tables: [JoinedTable] = []

  /// Describes a collection with what every one needs.
  ///
  /// - Parameters:
  ///   - name: what a person calls it.
  ///   - film: the column of films' names or paths.
  ///   - patient: whose film it is; `nil` where the files do not say.
  ///   - findings: where the findings stand.
  public init(name: String, film: String, patient: Identity?, findings: Findings) {
    (self.name, self.film, self.patient, self.findings) = (name, film, patient, findings)
  }

  enum CodingKeys: String, CodingKey {
    case name, film, patient, study, findings, labels, renames, kinds, below, noFinding, unknown
    case unusable, blank, values, readers, hasSeveralRowsAFilm, view, side, views, sex, age
    case followUp, keep, leadingFolders, ignoresExtensions, split, tables
  }

  /// Where an identifier, a patient's or a study's, stands.
  public enum Identity: Sendable, Equatable, Codable {
    /// In a column.
    case column(String)
    /// In the film's path: what follows this word in the folder whose name is the word and digits, `patient00042`.
    case folder(String)
    /// In the film's name or path: what the one group of a regular expression matches.
    case pattern(String)
  }

  /// Where findings stand.
  public enum Findings: Sendable, Equatable, Codable {
    /// In a column a label, so called in the files; none named: all columns that are nothing else.
    case columns([String])
    /// Names in one column, between a separator; `nil`: one name a row.
    case names(column: String, separator: String?)
    /// Names in one column, a list in brackets of names in quotes, as Python writes it.
    case list(column: String)
    /// A path of names in one column, the general before the special: `Pneumonia/Viral/COVID-19` names three findings.
    /// What lies below the last one, in ``CollectionDescription/below`` or in another row, is unknown.
    case path(column: String, separator: String)
    /// Names in one column between `|`, with the care of ``LabelFile`` for what people write instead.
    case bars(column: String)

    /// The one column, where there is one.
    public var column: String? {
      switch self {
      case .columns: nil
      case .names(let column, _), .list(let column), .path(let column, _), .bars(let column): column
      }
    }
  }

  /// What a blank means.
  public enum Blank: String, Sendable, Codable, CaseIterable {
    /// That nothing was found, or the label's finding was not mentioned.
    case absent
    /// That nothing is known.
    case unknown
  }

  /// How values of a label's own column are written, whatever their case.
  public struct ValueTexts: Sendable, Equatable, Codable {
    /// The finding is there.
    public var present: [String]
    /// It is not.
    public var absent: [String]
    /// It may be.
    public var uncertain: [String]
    /// Nothing is known, besides `NaN` and the like.
    public var unknown: [String]
    /// Whether run lengths of an outline, an even count of whole numbers, say that it is there, as SIIM's do.
    public var areRunLengthsPresent: Bool

    /// Says how values are written.
    ///
    /// - Parameters:
    ///   - present: the finding is there.
    ///   - absent: it is not.
    ///   - uncertain: it may be.
    ///   - unknown: nothing is known.
    ///   - areRunLengthsPresent: whether run lengths of an outline say that it is there.
    public init(
      present: [String] = [], absent: [String] = [], uncertain: [String] = [],
      unknown: [String] = [], areRunLengthsPresent: Bool = false
    ) {
      (self.present, self.absent, self.uncertain) = (present, absent, uncertain)
      (self.unknown, self.areRunLengthsPresent) = (unknown, areRunLengthsPresent)
    }
  }

  /// Who read a film.
  public struct Readers: Sendable, Equatable, Codable {
    /// The column of their names.
    public var column: String
    /// How many of a film's readers must name a finding.
    public var votes: Votes

    /// Says who read.
    ///
    /// - Parameters:
    ///   - column: of their names.
    ///   - votes: how many must agree.
    public init(column: String, votes: Votes = .majority) {
      (self.column, self.votes) = (column, votes)
    }
  }

  /// How many of a film's readers must name a finding.
  public enum Votes: String, Sendable, Codable, CaseIterable {
    /// More than half.
    case majority
    /// One.
    case any
    /// Each.
    case all

    /// Whether `count` of `readers` are enough.
    func areEnough(_ count: Int, of readers: Int) -> Bool {
      switch self {
      case .majority: 2 * count > readers
      case .any: count > 0
      case .all: count == readers
      }
    }

    /// The rule in words.
    public var words: String {
      switch self {
      case .majority: "more than half of a film's readers name it"
      case .any: "one of a film's readers names it"
      case .all: "all of a film's readers name it"
      }
    }
  }

  /// A table beside the label file.
  public struct JoinedTable: Sendable, Equatable, Codable {
    /// Its file's name, in the label file's folder.
    public var file: String
    /// The column by which its rows belong to those of the table that lists films.
    public var key: String

    /// Names a table.
    ///
    /// - Parameters:
    ///   - file: its file's name, in the label file's folder.
    ///   - key: the column by which its rows belong to films' rows.
    public init(file: String, key: String) { (self.file, self.key) = (file, key) }
  }

  /// What of films' names does not count when they are looked for.
  public var filmNames: FilmNameRule {
    FilmNameRule(droppedFolderCount: leadingFolders, ignoresExtensions: ignoresExtensions)
  }
}
