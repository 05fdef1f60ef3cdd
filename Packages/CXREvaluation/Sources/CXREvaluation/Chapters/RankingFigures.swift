import CXRFiles
import CXRMetrics
import CXRReport

/// How well a label's scores rank films: areas under curves with their intervals, and the curves.
public struct RankingFigures: Sendable {
  /// Under the ROC curve; `nil` unless both kinds occur.
  public internal(set) var auc: Estimate
  /// `nil` without positives. Its interval is of what is to be expected of sets of this size.
  public internal(set) var averagePrecision: Estimate
  /// The band of the ROC curve; empty for groups, and where ``auc`` has no interval.
  public private(set) var rocBand: [BandPoint] = []
  /// The band of the precision-recall curve; empty for groups, and where ``averagePrecision`` has no interval.
  public private(set) var precisionBand: [BandPoint] = []
  private let known: FilmAnswers.Known

  init(_ known: FilmAnswers.Known) {
    self.known = known
    auc = Estimate(rocAUC(scores: known.scores, labels: known.truths))
    averagePrecision = Estimate(
      CXRMetrics.averagePrecision(scores: known.scores, labels: known.truths))
  }

  /// Adds what other draws of patients tell.
  mutating func complete(by draws: PatientBootstrap.Answer) {
    auc.interval = draws.aucInterval()
    averagePrecision.interval = draws.averagePrecisionInterval()
    // A band is an interval of many points: where there are too few patients for one, there are for the other.
    rocBand = auc.interval == nil ? [] : draws.roc
    precisionBand = averagePrecision.interval == nil ? [] : draws.precision
  }

  var json: [(String, JSONValue)] {
    auc.json("auc") + averagePrecision.json("average_precision")
  }

  var rocPoints: [(x: Double, y: Double)] {
    ROCCurve(scores: known.scores, labels: known.truths).map { curve in
      Figure.thinned(
        zip(curve.falsePositiveRates, curve.truePositiveRates).map { (x: $0, y: $1) })
    } ?? []
  }

  /// By rising recall, from that of the highest score on; between two points holds the precision of the second.
  var precisionPoints: [(x: Double, y: Double)] {
    guard let curve = PrecisionRecallCurve(scores: known.scores, labels: known.truths) else {
      return []
    }
    var points = zip(curve.recalls, curve.precisions).map { (x: $0, y: $1) }
    if let first = points.first { points.insert((x: 0, y: first.y), at: 0) }
    return Figure.thinned(points)
  }
}

/// Means over the labels whose figure is defined.
public struct MeanRanking: Sendable {
  /// `nil` where none is defined.
  public let auc: Estimate
  /// `nil` where none is defined.
  public let averagePrecision: Estimate
  /// Labels whose AUC is undefined.
  public let undefinedLabels: [String]

  init(_ labels: [LabelFigures], draws: [PatientBootstrap.Answer]) {
    auc = Estimate(
      definedMean(labels.map(\.ranking.auc.value)), PatientBootstrap.meanAUC(of: draws).interval)
    let precisions = labels.compactMap(\.ranking.averagePrecision.value)
    // A label that every film has is in the mean, but no draw tells how sure that is.
    let isKnown = precisions.count == draws.count { $0.precisionSpread != nil }
    averagePrecision = Estimate(
      definedMean(precisions),
      isKnown ? PatientBootstrap.meanAveragePrecision(of: draws).interval : nil)
    undefinedLabels = labels.filter { $0.ranking.auc.value == nil }.map(\.name)
  }

  var json: [(String, JSONValue)] {
    auc.json("mean_auc") + averagePrecision.json("mean_average_precision")
      + [("undefined_auc_labels", .strings(undefinedLabels))]
  }
}

extension EvaluationFigures {
  /// The areas a model and label, as `labels.csv`.
  var rankingTable: FigureTable {
    FigureTable(
      "labels.csv",
      header: ["model", "label", "images", "positives", "patients_with", "patients_without"]
        + FigureTable.triple("auc")
        + FigureTable.triple("average_precision") + FigureTable.triple("baseline_auc"),
      rows: models.flatMap { model in
        model.labels.enumerated().map { k, label in
          let ranking = label.ranking
          return [
            .text(model.name), .text(label.name), .count(label.films), .count(label.positives),
            .count(label.patientsWith), .count(label.patientsWithout),
          ] + FigureTable.Cell.estimate(ranking.auc)
            + FigureTable.Cell.estimate(ranking.averagePrecision)
            + FigureTable.Cell.estimate(model.yardstick?.auc[k] ?? Estimate(nil))
        }
      })
  }

