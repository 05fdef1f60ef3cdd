/// A film of the label file: what was found on it, and whose it is.
public struct FilmRecord: Sendable, Equatable {
  /// The film's file name, the column `Image Index`; or its path, the column `Path`; as ``FilmName`` writes it.
  public let name: String
  /// The findings, whole tokens between `|`, in file order; `No Finding` is a token like any other.
  public let findings: [String]
  /// The findings that a file with a column a label calls uncertain (−1), in column order.
  public let uncertain: [String]
  /// The findings of which a file with a column a label says that nothing is known (`NaN`, `N/A`), in column order.
  public let unknown: [String]
  /// Whether anything is known of the findings; not where the cell of findings says `NaN` or the like.
  public let knowsFindings: Bool
  /// Whose film it is.
  public let patient: PatientID
  /// The running number of the patient's film, if the file has it and it is a number.
  public let followUp: Int?
  /// The patient's age, if the file has it and it can be read.
  public let age: PatientAge?
  /// `M` or `F`, or what else the file says.
  public let sex: String?
  /// `PA` or `AP`, or what else the file says.
  public let view: String?
  /// The line on which the film's first row starts, counted from 1; 0 where there is no file.
  public let line: Int
  /// The labels that have a column, in a file with a column a label: nothing is known of others.
  let labelColumns: [String]?
  /// The columns whose value is no label, or another in another row.
  let unreadable: [String]

  /// Makes a record of a film that no label file lists.
  ///
  /// - Parameters:
  ///   - name: the film's name.
  ///   - findings: what was found; findings that are not named are absent.
  ///   - uncertain: what may or may not be there.
  ///   - unknown: of what nothing is known.
  ///   - patient: whose film it is.
  ///   - followUp: the running number of the patient's film.
  ///   - age: the patient's.
  ///   - sex: `M` or `F`.
  ///   - view: `PA`, `AP` or another projection.
  public init(
    name: String, findings: [String], uncertain: [String] = [], unknown: [String] = [],
    patient: PatientID, followUp: Int? = nil, age: PatientAge? = nil, sex: String? = nil,
    view: String? = nil
  ) {
    self.init(
      name: FilmName.normalised(name),
      labels: ReadLabels(findings: findings, uncertain: uncertain, unknown: unknown),
      patient: patient, followUp: followUp, age: age, sex: sex, view: view, line: 0,
      labelColumns: nil)
  }

  init(
    name: String, labels: ReadLabels, patient: PatientID, followUp: Int?, age: PatientAge?,
    sex: String?, view: String?, line: Int, labelColumns: [String]?
  ) {
    (self.name, self.patient, self.followUp, self.age) = (name, patient, followUp, age)
    (self.sex, self.view, self.line, self.labelColumns) = (sex, view, line, labelColumns)
    (findings, uncertain, unknown) = (labels.findings, labels.uncertain, labels.unknown)
    (knowsFindings, unreadable) = (labels.areKnown, labels.unreadable)
  }
}

/// What the rows of a film say of its findings.
struct ReadLabels {
  var findings: [String] = []
  var uncertain: [String] = []
  var unknown: [String] = []
  var unreadable: [String] = []
  var areKnown = true
}
