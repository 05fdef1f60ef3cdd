/// A film of the label file: what was found on it, and whose it is.
public struct FilmRecord: Sendable, Equatable {
  /// The film's file name, the column `Image Index`; or its path, the column `Path`; as ``FilmName`` writes it.
  public let name: String
  /// The findings, whole tokens between `|`, in file order; `No Finding` is a token like any other.
  public let findings: [String]
  /// Whose film it is.
  public let patient: PatientID
  /// The examination in which it was taken, an identifier within the patient; `nil` where that is not known.
  public var study: String? { assignment?.study }
  /// The part to which the files assign it; `nil` where they do not.
  public var part: Subset? { assignment?.part }
  let assignment: FilmAssignment?
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
  /// What is not plainly there or not there; `nil` of most films.
  let doubts: LabelDoubts?

  /// The findings that a file with a column a label calls uncertain (−1), in column order.
  public var uncertain: [String] { doubts?.uncertain ?? [] }
  /// The findings of which a file with a column a label says that nothing is known (`NaN`, `N/A`), in column order.
  public var unknown: [String] { doubts?.unknown ?? [] }
  /// Whether anything is known of the findings; not where the cell of findings says `NaN` or the like.
  public var knowsFindings: Bool { doubts?.areAllUnknown != true || !findings.isEmpty }
  /// Whether findings that are not named may be there all the same, as on a film that is called `unchanged`.
  public var namesAllFindings: Bool { doubts?.areAllUnknown != true }

  /// Makes a record of a film that no label file lists.
  ///
  /// - Parameters:
  ///   - name: the film's name.
  ///   - findings: what was found; findings that are not named are absent.
  ///   - uncertain: what may or may not be there.
  ///   - unknown: of what nothing is known.
  ///   - patient: whose film it is.
  ///   - study: the examination in which it was taken.
  ///   - part: the part to which it is assigned.
  ///   - followUp: the running number of the patient's film.
  ///   - age: the patient's.
  ///   - sex: `M` or `F`.
  ///   - view: `PA`, `AP` or another projection.
  public init(
    name: String, findings: [String], uncertain: [String] = [], unknown: [String] = [],
    patient: PatientID, study: String? = nil, part: Subset? = nil, followUp: Int? = nil,
    age: PatientAge? = nil, sex: String? = nil, view: String? = nil
  ) {
    let doubts = LabelDoubts(uncertain: uncertain, unknown: unknown)
    self.init(
      name: FilmName.normalised(name), findings: findings, doubts: doubts.isEmpty ? nil : doubts,
      patient: patient, assignment: FilmAssignment(study: study, part: part), followUp: followUp,
      age: age, sex: sex, view: view, line: 0)
  }

  /// The record of a film of which nothing is known beyond some labels.
  func knowing(_ closed: LabelDoubts) -> FilmRecord {
    let own =
      doubts.map {
        LabelDoubts(
          uncertain: $0.uncertain, unknown: $0.unknown, unreadable: $0.unreadable,
          areAllUnknown: $0.areAllUnknown, columns: closed.columns, areNamesOfCells: true)
      } ?? closed
    return FilmRecord(
      name: name, findings: findings, doubts: own, patient: patient, assignment: assignment,
      followUp: followUp, age: age, sex: sex, view: view, line: line)
  }

  init(
    name: String, findings: [String], doubts: LabelDoubts?, patient: PatientID,
    assignment: FilmAssignment?, followUp: Int?, age: PatientAge?, sex: String?, view: String?,
    line: Int
  ) {
    self.assignment = assignment
    (self.name, self.patient, self.followUp, self.age) = (name, patient, followUp, age)
    (self.sex, self.view, self.line) = (sex, view, line)
    (self.findings, self.doubts) = (findings, doubts)
  }
}