  /// Adds the chapter about areas and curves.
  func addRanking(_ pictures: FigureSet, to page: inout ReportPage) {
    page.heading("Ranking: AUC and ROC")
    addAreas(to: &page)
    pictures.add(
      "auc", to: &page,
      caption:
        "Area under the ROC curve with \(Interval.defaultLevelText) intervals; dashed, chance."
        + (hasUndefinedArea ? " A finding that is n/a has no mark." : "")
    )
    pictures.add(
      "roc-by-finding", to: &page,
      caption:
        "Findings found against false alarms, with bands that hold \(Interval.defaultLevelText) of the draws at each rate; "
        + "n, films with the finding."
        + (models.contains {
          $0.labels.contains { $0.ranking.rocBand.isEmpty && $0.ranking.auc.value != nil }
        }
          ? " No band where fewer than \(Interval.leastPatients) patients have the finding, or lack it."
          : "")
        + (hasChosenThresholds ? " Dots are the chosen thresholds." : ""))
    page.heading("Precision and recall")
    let precision = models.flatMap { $0.labels.map(\.ranking.averagePrecision) }
    page.sentences([
      precision.contains { $0.value != nil }
        ? "Average precision depends on how many films have the finding, and is too high on average where few do: its interval is "
          + "of sets of this size, with as many positives, and it is not to be compared with that of a set of another."
        : nil,
      precision.contains { $0.interval == nil }
        ? "An interval is n/a where fewer than \(Interval.leastPatients) patients have the finding, or lack it."
        : nil,
    ])
    pictures.add(
      "precision-recall-by-finding", to: &page,
      caption:
        "How many alarms are right against how many findings are found; dashed, how common the finding is, which is what chance "
        + "gives. The rarer the finding, the lower the curve of the same network.")
    // One regression that stands for all models is shown once.
    let yardsticks = models.compactMap { $0.yardstick?.auc }
    let shared =
      models.count > 1 && yardsticks.count == models.count
        && yardsticks.allSatisfy { $0 == yardsticks[0] } ? yardsticks[0] : nil
    page.table(
      header: ["finding", "films with it"]
        + models.flatMap { model in
          ["average precision, \(model.name)"]
            + (model.yardstick == nil || shared != nil
              ? [] : ["thumbnail regression's AUC, \(model.name)"])
        } + (shared == nil ? [] : ["thumbnail regression's AUC"]),
      rows: labels.indices.map { k in
        [labels[k], "\(models.first?.labels[k].positives ?? 0)"]
          + models.flatMap { model in
            [model.labels[k].ranking.averagePrecision.text(digits: 3)]
              + (shared == nil ? model.yardstick.map { [$0.auc[k].text(digits: 3)] } ?? [] : [])
          } + (shared.map { [$0[k].text(digits: 3)] } ?? [])
      },
      caption: models.contains { $0.yardstick != nil }
        ? "Average precision, and how a regression on thumbnails ranks the same films."
        : "Average precision.")
    page.beginDetails("All findings of a model in one frame")
    for (model, file) in zip(models, fileNames) {
      pictures.add(
        "roc-\(file)", to: &page, caption: "\(model.name): ROC curves, AUC in the legend.")
      pictures.add(
        "precision-recall-\(file)", to: &page,
        caption: "\(model.name): precision against recall, average precision in the legend.")
    }
    page.endDetails()
  }

  private var hasUndefinedArea: Bool {
    models.contains { $0.labels.contains { $0.ranking.auc.value == nil } }
  }
  private var hasChosenThresholds: Bool {
    models.contains { $0.labels.contains { $0.points.fitted != nil } }
  }

