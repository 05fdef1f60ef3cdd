import CXRFiles
import CXRData

/// Age, sex and view of films, and how common each finding is a view.
public struct Demographics: Sendable {
  /// The bounds of the age bands, in years: below 18, 18 to 39, 40 to 59, 60 to 79, 80 to 100.
  public static let ageBands: [(name: String, range: Range<Double>)] = [
    ("0-17", 0..<18), ("18-39", 18..<40), ("40-59", 40..<60), ("60-79", 60..<80),
    ("80-", 80..<(100.0).nextUp),
  ]
  /// What stands for a value that the file does not give.
  public static let unknown = "unknown"

  /// The name of an age's band; `nil` of more than 100 years.
  public static func band(_ age: PatientAge) -> String? {
    ageBands.first { $0.range.contains(age.years) }?.name
  }

  /// Films a sex.
  public let sexes: [(name: String, films: Int)]
  /// Films a view.
  public let views: [(name: String, films: Int)]
  /// Films an age band; ages over 100 years count as unknown.
  public let ages: [(name: String, films: Int)]
  /// The mean of the known ages, in years.
  public let meanAge: Double?

  /// Counts films.
  public init(_ records: [FilmRecord], rows: [FilmRow]) {
    func counts(_ value: (FilmRecord) -> String?) -> [(name: String, films: Int)] {
      var counts: [String: Int] = [:]
      for row in rows { counts[value(records[row]) ?? Self.unknown, default: 0] += 1 }
      return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
    sexes = counts(\.sex)
    views = counts(\.view)
    let found = counts { $0.age.flatMap(Self.band) }
    ages = (Self.ageBands.map(\.name) + [Self.unknown]).compactMap { name in
      found.first { $0.name == name }
    }
    let known = rows.compactMap { records[$0].age }.filter { Self.band($0) != nil }.map(\.years)
    meanAge = known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }

  /// The counts as a document.
  var json: JSONValue {
    func object(_ counts: [(name: String, films: Int)]) -> JSONValue {
      .object(counts.map { ($0.name, .integer($0.films)) })
    }
    return .object([
      ("age", object(ages)), ("mean_age", .number(orNull: meanAge)), ("sex", object(sexes)),
      ("view", object(views)),
    ])
  }
}
