import CXRFiles
import CXRMetrics
import CXRReport

/// The figures of one model on films that have something in common.
public struct SubgroupFigures: Sendable {
  /// `view`, `sex` or `age`.
  public let kind: String
  /// Such as `PA`, `F` or `40-59`.
  public let name: String
  /// How many.
  public let films: Int
  /// Whose.
  public let patients: Int
  /// A row a label; see ``LabelFigures/isTelling``.
  public let labels: [LabelFigures]
  init(
    _ group: JudgedFilms.Group, of films: JudgedFilms, labels: [LabelFigures]
  ) {
    (kind, name, self.films, self.labels) = (group.kind, group.name, group.films.count, labels)
    patients = Set(group.films.map { films.patients.numbers[$0] }).count
  }

  var json: JSONValue {
    .object(
      [
        ("kind", .string(kind)), ("name", .string(name)), ("images", .integer(films)),
        ("patients", .integer(patients)),
        (
          "labels",
          .object(
            labels.map { label in
              (
                label.name,
                label.isTelling
                  ? label.json(prevalence: nil)
                  : .object([
                    ("images", .integer(label.films)), ("support", .integer(label.positives)),
                    ("auc", .null),
                  ])
              )
            })
        ),
      ])
  }
}

extension EvaluationFigures {
  /// A model, group, label and point, as `subgroups.csv`; of labels with too few patients the counts alone.
  var subgroupTable: FigureTable {
    let blank = [FigureTable.Cell](
      repeating: .number(nil), count: 3 + 3 + OperatingPoint.header.count + 4)
    return FigureTable(
      "subgroups.csv",
      header: ["model", "kind", "group", "label", "images", "positives", "patients_with"]
        + FigureTable.triple("auc") + FigureTable.triple("average_precision")
        + OperatingPoint.header
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
            guard label.isTelling else { return [head + blank] }
            var points = [("0.5", label.points.half)]
            if let fitted = label.points.fitted { points.append(("fitted", fitted)) }
            let (raw, platt) = (label.calibration(.none), label.calibration(.platt))
            return points.map { name, figures in
              head + FigureTable.Cell.estimate(label.ranking.auc)
                + FigureTable.Cell.estimate(label.ranking.averagePrecision)
                + OperatingPoint.cells(name, figures) + [
                  .number(raw?.brier), .number(raw?.expectedError), .number(platt?.brier),
                  .number(platt?.expectedError),
                ]
            }
          }
        }
      })
  }

  /// Adds the chapter about groups.
  func addSubgroups(to page: inout ReportPage) {
    guard models.contains(where: { !$0.subgroups.isEmpty }) else { return }
    page.heading("Who is served: by view, sex and age")
    page.sentences([
      "A finding is judged within a group where at least ten patients have it and ten are without; otherwise it is n/a there.",
      models.contains { !$0.groupDifferences.isEmpty }
        ? "Groups are compared with the largest of their kind, on the findings that both can be judged on, by the same draws of "
          + "patients: over all their findings means would differ because the findings do." : nil,
    ])
    for model in models where !model.subgroups.isEmpty {
      if model.groupDifferences.isEmpty {
        page.paragraph(
          "\(model.name): no two groups of a kind share a finding with enough patients.")
      } else {
        page.table(
          header: ["group", "beside", "findings", "mean AUC", "beside it", "difference", "p"],
          rows: model.groupDifferences.map { difference in
            [
              "\(difference.kind) \(difference.areas.name)", difference.areas.other,
              "\(difference.areas.labels.count) of \(labels.count)",
              difference.mean.text(digits: 3),
              difference.meanOfLargest.text(digits: 3), difference.areas.mean.auc.text(digits: 3),
              pValueText(difference.areas.mean.pValue),
            ]
          },
          caption: "\(model.name): groups beside the largest of their kind, on findings of both.")
      }
      page.table(
        header: ["finding"] + model.subgroups.map { "\($0.kind) \($0.name)" },
        rows: [
          ["films"] + model.subgroups.map { "\($0.films)" },
          ["patients"] + model.subgroups.map { "\($0.patients)" },
        ]
          + labels.indices.map { k in
            [labels[k]]
              + model.subgroups.map { group in
                let label = group.labels[k]
                return label.isTelling ? label.ranking.auc.text(digits: 2) : "n/a"
              }
          }, caption: "\(model.name): AUC a finding and group.")
    }
    page.beginDetails("Sensitivity, specificity and calibration error a group and finding")
    if models.contains(where: { $0.subgroups.contains { $0.labels.contains(where: \.isTelling) } })
    {
      page.paragraph(
        "At the chosen thresholds, or 0.5 where none was chosen; ECE after Platt's line, or of the output as it is "
          + "where there is none.")
    }
    for model in models {
      for group in model.subgroups { add(group, of: model.name, to: &page) }
    }
    page.endDetails()
  }

  private func add(_ group: SubgroupFigures, of model: String, to page: inout ReportPage) {
    let judged = group.labels.filter(\.isTelling)
    guard !judged.isEmpty else {
      page.paragraph("\(model), \(group.kind) \(group.name): no finding has enough patients.")
      return
    }
    page.table(
      header: ["finding", "sensitivity", "specificity", "ECE, Platt"],
      rows: judged.map { label in
        let point = label.points.chosen
        let calibration = label.calibration(.platt) ?? label.calibration(.none)
        return [
          label.name, point.sensitivity.estimate.text(digits: 2),
          point.specificity.estimate.text(digits: 2),
          fixedPoint(calibration?.expectedError, digits: 3),
        ]
      },
      caption:
        "\(model), \(group.kind) \(group.name); \(labels.count - judged.count) findings n/a, of too few patients."
    )
  }
}
