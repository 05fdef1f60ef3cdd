import CXRData
import CXREvaluation
import CXRFilms
import CXRMetrics

extension JudgedFilms {
  /// The films of rows of a collection, in the rows' order, with their groups by view, sex and age.
  init(rows: [FilmRow], of collection: FilmCollection) {
    let (matrix, columns) = (collection.matrix, collection.matrix.labels.indices)
    let records = rows.map { collection.file.records[$0] }
    self.init(
      labels: matrix.labels, truths: rows.flatMap { row in columns.map { matrix[row, $0] } },
      isKnown: rows.flatMap { row in columns.map { matrix.isKnown(row, $0) } },
      patients: PatientIndex(records.lazy.map(\.patient)))
    groups = Self.groups(of: records)
  }

  /// Those of which it is not known are in no group.
  private static func groups(of records: [FilmRecord]) -> [Group] {
    func parts(_ kind: String, _ value: (FilmRecord) -> String?) -> [Group] {
      var films: [String: [Int]] = [:]
      for (n, record) in records.enumerated() {
        if let value = value(record), !value.isEmpty { films[value, default: []].append(n) }
      }
      guard films.count <= mostGroups else { return [] }
      return films.sorted { $0.key < $1.key }.map { Group(kind: kind, name: $0, films: $1) }
    }
    let byAge = parts("age") { $0.age.flatMap(Demographics.band) }
    return parts("view", \.view) + parts("sex", \.sex)
      + Demographics.ageBands.compactMap { band in byAge.first { $0.name == band.name } }
  }

  /// More values of one kind than a table holds are no groups.
  private static let mostGroups = 8
}