  /// All models in one table; of two, with their difference.
  private func addAreas(to page: inout ReportPage) {
    let difference = models.count == 2 ? differences.first : nil
    func beside(_ row: ModelDifference.Row?) -> [String] {
      row.map { [$0.auc.text(digits: 3), pValueText($0.corrected)] } ?? []
    }
    page.table(
      header: ["finding", "films with it", "patients"] + models.map { "AUC, \($0.name)" }
        + (difference == nil ? [] : ["difference", "p corrected"]),
      rows: labels.indices.map { k in
        let own = models.first?.labels[k]
        return [labels[k], "\(own?.positives ?? 0)", "\(own?.patientsWith ?? 0)"]
          + models.map { $0.labels[k].ranking.auc.text(digits: 3) }
          + beside(difference?.labels[k])
      } + [
        ["mean", "", ""] + models.map { $0.ranking.auc.text(digits: 3) }
          + (difference.map { [$0.mean.auc.text(digits: 3), ""] } ?? [])
      ],
      caption: "Areas under the ROC curve."
        + (difference.map {
          " Difference: \($0.name) less \($0.other)"
            + ($0.tested == 0
              ? ", of which too few patients have a finding to test any."
              : "; p corrected for looking at \($0.tested) findings.")
        } ?? ""))
  }

  /// The pictures of that chapter.
  var rankingPictures: [Figure] {
    zip(models, fileNames).flatMap { model, file in
      [
        Figure.lines(
          "roc-\(file)", description: "ROC curves of \(model.name)",
          xLabel: "false-positive rate", yLabel: "true-positive rate",
          series: series(model, points: \.rocPoints, area: \.auc), xRange: "[0:1]",
          yRange: "[0:1]", diagonal: true, square: true, legendOutside: true),
        .lines(
          "precision-recall-\(file)", description: "Precision-recall curves of \(model.name)",
          xLabel: "recall", yLabel: "precision",
          series: series(model, points: \.precisionPoints, area: \.averagePrecision),
          xRange: "[0:1]", yRange: "[0:1]", square: true, legendOutside: true),
      ]
    } + [
      .intervals(
        "auc", description: "AUC a label and model, with \(Interval.defaultLevelText) intervals",
        valueLabel: "AUC with \(Interval.defaultLevelText) interval (0.5 is chance)",
        categories: labels,
        series: models.map { model in
          (
            model.name,
            model.labels.map {
              let auc = $0.ranking.auc
              return (auc.value, auc.interval?.low, auc.interval?.high)
            }
          )
        }, reference: 0.5),
      panels(
        "roc-by-finding",
        description: "ROC curves with \(Interval.defaultLevelText) bands",
        xLabel: "false-positive rate", yLabel: "findings found", isROC: true),
      panels(
        "precision-recall-by-finding", description: "Precision-recall curves with bands",
        xLabel: "findings found", yLabel: "precision", isROC: false),
    ]
  }

  /// The curves of all findings, each with its area in the legend.
  private func series(
    _ model: ModelFigures, points: (RankingFigures) -> [(x: Double, y: Double)],
    area: (RankingFigures) -> Estimate
  ) -> [Figure.Series] {
    model.labels.enumerated().compactMap { k, label in
      let points = points(label.ranking)
      guard !points.isEmpty else { return nil }
      return Figure.Series(
        title: "\(label.name) \(fixedPoint(area(label.ranking).value, digits: 3))", points: points,
        colour: k, dash: 1 + k / Figure.palette.count)
    }
  }

  private func panels(
    _ name: String, description: String, xLabel: String, yLabel: String, isROC: Bool
  ) -> Figure {
    .panels(
      name, description: description, xLabel: xLabel, yLabel: yLabel,
      panels: labels.indices.map { k in
        let own = models.map { $0.labels[k] }
        let (positives, films) = (own.first?.positives ?? 0, own.first?.films ?? 0)
        return Figure.Panel(
          title: "\(labels[k]), n \(positives)",
          bands: own.enumerated().map { m, label in
            let band = isROC ? label.ranking.rocBand : label.ranking.precisionBand
            return (band.map { (x: $0.x, low: $0.interval.low, high: $0.interval.high) }, m)
          },
          lines: own.enumerated().map { m, label in
            Figure.Series(
              title: models[m].name,
              points: isROC ? label.ranking.rocPoints : label.ranking.precisionPoints, colour: m)
          },
          marks: own.enumerated().compactMap { m, label in
            guard let point = label.points.fitted, let found = point.sensitivity.value,
              let other = isROC ? point.specificity.value.map({ 1 - $0 }) : point.ppv.value
            else { return nil }
            let place = isROC ? (other, found) : (found, other)
            return Figure.Mark(x: place.0, y: place.1, colour: m)
          },
          level: isROC || positives == 0 ? nil : Double(positives) / Double(films))
      }, legend: models.enumerated().map { ($1.name, $0) }, diagonal: isROC,
      course: isROC ? .straight : .heightOfSecond)
  }
}
