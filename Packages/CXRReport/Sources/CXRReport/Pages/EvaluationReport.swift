import CXRMetrics

/// The page and pictures of an evaluation: any number of models on the same films.
public struct EvaluationReport: Sendable {
  /// The figures of one label.
  public struct Label: Sendable {
    /// The label.
    public var name: String
    /// `[N]`.
    public var scores: [Float]
    /// `[N]`.
    public var truths: [Bool]
    /// `nil` is undefined.
    public var auc: Double?
    /// `nil` is undefined.
    public var averagePrecision: Double?
    /// At 0.5.
    public var counts: ConfusionCounts
    /// At 0.5.
    public var detection: DetectionRates

    /// Gathers a label's figures.
    public init(
      name: String, scores: [Float], truths: [Bool], auc: Double?, averagePrecision: Double?,
      counts: ConfusionCounts, detection: DetectionRates
    ) {
      (self.name, self.scores, self.truths) = (name, scores, truths)
      (self.auc, self.averagePrecision) = (auc, averagePrecision)
      (self.counts, self.detection) = (counts, detection)
    }
  }

  /// One model.
  public struct Model: Sendable {
    /// Unique among the models; part of file names.
    public var name: String
    /// Of the patients, how many the model was trained on.
    public var patientsSeenInTraining: Int
    /// In words, such as `weighted-bce, epoch 7`.
    public var note: String
    /// In column order.
    public var labels: [Label]
    /// Over the defined ones.
    public var meanAUC: Double?
    /// scikit-learn's report.
    public var reportText: String

    /// Gathers a model's figures.
    public init(
      name: String, patientsSeenInTraining: Int, note: String, labels: [Label], meanAUC: Double?,
      reportText: String
    ) {
      (self.name, self.note, self.labels) = (name, note, labels)
      self.patientsSeenInTraining = patientsSeenInTraining
      (self.meanAUC, self.reportText) = (meanAUC, reportText)
    }

    var counts: ConfusionCounts { labels.reduce(ConfusionCounts()) { $0 + $1.counts } }
    var detection: DetectionRates { labels.reduce(DetectionRates()) { $0 + $1.detection } }
  }

  /// `test` or another part.
  public var subset: String
  /// Films.
  public var images: Int
  /// Patients.
  public var patients: Int
  /// In the order given.
  public var models: [Model]

  /// Gathers what the page shows.
  public init(
    subset: String, images: Int, patients: Int, models: [Model]
  ) {
    self.subset = subset
    self.images = images
    self.patients = patients
    self.models = models
  }

  private var labels: [String] { models.first?.labels.map(\.name) ?? [] }

  /// The models' names as parts of file names, unique.
  private var fileNames: [String] {
    var used: Set<String> = []
    return models.map { model in
      let base = Figure.safe(model.name)
      var (name, number) = (base, 1)
      while !used.insert(name).inserted {
        number += 1
        name = "\(base)-\(number)"
      }
      return name
    }
  }

  private func rocFigure(_ model: Model, _ file: String) -> Figure {
    .lines(
      "roc-\(file)", description: "ROC curves of \(model.name)",
      xLabel: "false-positive rate (false alarms)", yLabel: "true-positive rate (findings found)",
      series: model.labels.enumerated().compactMap { k, label in
        guard let curve = ROCCurve(scores: label.scores, labels: label.truths) else { return nil }
        return Figure.Series(
          title: "\(label.name) \(fixedPoint(label.auc, digits: 3))",
          points: Array(zip(curve.falsePositiveRates, curve.truePositiveRates)).map { ($0, $1) },
          colour: k, dash: 1 + k / Figure.palette.count)
      }, xRange: "[0:1]", yRange: "[0:1]", diagonal: true, square: true, legendOutside: true)
  }

