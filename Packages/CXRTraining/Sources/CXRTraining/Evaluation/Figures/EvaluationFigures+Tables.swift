import CXRFiles
import CXRMetrics

/// A table as comma-separated values; undefined numbers are empty.
public struct FigureTable: Sendable {
  /// The file's name.
  public let name: String
  /// The file's text.
  public let text: String

  init(_ name: String, header: [String], rows: [[Cell]]) {
    self.name = name
    text =
      CSVText.line(header)
      + rows.map { CSVText.line($0.map(\.text)) }.joined()
  }

  enum Cell {
    case text(String)
    case count(Int)
    case number(Double?)

    var text: String {
      switch self {
      case .text(let text): text
      case .count(let count): "\(count)"
      case .number(let value): value.map { "\($0)" } ?? ""
      }
    }

    static func estimate(_ estimate: Estimate) -> [Cell] {
      [.number(estimate.value), .number(estimate.interval?.low), .number(estimate.interval?.high)]
    }

    static func share(_ share: PatientProportion) -> [Cell] {
      estimate(Estimate(share.value, share.interval()))
    }
  }

  fileprivate static func triple(_ name: String) -> [String] {
    [name, name + "_low", name + "_high"]
  }
}

extension EvaluationFigures {
  /// All tables of the report, as files.
  public func tables(localisations: [Localisation?] = []) -> [FigureTable] {
    [
      headline, labelTable, operatingPoints, differenceTable, calibration, reliability,
      subgroupTable,
    ]
      + (localisations.contains { $0 != nil } ? [localisation(localisations)] : [])
  }

  private var headline: FigureTable {
    FigureTable(
      "headline.csv",
      header: ["model"] + FigureTable.triple("mean_auc")
        + FigureTable.triple("mean_average_precision") + [
          "undefined_labels", "positives_found_percent", "negatives_found_percent",
          "binary_accuracy", "precision", "f1", "sensitivity_at_operating_point",
          "specificity_at_operating_point",
        ] + FigureTable.triple("baseline_mean_auc") + FigureTable.triple("over_baseline"),
      rows: models.map { model in
        [.text(model.name)] + FigureTable.Cell.estimate(model.meanAUC)
          + FigureTable.Cell.estimate(model.meanAveragePrecision) + [
            .count(model.undefinedLabels.count), .number(model.detection.positivesFoundPercent),
            .number(model.detection.negativesFoundPercent), .number(model.counts.accuracy),
            .number(model.counts.precision), .number(model.counts.f1),
            .number(model.fittedCounts?.recall), .number(model.fittedCounts?.specificity),
          ] + FigureTable.Cell.estimate(model.baseline?.meanAUC ?? Estimate(nil))
          + FigureTable.Cell.estimate(model.overBaseline?.mean.auc ?? Estimate(nil))
      })
  }

  private var labelTable: FigureTable {
    FigureTable(
      "labels.csv",
      header: ["model", "label", "images", "positives", "patients_with", "patients_without"]
        + FigureTable.triple("auc") + ["delong_by_film_low", "delong_by_film_high"]
        + ["delong_by_patient_low", "delong_by_patient_high"]
        + FigureTable.triple("average_precision") + FigureTable.triple("baseline_auc"),
      rows: models.flatMap { model in
        model.labels.enumerated().map { k, label in
          [
            .text(model.name), .text(label.name), .count(label.films), .count(label.positives),
            .count(label.patientsWith), .count(label.patientsWithout),
          ] + FigureTable.Cell.estimate(label.auc) + [
            .number(label.deLong?.low), .number(label.deLong?.high),
            .number(label.deLongByPatient?.low), .number(label.deLongByPatient?.high),
          ] + FigureTable.Cell.estimate(label.averagePrecision)
            + FigureTable.Cell.estimate(model.baseline?.auc[k] ?? Estimate(nil))
        }
      })
  }

  private static let operatingHeader =
    [
      "point", "threshold", "true_positives", "false_positives", "true_negatives",
      "false_negatives",
    ]
    + ["sensitivity", "specificity", "ppv", "npv"].flatMap { FigureTable.triple($0) }

  private static func cells(_ point: String, _ figures: OperatingFigures?) -> [FigureTable.Cell] {
    guard let figures else {
      return [.text(point)]
        + [FigureTable.Cell](repeating: .number(nil), count: operatingHeader.count - 1)
    }
    return [
      .text(point), .number(figures.threshold), .count(figures.counts.truePositives),
      .count(figures.counts.falsePositives), .count(figures.counts.trueNegatives),
      .count(figures.counts.falseNegatives),
    ]
      + [figures.sensitivity, figures.specificity, figures.ppv, figures.npv].flatMap {
        FigureTable.Cell.share($0)
      }
  }

