/// What is wrong with a label file, a list or a split: the place, what was found, and what to do.
public enum DataError: Error, Equatable, CustomStringConvertible {
  /// A file cannot be read.
  case unreadable(path: String, reason: String)
  /// A column that must be there is not.
  case missingColumn(path: String, column: String, found: [String])
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
  /// A list names films that the label file does not have.
  case unknownFilms(path: String, names: [String], count: Int)
  /// A value outside its range.
  case invalidArgument(String)
  /// A folder holds one name twice.
  case ambiguousFilm(name: String, first: String, second: String)

  /// The message a person reads.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      return "\(path): cannot be read (\(reason)); check the path and its permissions"
    case .missingColumn(let path, let column, let found):
      return "\(path): line 1: no column \"\(column)\"; the header has "
        + found.prefix(20).map { "\"\($0.prefix(60))\"" }.joined(separator: ", ")
        + ". Required are \"Image Index\", \"Finding Labels\" and \"Patient ID\", or \"Path\" and a column "
        + "a label"
    case .wrongFieldCount(let path, let line, let expected, let found):
      return "\(path): line \(line): \(found) fields where the header has \(expected); "
        + "a field with a comma needs quotes"
    case .malformedQuotes(let path, let line):
      return "\(path): line \(line): a quoted field starts here and is not closed properly; "
        + "a quote within quotes is written twice"
    case .invalidField(let path, let line, let column, let found):
      return "\(path): line \(line): \"\(found)\" is no valid \(column); correct or remove the row"
    case .filmOfTwoPatients(let path, let line, let film, let patient, let otherLine, let other):
      return
        "\(path): line \(line): \(film) is patient \(patient)'s here, but patient \(other)'s on line "
        + "\(otherLine); a film has one patient, remove the wrong row"
    case .noRows(let path):
      return "\(path): the file has no rows; check that it is the right file"
    case .patientInTwoParts(let patient, let first, let second):
      return "patient \(patient) has films in both the \(first) and the \(second) part; "
        + "a patient must be in one part only, correct the lists"
    case .emptyPart(let part, let patients):
      return
        "the \(part) part of the split would be empty: there are \(patients) patients to draw from; "
        + "use a label file with more patients"
    case .labelsWithoutPositives(let labels):
      return "no positive film in training for \(labels.joined(separator: ", ")): "
        + "its class weight is undefined. Leave it out with --labels, or use --skip-empty-labels"
    case .labelsWithoutNegatives(let labels):
      return "no negative film in training for \(labels.joined(separator: ", ")): "
        + "its class weight is undefined. Leave it out with --labels, or use --skip-empty-labels"
    case .unknownFilms(let path, let names, let count):
      return "\(path): \(count) listed films are not in the label file, the first: "
        + names.map { String($0.prefix(80)) }.joined(separator: ", ")
        + ". Use the lists that belong to this label file"
    case .invalidArgument(let text): return text
    case .ambiguousFilm(let name, let first, let second):
      return "\(name) is in both \(first) and \(second); keep one, or point --images deeper"
    }
  }
}
