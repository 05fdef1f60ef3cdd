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
  /// Over the labels that are telling.
  public let meanAUC: Estimate

  init(
    _ group: JudgedFilms.Group, of films: JudgedFilms, labels: [LabelFigures],
    draws: [PatientBootstrap.Answer]
  ) {
    (kind, name, self.films, self.labels) = (group.kind, group.name, group.films.count, labels)
    patients = Set(group.films.map { films.patients.numbers[$0] }).count
    meanAUC = PatientBootstrap.meanAUC(
      of: zip(labels, draws).filter { $0.0.isTelling }.map(\.1))
  }

  var json: JSONValue {
    .object(
      [
        ("kind", .string(kind)), ("name", .string(name)), ("images", .integer(films)),
        ("patients", .integer(patients)),
      ] + meanAUC.json("mean_auc") + [
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
        )
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
    page.paragraph(
      "A finding is judged within a group where at least ten patients have it and ten are without; otherwise it is "
        + "n/a and left out of the group's mean, so means of groups may be over different findings."
    )
    for model in models where !model.subgroups.isEmpty {
      page.table(
        header: ["group", "films", "patients", "findings judged", "mean AUC"],
        rows: model.subgroups.map { group in
          [
            "\(group.kind) \(group.name)", "\(group.films)", "\(group.patients)",
            "\(group.labels.count(where: \.isTelling)) of \(labels.count)",
            group.meanAUC.text(digits: 3),
          ]
        }, caption: model.name)
      page.beginDetails(
        "\(model.name): AUC, sensitivity, specificity and calibration error a group and finding")
      page.paragraph(
        "At the chosen thresholds, or 0.5 where none was chosen; ECE after Platt's line, or of the output as it is "
          + "where there is none.")
      for group in model.subgroups { add(group, to: &page) }
      page.endDetails()
    }
  }

  private func add(_ group: SubgroupFigures, to page: inout ReportPage) {
    let judged = group.labels.filter(\.isTelling)
    guard !judged.isEmpty else {
      page.paragraph("\(group.kind) \(group.name): no finding has enough patients.")
      return
    }
    page.table(
      header: ["finding", "AUC", "sensitivity", "specificity", "ECE, Platt"],
      rows: judged.map { label in
        let point = label.points.chosen
        let calibration = label.calibration(.platt) ?? label.calibration(.none)
        return [
          label.name, label.ranking.auc.text(digits: 2),
          point.sensitivity.estimate.text(digits: 2), point.specificity.estimate.text(digits: 2),
          fixedPoint(calibration?.expectedError, digits: 3),
        ]
      },
      caption:
        "\(group.kind) \(group.name); \(labels.count - judged.count) findings n/a, of too few patients"
    )
  }
}
