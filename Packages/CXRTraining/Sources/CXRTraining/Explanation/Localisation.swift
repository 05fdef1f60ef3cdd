import CXRFiles
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
    /// The mean share of the film within boxes: the hit rate of a place chosen blindly.
    public let chance: Double?
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

  /// One film, one label.
  struct Case: Sendable {
    let label: Int
    let patient: PatientID
    let isTruePositive: Bool
    let peak: FindingMap.Place
    let boxes: [BoxList.Box]
    let boxShare: Double
    let coverage: [(ofBox: Double, ofFilm: Double)]
    var isHit: Bool { contains(peak) }

    func contains(_ place: FindingMap.Place) -> Bool { boxes.contains { $0.contains(place) } }

    private static let side = 256

    init(
      label: Int, patient: PatientID, isTruePositive: Bool, map: FindingMap, boxes: [BoxList.Box]
    ) {
      (self.label, self.patient, self.isTruePositive) = (label, patient, isTruePositive)
      (self.boxes, peak) = (boxes, map.peak)
      let side = Self.side
      let values = map.resampled(height: side, width: side)
      let (down, across) = (map.reach(side, cells: map.rows), map.reach(side, cells: map.columns))
      let (least, most) = (map.least, map.most)
      let levels = Localisation.thresholds.map { least + Float($0) * (most - least) }
      var boxArea = 0
      var (pointed, both) = (levels.map { _ in 0 }, levels.map { _ in 0 })
      for y in 0..<side {
        for x in 0..<side {
          let isInside = boxes.contains {
            $0.contains(
              FindingMap.Place(
                x: (Double(x) + 0.5) / Double(side), y: (Double(y) + 0.5) / Double(side)))
          }
          if isInside { boxArea += 1 }
          // Beyond half a cell from the outermost centres no cell is centred.
          guard down[y] >= 0.5, across[x] >= 0.5 else { continue }
          for (t, level) in levels.enumerated() where values[y * side + x] > level {
            pointed[t] += 1
            if isInside { both[t] += 1 }
          }
        }
      }
      let area = Double(side * side)
      boxShare = Double(boxArea) / area
      coverage = levels.indices.map {
        (boxArea > 0 ? Double(both[$0]) / Double(boxArea) : 0, Double(pointed[$0]) / area)
      }
    }
  }

  init(_ cases: [Case], labels names: [String]) {
    func row(_ name: String, _ cases: [Case]) -> Row {
      let patients = PatientIndex(cases.map(\.patient))
      func mean(_ value: (Case) -> Double) -> Double? {
        cases.isEmpty ? nil : cases.reduce(0) { $0 + value($1) } / Double(cases.count)
      }
      return Row(
        label: name, hits: PatientProportion(cases.map(\.isHit), patients: patients),
        hitsAmongTruePositives: PatientProportion(
          cases.map { $0.isTruePositive ? $0.isHit : nil }, patients: patients),
        chance: mean(\.boxShare), usualPlace: Self.usualPlace(cases),
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
          ("chance", .number(orNull: row.chance)),
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
}
