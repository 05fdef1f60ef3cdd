import CXRData

/// Who is in each part, as the first table of a clinical paper has it: patients, age, sex, views and findings, and how far
/// validation and test lie from training.
public struct Characteristics: Sendable {
  /// What a row is about, and of whom it counts.
  public enum Kind: String, Sendable, CaseIterable {
    /// Patients.
    case patients
    /// Films.
    case images
    /// Films of each patient.
    case imagesPerPatient = "images_per_patient"
    /// Patients' age in years at their first film.
    case age
    /// Patients whose age is not known, of all patients.
    case ageUnknown = "age_unknown"
    /// Patients of a sex, of those whose sex is known.
    case sex
    /// Patients whose sex is not known, of all patients.
    case sexUnknown = "sex_unknown"
    /// Films of a view, of all films.
    case view
    /// Films with a label, of those of which it is known.
    case label
    /// Patients with a film with a label, of those with a film of which it is known.
    case labelOfPatients = "label_of_patients"
  }

  /// What a part has of a row.
  public enum Cell: Sendable, Equatable {
    /// A number of patients or films.
    case count(Int)
    /// So many of so many.
    case share(Int, of: Int)
    /// A number of each patient.
    case quantity(Quantity)

    /// The share, undefined of none.
    public var share: Double? {
      guard case .share(let count, let total) = self, total > 0 else { return nil }
      return Double(count) / Double(total)
    }
  }

  /// A row of the table.
  public struct Row: Sendable {
    /// What it is about.
    public let kind: Kind
    /// The sex, view or label; empty of other kinds.
    public let name: String
    /// A cell a part.
    public let cells: [Cell]
  }

  /// Names of the columns: `all`, then the parts.
  public let parts: [String]
  /// In the order of a page; labels in theirs.
  public let rows: [Row]
  /// The labels, in column order.
  public let labels: [String]

  /// The place among the columns of the part that others are compared with.
  static let reference = 1

  /// Counts films of a label file, all and part by part.
  ///
  /// - Parameters:
  ///   - records: of the label file.
  ///   - matrix: their labels.
  ///   - parts: names and rows; others are compared with the first.
  public init(
    _ records: [FilmRecord], _ matrix: LabelMatrix, parts: [(name: String, rows: [FilmRow])]
  ) {
    let columns = [(name: "all", rows: Array(records.positions))] + parts
    self.parts = columns.map(\.name)
    labels = matrix.labels
    let tallies = columns.map { PatientTally(records, matrix, rows: $0.rows) }
    func row(_ kind: Kind, _ name: String = "", _ cell: (Int) -> Cell) -> Row {
      Row(kind: kind, name: name, cells: columns.indices.map(cell))
    }
    var rows = [
      row(.patients) { .count(tallies[$0].patients.count) },
      row(.images) { .count(columns[$0].rows.count) },
      row(.imagesPerPatient) {
        .quantity(Quantity(tallies[$0].patients.map { Double($0.films) }))
      },
      row(.age) { .quantity(Quantity(tallies[$0].patients.compactMap(\.age))) },
      row(.ageUnknown) {
        .share(tallies[$0].patients.count { $0.age == nil }, of: tallies[$0].patients.count)
      },
    ]
    let sexes = tallies.map { $0.patients.compactMap(\.sex) }
    for sex in Set(sexes.joined()).sorted() {
      rows.append(row(.sex, sex) { .share(sexes[$0].count { $0 == sex }, of: sexes[$0].count) })
    }
    rows.append(
      row(.sexUnknown) {
        .share(tallies[$0].patients.count - sexes[$0].count, of: tallies[$0].patients.count)
      })
    let views = columns.map { Demographics(records, rows: $0.rows).views }
    let names = (views.first ?? []).map(\.name)
    for view in names.filter({ $0 != Demographics.unknown }) + [Demographics.unknown] {
      rows.append(
        row(.view, view) { column in
          .share(
            views[column].first { $0.name == view }?.films ?? 0, of: columns[column].rows.count)
        })
    }
    let counts = columns.map { (matrix.positives(in: $0.rows), matrix.unknowns(in: $0.rows)) }
    for (k, label) in labels.enumerated() {
      rows.append(
        row(.label, label) {
          .share(counts[$0].0[k], of: columns[$0].rows.count - counts[$0].1[k])
        })
    }
    for (k, label) in labels.enumerated() {
      rows.append(
        row(.labelOfPatients, label) {
          .share(tallies[$0].positives[k], of: tallies[$0].known[k])
        })
    }
    self.rows = rows
  }

  /// The places of the columns that are compared with training: validation and test.
  var compared: [Int] { Array(parts.indices.dropFirst(Self.reference + 1)) }
}

extension Characteristics.Row {
  /// A part's standardised difference from training, positive where it has more; undefined of plain numbers, and where
  /// ``StandardisedDifference`` is.
  public func difference(_ part: Int) -> Double? {
    guard cells.indices.contains(part), cells.indices.contains(Characteristics.reference)
    else { return nil }
    switch (cells[part], cells[Characteristics.reference]) {
    case (.quantity(let own), .quantity(let other)):
      return StandardisedDifference.ofMeans(own, other)
    case (let own, let other): return StandardisedDifference.ofShares(own.share, other.share)
    }
  }
}
