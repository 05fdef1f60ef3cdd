import CXRFiles
import CXRMetrics
import CXRReport

/// One model's areas less another's, on the same films, patient by patient.
public struct ModelDifference: Sendable {
  /// The model from whose areas the other's are taken.
  public let name: String
  /// The other.
  public let other: String
  /// A row a label.
  public let labels: [Row]
  /// Of the mean areas.
  public let mean: Row
  /// What both call right at 0.5; `nil` of what has no calls, as a yardstick.
  public let atHalf: PairedPoints?
  /// What both call right at their chosen thresholds; `nil` where there is no label for which both have one.
  public let atOperatingPoint: PairedPoints?

  /// How many labels Holm's correction counts: those with a p-value.
  public var tested: Int { labels.count { $0.pValue != nil } }

  /// One comparison.
  public struct Row: Sendable {
    /// The label; empty for the mean.
    public let label: String
    /// Of the areas under the ROC curves.
    public let auc: Estimate
    /// That there is no difference: two-sided, from the same draws as the interval.
    public let pValue: Double?
    /// ``pValue`` after Holm's correction over the labels.
    public internal(set) var corrected: Double?
  }

  /// How one side ranks the films.
  struct Side {
    let name: String
    /// A label.
    let draws: [PatientBootstrap.Answer]
    /// A label, at 0.5; empty where nothing is called.
    var half: [Calls?] = []
    /// A label, at the chosen threshold, where there is one; empty where nothing is called.
    var fitted: [Calls?] = []
    /// Areas, a label.
    var areas: [Double?] { draws.map { $0.area?.auc } }
  }
}

extension ModelDifference {
  init(_ one: Side, _ other: Side, labels names: [String]) {
    func row(
      _ label: String, _ a: Double?, _ b: Double?, _ sample: BootstrapSample
    ) -> Row {
      guard let a, let b else {
        return Row(label: label, auc: Estimate(nil), pValue: nil, corrected: nil)
      }
      // Areas differ by no more than 1.
      let interval = sample.interval().map { Interval(max(-1, $0.low), min(1, $0.high)) }
      return Row(
        label: label, auc: Estimate(a - b, interval), pValue: sample.pValue(that: 0), corrected: nil
      )
    }
    var rows = names.indices.map { k in
      row(names[k], one.areas[k], other.areas[k], one.draws[k].auc - other.draws[k].auc)
    }
    for (k, corrected) in holmCorrected(rows.map(\.pValue)).enumerated() {
      rows[k].corrected = corrected
    }
    (name, self.other, labels) = (one.name, other.name, rows)
    // Labels of which one area is undefined are so for both.
    func areas(_ side: Side) -> [(value: Double, sample: BootstrapSample)] {
      side.draws.compactMap { draws in draws.area.map { ($0.auc, draws.auc) } }
    }
    self.mean = row(
      "", definedMean(one.areas), definedMean(other.areas),
      BootstrapSample.differenceOfMeans(areas(one), areas(other)))
    atHalf = PairedPoints(one.half, other.half, labels: names)
    atOperatingPoint = PairedPoints(one.fitted, other.fitted, labels: names)
  }

  /// What is compared at thresholds, by the points' names in tables.
  var points: [(name: String, paired: PairedPoints)] {
    [("0.5", atHalf), ("fitted", atOperatingPoint)].compactMap { name, paired in
      paired.map { (name, $0) }
    }
  }

  /// The areas.
  ///
  /// - Parameter side: what is compared, such as `model` or `group`.
  func areasJSON(of side: String = "model") -> [(String, JSONValue)] {
    [
      (side, .string(name)), ("other", .string(other)), ("mean_auc", mean.json),
      ("tested", .integer(tested)), ("labels", .object(labels.map { ($0.label, $0.json) })),
    ]
  }

  /// With what is called at thresholds.
  var json: JSONValue {
    .object(
      areasJSON() + [
        ("at_half", atHalf?.json ?? .null), ("at_operating_point", atOperatingPoint?.json ?? .null),
      ])
  }
}

