/// Which of the two label files of NIH ChestX-ray14 in circulation a file is, told by its counts whatever its
/// name. They differ in 181 films.
public enum NIHRevision: String, Sendable {
  /// 1,353 films with Pneumonia.
  case pneumonia1353
  /// 1,431 films with Pneumonia; the one that NIH gives out since 2020.
  case pneumonia1431

  /// The revision of NIH's whole set; `nil` for any other file.
  public init?(_ records: [FilmRecord]) {
    guard records.count == Self.films else { return nil }
    self.init(
      films: records.count, patients: Set(records.map(\.patient)).count,
      filmsWithPneumonia: records.count { $0.findings.contains("Pneumonia") })
  }

  /// The films of NIH's whole set.
  public static let films = 112_120
  /// Their patients.
  public static let patients = 30_805

  /// The revision that has these counts; `nil` where none has.
  public init?(films: Int, patients: Int, filmsWithPneumonia: Int) {
    guard films == Self.films, patients == Self.patients else { return nil }
    switch filmsWithPneumonia {
    case 1353: self = .pneumonia1353
    case 1431: self = .pneumonia1431
    default: return nil
    }
  }

  /// What a person should know.
  public var description: String {
    switch self {
    case .pneumonia1353:
      "NIH ChestX-ray14, the revision with 1353 films of Pneumonia; the other one has 1431, and other "
        + "findings on 181 films"
    case .pneumonia1431:
      "NIH ChestX-ray14, the revision with 1431 films of Pneumonia; the other one has 1353, and other "
        + "findings on 181 films"
    }
  }
}
