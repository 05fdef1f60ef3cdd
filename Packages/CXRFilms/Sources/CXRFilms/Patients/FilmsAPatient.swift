import CXRData
import CXRFiles

/// How many patients have one film, two, and so on, and how many films these are.
public struct FilmsAPatient: Sendable {
  /// Patients with a like number of films.
  public struct Band: Sendable, Equatable {
    /// Such as `1` or `6-10`.
    public let name: String
    /// How many they are.
    public let patients: Int
    /// How many films they have together.
    public let films: Int
  }

  /// One to five films, 6 to 10, 11 to 20, and more.
  public static let bounds: [(name: String, films: ClosedRange<Int>)] = [
    ("1", 1...1), ("2", 2...2), ("3", 3...3), ("4", 4...4), ("5", 5...5), ("6-10", 6...10),
    ("11-20", 11...20), ("21-", 21...Int.max),
  ]

  /// All bands, those without patients too.
  public let bands: [Band]

  /// Counts patients by their numbers of films, each at least one.
  init(films counts: [Int]) {
    bands = Self.bounds.map { bound in
      let own = counts.filter(bound.films.contains)
      return Band(name: bound.name, patients: own.count, films: own.reduce(0, +))
    }
  }

  /// Counts the patients of films.
  public init(_ records: [FilmRecord]) {
    var counts: [PatientID: Int] = [:]
    for record in records { counts[record.patient, default: 0] += 1 }
    self.init(films: Array(counts.values))
  }

  /// Whether nobody has two films.
  public var hasSingleFilms: Bool { bands.dropFirst().allSatisfy { $0.patients == 0 } }

  var json: JSONValue {
    .object(
      bands.map { band in
        (
          band.name,
          .object([("patients", .integer(band.patients)), ("images", .integer(band.films))])
        )
      })
  }
}
