/// One row of the label file: a film, what was found on it, and whose it is.
public struct FilmRecord: Sendable, Equatable {
  /// The film's file name, the column `Image Index`; or its path, the column `Path`.
  public let name: String
  /// The findings, whole tokens between `|`, in file order; `No Finding` is a token like any other.
  public let findings: [String]
  /// The findings that a file with a column a label calls uncertain (−1), in column order.
  public let uncertain: [String]
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
  /// The line on which the row starts, counted from 1.
  public let line: Int
}

/// An age as the label file gives it: years, or a number with `Y`, `M`, `W` or `D`.
public struct PatientAge: Sendable, Equatable {
  /// The age in years.
  public let years: Double

  /// Reads `58`, `058Y`, `012M`, `003W` or `005D`; `nil` for anything else.
  public init?(_ text: String) {
    let trimmed = text.trimmingSpaces()
    guard let last = trimmed.last else { return nil }
    let perYear: Double
    switch last {
    case "Y", "y": perYear = 1
    case "M", "m": perYear = 12
    case "W", "w": perYear = 365.25 / 7
    case "D", "d": perYear = 365.25
    default:
      guard let years = Double(trimmed), years.isFinite, years >= 0 else { return nil }
      self.years = years
      return
    }
    guard let number = Double(trimmed.dropLast()), number.isFinite, number >= 0 else { return nil }
    years = number / perYear
  }
}