  private var operatingPoints: FigureTable {
    FigureTable(
      "operating_points.csv",
      header: ["model", "label", "validation_positives"] + Self.operatingHeader + ["prevalence"]
        + FigureTable.triple("ppv_at_prevalence"),
      rows: models.flatMap { model in
        model.labels.flatMap { label -> [[FigureTable.Cell]] in
          var points: [(String, OperatingFigures?)] = [("0.5", label.half)]
          // Where a threshold was to be chosen and none could be, the row says so.
          let isMissing = model.labelsOfEqualScores.contains(label.name)
          if label.fitted != nil || isMissing { points.append(("fitted", label.fitted)) }
          return points.map { name, figures in
            let prevalence = options.prevalences[label.name]
            return [
              .text(model.name), .text(label.name),
              label.validationPositives.map { .count($0) } ?? .number(nil),
            ] + Self.cells(name, figures)
              + [.number(prevalence)]
              + FigureTable.Cell.estimate(
                prevalence.map {
                  Estimate(figures?.ppv(prevalence: $0), figures?.ppvInterval(prevalence: $0))
                } ?? Estimate(nil))
          }
        }
      })
  }

  private var differenceTable: FigureTable {
    FigureTable(
      "differences.csv",
      header: ["model", "other", "label"] + FigureTable.triple("auc_difference")
        + ["p", "p_holm", "p_delong_by_patient"],
      rows: (differences + models.compactMap(\.overBaseline)).flatMap { difference in
        (difference.labels + [difference.mean]).map { row in
          [
            .text(difference.name), .text(difference.other),
            .text(row.label.isEmpty ? "mean" : row.label),
          ] + FigureTable.Cell.estimate(row.auc)
            + [.number(row.pValue), .number(row.corrected), .number(row.deLong)]
        }
      })
  }

  private var calibration: FigureTable {
    FigureTable(
      "calibration.csv",
      header: ["model", "label", "method", "brier", "expected_calibration_error"],
      rows: models.flatMap { model in
        model.labels.flatMap { label in
          label.calibrations.map {
            [
              .text(model.name), .text(label.name), .text($0.method.rawValue), .number($0.brier),
              .number($0.expectedError),
            ]
          }
        }
      })
  }

  private var reliability: FigureTable {
    FigureTable(
      "reliability.csv",
      header: [
        "model", "label", "method", "group", "predicted", "observed", "images", "positives",
      ],
      rows: models.flatMap { model in
        model.labels.flatMap { label in
          label.calibrations.flatMap { calibration in
            calibration.curve.groups.enumerated().map { i, group in
              [
                .text(model.name), .text(label.name), .text(calibration.method.rawValue),
                .count(i + 1), .number(group.predicted), .number(group.observed),
                .count(group.films), .count(group.positives),
              ]
            }
          }
        }
      })
  }

  private var subgroupTable: FigureTable {
    let blank = [FigureTable.Cell](
      repeating: .number(nil), count: 3 + 3 + Self.operatingHeader.count + 4)
    return FigureTable(
      "subgroups.csv",
      header: ["model", "kind", "group", "label", "images", "positives", "patients_with"]
        + FigureTable.triple("auc") + FigureTable.triple("average_precision")
        + Self.operatingHeader
        + [
          "brier", "expected_calibration_error", "brier_platt", "expected_calibration_error_platt",
        ],
      rows: models.flatMap { model in
        model.subgroups.flatMap { group in
          group.labels.flatMap { label -> [[FigureTable.Cell]] in
            let head: [FigureTable.Cell] = [
              .text(model.name), .text(group.kind), .text(group.name), .text(label.name),
              .count(label.films), .count(label.positives), .count(label.patientsWith),
            ]
            guard group.isTelling(label) else { return [head + blank] }
            var points = [("0.5", label.half)]
            if let fitted = label.fitted { points.append(("fitted", fitted)) }
            let (raw, platt) = (label.calibration(.none), label.calibration(.platt))
            return points.map { name, figures in
              head + FigureTable.Cell.estimate(label.auc)
                + FigureTable.Cell.estimate(label.averagePrecision) + Self.cells(name, figures) + [
                  .number(raw?.brier), .number(raw?.expectedError), .number(platt?.brier),
                  .number(platt?.expectedError),
                ]
            }
          }
        }
      })
  }

  private func localisation(_ all: [Localisation?]) -> FigureTable {
    func cells(_ model: String, _ row: Localisation.Row) -> [FigureTable.Cell] {
      var cells: [FigureTable.Cell] = [.text(model), .text(row.label), .count(row.hits.films)]
      cells.append(.count(row.hits.hits))
      cells += FigureTable.Cell.share(row.hits)
      cells.append(.count(row.hitsAmongTruePositives.films))
      cells.append(.count(row.hitsAmongTruePositives.hits))
      cells += [.number(row.chance), .number(row.usualPlace)]
      for coverage in row.coverage {
        cells += [.number(coverage.ofBox), .number(coverage.ofFilm)]
      }
      return cells
    }
    var header = ["model", "label", "boxed_images", "peak_hits", "peak_hit_rate", "low", "high"]
    header += ["true_positives", "hits_among_them", "chance", "usual_place"]
    for threshold in Localisation.thresholds {
      header += ["intersection_over_box_\(threshold)", "film_covered_\(threshold)"]
    }
    var rows: [[FigureTable.Cell]] = []
    for (model, localisation) in zip(models, all) {
      guard let localisation else { continue }
      rows += (localisation.labels + [localisation.total]).map { cells(model.name, $0) }
    }
    return FigureTable("localisation.csv", header: header, rows: rows)
  }
}
