import CXRFiles
import CXRReport
import CXRData
import CXRMetrics

/// Whether a network looks where the finding is.
public struct Localisation: Sendable {
  /// Shares of the way from a map's least to its most, above which a place counts as pointed at.
  public static let thresholds = [0.25, 0.5, 0.75]

  /// Part of boxes, and of films, above a threshold of ``thresholds``.
  public struct Coverage: Sendable {
    /// The mean share of a film's boxes that is pointed at; `nil` without boxes.
    public let ofBox: Double?
    /// The mean share of the film that is, without which the first means nothing.
    public let ofFilm: Double?
  }

  /// The figures of one label, or of all.
  public struct Row: Sendable {
    /// The label; `all` for the total.
    public let label: String
    /// Films with a box of the label, and those of them on which the map's peak lies in one.
    public let hits: PatientProportion
    /// The same of the films that are called positive; at the fitted threshold, or 0.5 where none is.
    public let hitsAmongTruePositives: PatientProportion
    /// The hit rate of a place chosen blindly among those that a peak can be.
    public let chance: Double?
    /// Films none of whose boxes holds such a place: the map cannot hit, whatever it says.
    public let unreachable: Int
    /// The mean share of the other films' peaks of the label that would have hit: what looking at the usual place is
    /// worth. `nil` where a label has one film only.
    public let usualPlace: Double?
    /// A figure a threshold.
    public let coverage: [Coverage]
  }

  /// The labels that have boxes.
  public let labels: [Row]
  /// Over all labels.
  public let total: Row

  /// One film with boxes of one label, as a map of the label points at it.
  public struct Case: Sendable {
    let label: Int
    let patient: PatientID
    let isTruePositive: Bool
    let peak: FilmPlace
    let boxes: [BoxList.Box]
    let blindShare: Double
    let coverage: [(ofBox: Double, ofFilm: Double)]
    var isHit: Bool { contains(peak) }

    func contains(_ place: FilmPlace) -> Bool { boxes.contains { $0.contains(place) } }

    /// Gathers a case.
    ///
    /// - Parameters:
    ///   - label: column of the label.
    ///   - patient: whose film it is.
    ///   - isTruePositive: whether the film is called positive.
    ///   - peak: where the map is largest.
    ///   - boxes: in which the finding was drawn.
    ///   - blindShare: of the places that the peak can be, what lies within them, 0…1.
    ///   - coverage: for each of ``Localisation/thresholds`` what is pointed at, as shares of the boxes and of the film, 0…1.
    public init(
      label: Int, patient: PatientID, isTruePositive: Bool, peak: FilmPlace, boxes: [BoxList.Box],
      blindShare: Double, coverage: [(ofBox: Double, ofFilm: Double)]
    ) {
      (self.label, self.patient, self.isTruePositive) = (label, patient, isTruePositive)
      (self.peak, self.boxes, self.blindShare, self.coverage) = (peak, boxes, blindShare, coverage)
    }
  }

  /// Figures of cases; `names` are those of the columns.
  public init(_ cases: [Case], labels names: [String]) {
    func row(_ name: String, _ cases: [Case]) -> Row {
      let patients = PatientIndex(cases.map(\.patient))
      func mean(_ value: (Case) -> Double) -> Double? {
        cases.isEmpty ? nil : cases.reduce(0) { $0 + value($1) } / Double(cases.count)
      }
      return Row(
        label: name, hits: PatientProportion(cases.map(\.isHit), patients: patients),
        hitsAmongTruePositives: PatientProportion(
          cases.map { $0.isTruePositive ? $0.isHit : nil }, patients: patients),
        chance: mean(\.blindShare), unreachable: cases.count { $0.blindShare == 0 },
        usualPlace: Self.usualPlace(cases),
        coverage: Self.thresholds.indices.map { t in
          Coverage(ofBox: mean { $0.coverage[t].ofBox }, ofFilm: mean { $0.coverage[t].ofFilm })
        })
    }
    labels = names.indices.compactMap { k in
      let own = cases.filter { $0.label == k }
      return own.isEmpty ? nil : row(names[k], own)
    }
    total = row("all", cases)
  }

  private static func usualPlace(_ cases: [Case]) -> Double? {
    let byLabel = Dictionary(grouping: cases, by: \.label)
    var shares: [Double] = []
    for (_, own) in byLabel.sorted(by: { $0.key < $1.key }) where own.count > 1 {
      for (i, one) in own.enumerated() {
        let hits = own.indices.filter { $0 != i && one.contains(own[$0].peak) }.count
        shares.append(Double(hits) / Double(own.count - 1))
      }
    }
    return shares.isEmpty ? nil : shares.reduce(0, +) / Double(shares.count)
  }