  private func precisionRecallFigure(_ model: Model, _ file: String) -> Figure {
    .lines(
      "precision-recall-\(file)", description: "Precision-recall curves of \(model.name)",
      xLabel: "recall (findings found)", yLabel: "precision (alarms that are right)",
      series: model.labels.enumerated().compactMap { k, label in
        guard let curve = PrecisionRecallCurve(scores: label.scores, labels: label.truths) else {
          return nil
        }
        return Figure.Series(
          title: "\(label.name) \(fixedPoint(label.averagePrecision, digits: 3))",
          points: Array(zip(curve.recalls, curve.precisions)).map { ($0, $1) },
          colour: k, dash: 1 + k / Figure.palette.count)
      }, xRange: "[0:1]", yRange: "[0:1]", square: true, legendOutside: true)
  }

  private var figures: [Figure] {
    zip(models, fileNames).flatMap { [rocFigure($0, $1), precisionRecallFigure($0, $1)] } + [
      .bars(
        "auc", description: "AUC a label and model", valueLabel: "AUC (0.5 is chance)",
        categories: labels, series: models.map { ($0.name, $0.labels.map(\.auc)) },
        range: "[0:1]"),
      .bars(
        "positives-found", description: "Positives found at 0.5, a label and model",
        valueLabel: "percent of the films with the finding, found at 0.5", categories: labels,
        series: models.map { ($0.name, $0.labels.map(\.detection.positivesFoundPercent)) },
        range: "[0:100]"),
      .bars(
        "negatives-found", description: "Negatives found at 0.5, a label and model",
        valueLabel: "percent of the films without the finding, found at 0.5", categories: labels,
        series: models.map { ($0.name, $0.labels.map(\.detection.negativesFoundPercent)) },
        range: "[0:100]"),
    ]
  }

  /// What the difference between the models means, in words.
  private var meaning: [String] {
    var lines: [String] = []
    for model in models {
      let (detection, counts) = (model.detection, model.counts)
      let missed = detection.positives - counts.truePositives
      let careless = model.labels.filter { ($0.counts.specificity ?? 1) < 0.5 }.map(\.name)
      lines.append(
        "\(model.name) calls \(fixedPoint(counts.accuracy.map { $0 * 100 }, digits: 1)) % of all "
          + "film-and-finding pairs right at 0.5. It misses \(missed) of \(detection.positives) "
          + "findings and raises \(counts.falsePositives) false alarms over \(images) films, "
          + "\(fixedPoint(Double(counts.falsePositives) / Double(max(1, images)), digits: 1)) a film."
          + (careless.isEmpty
            ? ""
            : " It says yes to most films without the finding for "
              + careless.joined(separator: ", ") + ": what it finds there costs as many alarms."))
    }
    if models.count > 1,
      let careful = models.max(by: { $0.counts.truePositives < $1.counts.truePositives }),
      let accurate = models.max(by: {
        ($0.counts.accuracy ?? 0) < ($1.counts.accuracy ?? 0)
      })
    {
      if careful.name != accurate.name {
        lines.append(
          "By accuracy \(accurate.name) wins; by findings found \(careful.name) does, with "
            + "\(careful.counts.truePositives - accurate.counts.truePositives) more of them seen. On "
            + "rare findings accuracy rewards silence. A missed disease costs more than a false alarm "
            + "that a second look clears.")
      }
      let ranked = models.compactMap { model in model.meanAUC.map { (model.name, $0) } }
      if let best = ranked.max(by: { $0.1 < $1.1 }), let worst = ranked.min(by: { $0.1 < $1.1 }) {
        let difference = fixedPoint(best.1 - worst.1, digits: 3)
        lines.append(
          best.1 - worst.1 < 0.05
            ? "The mean AUCs differ by \(difference) only: the models rank films about equally well. What "
              + "separates them at 0.5 is where the loss puts the probabilities, not what the network "
              + "knows; a threshold chosen on validation films moves it."
            : "The mean AUCs differ by \(difference): whatever the threshold, \(best.0) ranks films "
              + "better. The figures at 0.5 depend on where the loss puts the probabilities too; a "
              + "threshold chosen on validation films moves them.")
      }
    }
    return lines
  }