extension ModelDifference.Row {
  fileprivate var json: JSONValue {
    .object(
      auc.json("difference") + [
        ("p", .number(orNull: pValue)), ("p_corrected", .number(orNull: corrected)),
      ])
  }
}

extension EvaluationFigures {
  /// Models beside one another and beside yardsticks, as `differences.csv`.
  var differenceTable: FigureTable {
    FigureTable(
      "differences.csv",
      header: ["model", "other", "label"] + FigureTable.triple("auc_difference")
        + ["p", "p_holm"],
      rows: (differences + models.compactMap { $0.yardstick?.difference }).flatMap { difference in
        (difference.labels + [difference.mean]).map { row in
          [
            .text(difference.name), .text(difference.other),
            .text(row.label.isEmpty ? "mean" : row.label),
          ] + FigureTable.Cell.estimate(row.auc)
            + [.number(row.pValue), .number(row.corrected)]
        }
      })
  }

  /// Adds the chapter about models beside one another.
  func addDifferences(_ pictures: FigureSet, to page: inout ReportPage) {
    guard !differences.isEmpty else { return }
    page.heading("One model against another")
    page.sentences([
      "The same patients were drawn for both models, so what they have in common cancels. p is how often so "
        + "large a difference would be seen on sets like this one if both were equally good; corrected, for looking at many "
        + "findings at once (Holm).",
      differences.contains { !$0.points.isEmpty }
        ? "Sensitivity and specificity are compared film by film, at each model's own threshold: more of "
          + "one is often paid with less of the other." : nil,
    ])
    pictures.add(
      "auc-differences", to: &page,
      caption:
        "AUC differences with \(Interval.defaultLevelText) intervals; dashed, none. Beyond it on the right the first ranks better."
    )
    for difference in differences {
      let (point, paired) = difference.points.last.map { ($0.name, $0.paired) } ?? ("", nil)
      func shares(_ row: PairedPoints.Row?) -> [String] {
        guard paired != nil else { return [] }
        return [row?.sensitivity, row?.specificity].flatMap { share in
          [
            share?.estimate.text(digits: 3) ?? "n/a",
            pValueText(row?.label.isEmpty == true ? share?.difference.pValue : share?.corrected),
          ]
        }
      }
      page.table(
        header: ["finding", "AUC", "p", "p corrected"]
          + (paired == nil ? [] : ["sensitivity", "p", "specificity", "p"]),
        rows: difference.labels.map { row in
          [
            row.label, row.auc.text(digits: 3), pValueText(row.pValue),
            pValueText(row.corrected),
          ] + shares(paired?.labels.first { $0.label == row.label })
        } + [
          [
            "all", difference.mean.auc.text(digits: 3), pValueText(difference.mean.pValue), "",
          ] + shares(paired?.pooled)
        ],
        caption:
          "\(difference.name) less \(difference.other); "
          + (difference.tested == 0
            ? "of too few patients to test the area of any finding."
            : "corrected over the \(difference.tested) of \(difference.labels.count) findings that can be tested.")
          + (paired == nil
            ? ""
            : " Sensitivity and specificity are at \(point == "0.5" ? "0.5" : "the chosen thresholds"), p of findings corrected "
              + "likewise; all: the mean AUC, and all film-and-finding pairs."))
    }
  }

  /// The pictures of that chapter.
  var differencePictures: [Figure] {
    guard !differences.isEmpty else { return [] }
    return [
      .intervals(
        "auc-differences",
        description: "AUC differences a label, with \(Interval.defaultLevelText) intervals",
        valueLabel: "AUC difference", categories: labels + ["mean"],
        series: differences.map { difference in
          (
            "\(difference.name) less \(difference.other)",
            (difference.labels + [difference.mean]).map {
              ($0.auc.value, $0.auc.interval?.low, $0.auc.interval?.high)
            }
          )
        }, reference: 0)
    ]
  }
}