  var json: JSONValue {
    func object(_ row: Row) -> JSONValue {
      .object(
        [
          ("images", .integer(row.hits.films)), ("peak_hits", .integer(row.hits.hits)),
        ] + row.hits.json("peak_hit_rate") + [
          ("true_positives", .integer(row.hitsAmongTruePositives.films))
        ] + row.hitsAmongTruePositives.json("peak_hit_rate_among_true_positives") + [
          ("chance", .number(orNull: row.chance)), ("unreachable", .integer(row.unreachable)),
          ("usual_place", .number(orNull: row.usualPlace)),
          (
            "coverage",
            .array(
              zip(Self.thresholds, row.coverage).map { threshold, coverage in
                .object([
                  ("threshold", .number(threshold)),
                  ("intersection_over_box", .number(orNull: coverage.ofBox)),
                  ("film_covered", .number(orNull: coverage.ofFilm)),
                ])
              })
          ),
        ])
    }
    return .object([
      ("labels", .object(labels.map { ($0.label, object($0)) })), ("all", object(total)),
    ])
  }

  /// A row a model and label, as `localisation.csv`.
  static func table(_ models: [(name: String, localisation: Localisation)]) -> FigureTable {
    func cells(_ model: String, _ row: Row) -> [FigureTable.Cell] {
      var cells: [FigureTable.Cell] = [.text(model), .text(row.label), .count(row.hits.films)]
      cells.append(.count(row.hits.hits))
      cells += FigureTable.Cell.share(row.hits)
      cells.append(.count(row.hitsAmongTruePositives.films))
      cells.append(.count(row.hitsAmongTruePositives.hits))
      cells += [.number(row.chance), .count(row.unreachable), .number(row.usualPlace)]
      for coverage in row.coverage {
        cells += [.number(coverage.ofBox), .number(coverage.ofFilm)]
      }
      return cells
    }
    var header = ["model", "label", "boxed_images", "peak_hits", "peak_hit_rate", "low", "high"]
    header += ["true_positives", "hits_among_them", "chance", "unreachable", "usual_place"]
    for threshold in thresholds {
      header += ["intersection_over_box_\(threshold)", "film_covered_\(threshold)"]
    }
    return FigureTable(
      "localisation.csv", header: header,
      rows: models.flatMap { name, own in (own.labels + [own.total]).map { cells(name, $0) } })
  }

  /// Adds the chapter about where models look; without any, nothing.
  static func addChapter(
    _ models: [(name: String, localisation: Localisation)], to page: inout ReportPage
  ) {
    guard !models.isEmpty else { return }
    page.heading("Does it look where the finding is?")
    page.paragraph(
      "Beside boxes in which the finding was drawn: how often the strongest place of the map lies in one, of all films and of those "
        + "called at the chosen threshold, or 0.5; how often a place chosen blindly would, of those that can be a map's strongest; and "
        + "how often the strongest places of other films with the finding would, which is what looking at the usual place is worth."
    )
    let unreachable = models.map { $0.localisation.total.unreachable }
    if let most = unreachable.max(), most > 0 {
      page.paragraph(
        "A map has no place near a film's edge, where no cell is centred: boxes that lie there wholly are out of reach. They count as "
          + "misses.")
    }
    for (name, own) in models {
      let rows = own.labels + [own.total]
      page.table(
        header: [
          "finding", "boxed films", "out of reach", "peak in box", "among those called", "blind",
          "usual place",
        ],
        rows: rows.map { row in
          [
            row.label, "\(row.hits.films)", "\(row.unreachable)", row.hits.estimate.text(digits: 2),
            row.hitsAmongTruePositives.estimate.text(digits: 2),
            fixedPoint(row.chance, digits: 2), fixedPoint(row.usualPlace, digits: 2),
          ]
        }, caption: "\(name): places beside boxes.")
      page.beginDetails("\(name): how much of the boxes shines")
      page.table(
        header: ["finding"]
          + thresholds.flatMap { threshold in
            ["of the boxes", "of the film"].map {
              "\($0) above \(fixedPoint(threshold, digits: 2))"
            }
          },
        rows: rows.map { row in
          [row.label]
            + row.coverage.flatMap {
              [fixedPoint($0.ofBox, digits: 2), fixedPoint($0.ofFilm, digits: 2)]
            }
        },
        caption:
          "\(name): the share of the boxes, and of the whole film, that lies above a share of the way from the map's least to its "
          + "most.")
      page.endDetails()
    }
  }
}
