extension LabelFile {
  /// An oddity of one row.
  public struct Note: Sendable, Equatable {
    /// The line on which the row starts, counted from 1.
    public let line: Int
    /// The film's name.
    public let film: String
    /// What is odd.
    public let problem: Problem
  }

  /// Kinds of oddities.
  public enum Problem: Sendable, Equatable {
    /// An age over 100 years, in years; NIH's file has some of 400 and more.
    case implausibleAge(Double)
    /// An age that cannot be read.
    case unreadableAge(String)
    /// The film stands in an earlier row too, with the same or with other findings; the rows are joined.
    case duplicateFilm(firstLine: Int, sameFindings: Bool)
    /// `No Finding` stands beside a finding; the finding counts.
    case contradiction
    /// No finding is named, not even `No Finding`; the film counts as without findings.
    case noLabels
    /// The cell says that nothing is known, such as `NaN`; all labels of the film are unknown.
    case unknownFindings
    /// The cell parts known labels by another separator than `|`; they were read as these.
    case otherSeparator(cell: String, findings: [String])
    /// The patient's sex is another than in an earlier row.
    case sexChange(from: String, to: String, firstLine: Int)
    /// The patient is younger than on a film with a lower follow-up number; in years.
    case ageFall(from: Double, to: Double, earlierLine: Int)
    /// The film's name, `00000013_005.png`, begins with another patient's number.
    case nameOfOtherPatient(number: UInt64)
    /// The examination stands with another patient too.
    case studyOfTwoPatients(study: String, other: String, firstLine: Int)

    /// The kind of oddity in a word, a key of an audit.
    public var kind: String {
      switch self {
      case .implausibleAge: "implausible_age"
      case .unreadableAge: "unreadable_age"
      case .duplicateFilm: "duplicates"
      case .contradiction: "contradiction"
      case .noLabels: "no_labels"
      case .unknownFindings: "unknown_findings"
      case .otherSeparator: "other_separators"
      case .sexChange: "sex_changes"
      case .ageFall: "age_falls"
      case .nameOfOtherPatient: "name_of_other_patient"
      case .studyOfTwoPatients: "study_of_two_patients"
      }
    }

    /// What is odd, in words.
    public var description: String {
      switch self {
      case .implausibleAge(let years): "age of \(years) years"
      case .unreadableAge(let text): "age \"\(text)\" cannot be read"
      case .duplicateFilm(let line, let same):
        "the film is listed on line \(line) too" + (same ? "" : ", with other findings")
          + "; the rows are joined"
      case .contradiction: "\"No Finding\" stands beside a finding"
      case .noLabels: "no finding is named, not even \"No Finding\""
      case .unknownFindings: "the findings are said to be unknown"
      case .otherSeparator(let cell, let findings):
        "\"\(cell)\" was read as \(findings.joined(separator: "|"))"
      case .sexChange(let from, let to, let line):
        "the patient's sex is \(to) here and \(from) on line \(line)"
      case .ageFall(let from, let to, let line):
        "the patient is \(to) years old here, but \(from) on line \(line), with a lower follow-up "
          + "number"
      case .nameOfOtherPatient(let number):
        "the name begins with the number of patient \(number)"
      case .studyOfTwoPatients(let study, let other, let line):
        "the study \(study) is patient \(other)'s on line \(line); if these are one, their films leak"
      }
    }
  }
}