  /// Draws the pictures and writes `report.html`.
  ///
  /// - Returns: why there are no pictures, if gnuplot is missing or failed.
  /// - Throws: ``ReportError/unwritable(path:reason:)``.
  public func write(to folder: String) throws -> ReportError? {
    let figures = try FigureSet(figures, folder: folder)
    let undefined = models.first?.labels.filter { $0.auc == nil }.map(\.name) ?? []
    var page = ReportPage(
      title: models.count > 1 ? "\(models.count) models compared" : "Evaluation of one model",
      lead: "\(images) films of \(patients) patients (\(subset)), \(labels.count) findings"
        + (undefined.isEmpty
          ? "." : ", \(undefined.count) of them undefined here for want of both kinds of films."))
    if let problem = figures.problem { page.callout(problem.description) }
    for model in models where model.patientsSeenInTraining > 0 {
      page.callout(
        "\(model.patientsSeenInTraining) of these \(patients) patients' identifiers also occur in the "
          + "training part of \(model.name); where they are the same people, figures flatter it.")
    }
    page.table(
      header: [
        "model", "trained with", "mean AUC", "positives found", "negatives found", "accuracy",
        "precision", "F1",
      ],
      rows: models.map { model in
        [
          model.name, model.note, fixedPoint(model.meanAUC, digits: 3),
          fixedPoint(model.detection.positivesFoundPercent, digits: 1) + " %",
          fixedPoint(model.detection.negativesFoundPercent, digits: 1) + " %",
          fixedPoint(model.counts.accuracy.map { $0 * 100 }, digits: 1) + " %",
          fixedPoint(model.counts.precision, digits: 3), fixedPoint(model.counts.f1, digits: 3),
        ]
      }, caption: "At threshold 0.5, pooled over films and findings.")
    page.heading(models.count > 1 ? "What the difference means" : "What the figures mean")
    for line in meaning { page.paragraph(line) }
    page.heading("Findings found and false alarms avoided")
    figures.add(
      "positives-found", to: &page,
      caption: "Of the films that have a finding, how many the model calls positive.")
    figures.add(
      "negatives-found", to: &page,
      caption: "Of the films that lack it, how many the model calls negative.")
    page.heading("Ranking: ROC and AUC")
    figures.add("auc", to: &page, caption: "Area under the ROC curve; n/a labels have no bar.")
    for (model, file) in zip(models, fileNames) {
      figures.add(
        "roc-\(file)", to: &page, caption: "\(model.name): ROC curves, AUC in the legend.")
    }
    page.heading("Precision and recall")
    for (model, file) in zip(models, fileNames) {
      figures.add(
        "precision-recall-\(file)", to: &page,
        caption: "\(model.name): precision against recall, average precision in the legend.")
    }
    for model in models {
      page.heading("\(model.name), finding by finding")
      page.table(
        header: [
          "finding", "positives", "AUC", "avg. precision", "sensitivity", "specificity",
          "precision",
          "F1",
        ],
        rows: model.labels.map { label in
          [
            label.name, "\(label.counts.support)", fixedPoint(label.auc, digits: 3),
            fixedPoint(label.averagePrecision, digits: 3),
            fixedPoint(label.counts.recall, digits: 3),
            fixedPoint(label.counts.specificity, digits: 3),
            fixedPoint(label.counts.precision, digits: 3), fixedPoint(label.counts.f1, digits: 3),
          ]
        }, caption: "At threshold 0.5; n/a is undefined and left out of means.")
      page.preformatted(model.reportText)
    }
    page.heading("What these figures do not say")
    page.paragraph(
      "They carry no intervals: on few films with a finding, differences of a few hundredths of AUC "
        + "are chance. They hold for these films, their scanners and their labels, which were read "
        + "from reports by a program. At 0.5 a weighted model's output is no probability of disease."
    )
    try page.write(to: folder + "/report.html")
    return figures.problem
  }
}
