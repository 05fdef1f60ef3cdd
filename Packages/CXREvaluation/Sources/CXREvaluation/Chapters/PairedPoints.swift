import CXRFiles
import CXRMetrics

/// What two models call right of the same films at their thresholds, film by film and patient by patient.
public struct PairedPoints: Sendable {
  /// One comparison, of films of one label or of all labels' pairs together.
  public struct Row: Sendable {
    /// The label; empty of all together.
    public let label: String
    /// The first's sensitivity less the other's.
    public internal(set) var sensitivity: Share
    /// The first's specificity less the other's.
    public internal(set) var specificity: Share
  }

  /// One share of the first less the other's.
  public struct Share: Sendable {
    /// Films, and by which they differ.
    public let difference: PairedDifference
    /// After Holm's correction over the labels.
    public internal(set) var corrected: Double?

    var estimate: Estimate { Estimate(difference.value, difference.interval()) }
  }

  /// A row a label at which both have a threshold.
  public let labels: [Row]
  /// Over all these labels.
  public let pooled: Row

  /// `nil` where there is no label at which both have calls.
  init?(_ one: [Calls?], _ other: [Calls?], labels names: [String]) {
    func row(_ label: String, _ a: Calls, _ b: Calls) -> Row {
      Row(
        label: label, sensitivity: Share(difference: a.advantage(over: b, truth: true)),
        specificity: Share(difference: a.advantage(over: b, truth: false)))
    }
    let both = zip(names, zip(one, other)).compactMap { name, calls in
      calls.0.flatMap { a in calls.1.map { (name: name, a: a, b: $0) } }
    }
    guard !both.isEmpty else { return nil }
    var rows = both.map { row($0.name, $0.a, $0.b) }
    let found = holmCorrected(rows.map(\.sensitivity.difference.pValue))
    let cleared = holmCorrected(rows.map(\.specificity.difference.pValue))
    for k in rows.indices {
      (rows[k].sensitivity.corrected, rows[k].specificity.corrected) = (found[k], cleared[k])
    }
    labels = rows
    pooled = row("", Calls(pooling: both.map(\.a)), Calls(pooling: both.map(\.b)))
  }
}

extension PairedPoints {
  var json: JSONValue {
    .object([
      ("pooled", pooled.json), ("labels", .object(labels.map { ($0.label, $0.json) })),
    ])
  }
}

extension PairedPoints.Row {
  /// The columns of ``cells``.
  static let header = ["sensitivity", "specificity"].flatMap { share -> [String] in
    let columns =
      ["images", "first_alone", "other_alone"] + FigureTable.triple("difference") + ["p", "p_holm"]
    return columns.map { "\(share)_\($0)" }
  }

  var cells: [FigureTable.Cell] { sensitivity.cells + specificity.cells }

  fileprivate var json: JSONValue {
    .object([("sensitivity", sensitivity.json), ("specificity", specificity.json)])
  }
}

extension PairedPoints.Share {
  fileprivate var cells: [FigureTable.Cell] {
    [
      .count(difference.films), .count(difference.firstAlone), .count(difference.secondAlone),
    ] + FigureTable.Cell.estimate(estimate) + [.number(difference.pValue), .number(corrected)]
  }

  fileprivate var json: JSONValue {
    .object(
      [
        ("images", .integer(difference.films)), ("first_alone", .integer(difference.firstAlone)),
        ("other_alone", .integer(difference.secondAlone)),
      ] + estimate.json("difference") + [
        ("p", .number(orNull: difference.pValue)), ("p_corrected", .number(orNull: corrected)),
      ])
  }
}

extension EvaluationFigures {
  /// What models call right of the same films, as `paired_points.csv`.
  var pairedPointTable: FigureTable {
    FigureTable(
      "paired_points.csv", header: ["model", "other", "point", "label"] + PairedPoints.Row.header,
      rows: differences.flatMap { difference in
        difference.points.flatMap { point, paired in
          (paired.labels + [paired.pooled]).map { row in
            [
              .text(difference.name), .text(difference.other), .text(point),
              .text(row.label.isEmpty ? "pooled" : row.label),
            ] + row.cells
          }
        }
      })
  }
}
