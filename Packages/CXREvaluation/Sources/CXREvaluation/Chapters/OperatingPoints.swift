import CXRFiles
import CXRMetrics
import CXRReport

/// What a label's scores call positive at a threshold.
@dynamicMemberLookup public struct OperatingPoint: Sendable {
  /// As a probability, above which (strictly) a film is called positive.
  public let threshold: Double
  /// The same in log-odds, in nats, on which films were called; `nil` where they were called on probabilities.
  public let logitThreshold: Double?
  /// Counts and shares.
  public let figures: OperatingFigures
  /// What it says of each film.
  let calls: Calls

  init(_ known: FilmAnswers.Known, threshold: Double, logitThreshold: Double?) {
    let logit = known.kind == .logit ? logitThreshold : nil
    (self.threshold, self.logitThreshold) = (threshold, logit)
    let scores = logit == nil ? known.probabilities : known.scores
    figures = OperatingFigures(
      scores: scores, labels: known.truths, patients: known.patients,
      threshold: logit ?? threshold)
    calls = Calls(
      isPositive: scores.map { isCalledPositive($0, above: logit ?? threshold) },
      truths: known.truths, patients: known.patients)
  }

  /// Of ``figures``.
  public subscript<Value>(dynamicMember member: KeyPath<OperatingFigures, Value>) -> Value {
    figures[keyPath: member]
  }

  /// On a page: where the probability would be all noughts or nines, with the log-odds.
  var text: String {
    let probability = fixedPoint(threshold, digits: 3)
    guard let logitThreshold, ["0.000", "1.000"].contains(probability) else { return probability }
    return "\(probability) (log-odds \(fixedPoint(logitThreshold, digits: 2)))"
  }
}

/// What a label's scores call positive at 0.5, and at the threshold that was chosen on validation films.
public struct OperatingPoints: Sendable {
  /// At 0.5.
  public let half: OperatingPoint
  /// At the threshold that was chosen on validation films; `nil` where none was.
  public let fitted: OperatingPoint?
  /// Of how many validation films with the finding the threshold and the calibrations know; `nil` where none were chosen.
  public let validationPositives: Int?
  /// At 0.5.
  public let detection: DetectionRates

  init(_ known: FilmAnswers.Known, fit: ValidationFit.Label?) {
    half = OperatingPoint(known, threshold: 0.5, logitThreshold: ScoreKind.logit.half)
    fitted = fit?.threshold.map {
      OperatingPoint(known, threshold: $0, logitThreshold: fit?.logitThreshold)
    }
    validationPositives = fit?.positives
    detection = DetectionRates(
      scores: known.scores, labels: known.truths, threshold: known.kind.half)
  }

  /// All that are on the page.
  fileprivate var shown: [OperatingPoint] { [half] + [fitted].compactMap { $0 } }

  /// At the chosen threshold, or at 0.5 where none was chosen.
  var chosen: OperatingPoint { fitted ?? half }

  func json(prevalence: Double?) -> [(String, JSONValue)] {
    [
      ("sensitivity", .number(orNull: half.counts.recall)),
      ("specificity", .number(orNull: half.counts.specificity)),
      ("positives_found_percent", .number(orNull: detection.positivesFoundPercent)),
      ("negatives_found_percent", .number(orNull: detection.negativesFoundPercent)),
      ("at_half", half.json(prevalence: prevalence)),
      ("at_operating_point", fitted?.json(prevalence: prevalence) ?? .null),
    ]
  }
}

extension OperatingPoint {
  /// What is estimated at a point, in the order of documents, tables and the page.
  private static var estimates: [(key: String, title: String, of: (OperatingFigures) -> Estimate)] {
    [
      ("sensitivity", "sensitivity", { $0.sensitivity.estimate }),
      ("specificity", "specificity", { $0.specificity.estimate }),
      ("ppv", "PPV", { $0.ppv.estimate }), ("npv", "NPV", { $0.npv.estimate }),
      (alarmsKey, "false alarms per found", { $0.falseAlarmsPerFound }),
    ]
  }

  /// The page's columns of ``texts``.
  static var titles: [String] { estimates.map(\.title) }

  /// On the page, a column of ``titles`` each.
  var texts: [String] {
    Self.estimates.map { estimate in
      let own = estimate.of(figures)
      guard estimate.key == Self.alarmsKey, isWithoutUpperEnd, let value = own.value,
        let low = own.interval?.low
      else { return own.text(digits: 2) }
      return "\(fixedPoint(value, digits: 2)) (\(fixedPoint(low, digits: 2)) to ∞)"
    }
  }

  /// Whether more false alarms per found than there are films without the finding lie in the interval.
  var isWithoutUpperEnd: Bool {
    guard let interval = figures.falseAlarmsPerFound.interval else { return false }
    return interval.high > Double(figures.counts.falsePositives + figures.counts.trueNegatives)
  }

  private static let alarmsKey = "false_alarms_per_found"

  func json(prevalence: Double?) -> JSONValue {
    .object(
      [
        ("threshold", .number(threshold)),
        ("logit_threshold", .number(orNull: logitThreshold)),
        ("true_positives", .integer(figures.counts.truePositives)),
        ("false_positives", .integer(figures.counts.falsePositives)),
        ("true_negatives", .integer(figures.counts.trueNegatives)),
        ("false_negatives", .integer(figures.counts.falseNegatives)),
      ] + Self.estimates.flatMap { $0.of(figures).json($0.key) }
        + (prevalence.map { prevalence in
          [("prevalence", .number(prevalence))]
            + ppvEstimate(prevalence: prevalence).json("ppv_at_prevalence")
        } ?? []))
  }

  func ppvEstimate(prevalence: Double) -> Estimate {
    Estimate(
      figures.ppv(prevalence: prevalence), figures.ppvInterval(prevalence: prevalence))
  }

  /// The columns of ``cells(_:_:)``.
  static let header =
    [
      "point", "threshold", "logit_threshold", "true_positives", "false_positives",
      "true_negatives",
      "false_negatives",
    ]
    + estimates.flatMap { FigureTable.triple($0.key) }

  /// A row's cells at the point called `name`; empty where there is none.
  static func cells(_ name: String, _ point: OperatingPoint?) -> [FigureTable.Cell] {
    guard let point else {
      return [.text(name)]
        + [FigureTable.Cell](repeating: .number(nil), count: header.count - 1)
    }
    return [
      .text(name), .number(point.threshold), .number(point.logitThreshold),
      .count(point.counts.truePositives),
      .count(point.counts.falsePositives), .count(point.counts.trueNegatives),
      .count(point.counts.falseNegatives),
    ] + estimates.flatMap { FigureTable.Cell.estimate($0.of(point.figures)) }
  }
}

extension EvaluationFigures {
  /// The points a model and label, as `operating_points.csv`.
  var operatingPointTable: FigureTable {
    FigureTable(
      "operating_points.csv",
      header: ["model", "label", "validation_positives"] + OperatingPoint.header
        + ["prevalence"] + FigureTable.triple("ppv_at_prevalence"),
      rows: models.flatMap { model in
        model.labels.flatMap { label -> [[FigureTable.Cell]] in
          let own = label.points
          var points: [(String, OperatingPoint?)] = [("0.5", own.half)]
          // Where a threshold was to be chosen and none could be, the row says so.
          let isMissing = model.pooled.labelsOfEqualScores.contains(label.name)
          if own.fitted != nil || isMissing { points.append(("fitted", own.fitted)) }
          return points.map { name, point in
            let prevalence = options.prevalences[label.name]
            let atPrevalence = prevalence.flatMap { point?.ppvEstimate(prevalence: $0) }
            return [
              .text(model.name), .text(label.name),
              own.validationPositives.map { .count($0) } ?? .number(nil),
            ] + OperatingPoint.cells(name, point) + [.number(prevalence)]
              + FigureTable.Cell.estimate(atPrevalence ?? Estimate(nil))
          }
        }
      })
  }

  private var hasPrevalence: Bool { labels.contains { options.prevalences[$0] != nil } }

  /// Adds the chapter about thresholds.
  func addOperatingPoints(_ pictures: FigureSet, to page: inout ReportPage) {
    page.heading("Operating points")
    let fitted = models.filter { $0.model.fit != nil }
    let isAnyFaint = fitted.contains { $0.labels.contains(where: \.isChosenOnFew) }
    page.sentences([
      fitted.isEmpty
        ? nil
        : "Chosen thresholds follow a rule: youden, the largest sensitivity + specificity; sensitivity=S or specificity=S, "
          + "at least that; f1, the largest F1; cost=C, the least cost where a miss costs C false alarms. They are worth "
          + "what the validation films are: 0.2 on 5 was chosen on five films with the finding, and the others.",
      isAnyFaint ? "Those chosen on fewer than ten are written fainter." : nil,
      "PPV is the share of alarms that are right, NPV the share of all-clears that are; "
        + "false alarms per found are those that come with each film of the finding that is called. All three depend on how common "
        + "the finding is.",
      models.contains {
        $0.labels.contains { $0.points.shown.contains(where: \.isWithoutUpperEnd) }
      }
        ? "∞ stands for an upper end beyond the number of films without the finding." : nil,
      hasPrevalence ? "Where a prevalence was given, PPV is shown for it too." : nil,
    ])
    for model in fitted {
      let rule = model.model.fit?.operatingPoint ?? ""
      addPoints(
        of: model, isFitted: true,
        caption: "\(model.name), at the threshold chosen on validation patients (\(rule)).",
        to: &page)
    }
    func addHalves() {
      for model in models {
        addPoints(of: model, isFitted: false, caption: "\(model.name), at 0.5.", to: &page)
      }
    }
    if fitted.isEmpty { addHalves() }
    for model in models.indices { addScores(of: model, pictures, to: &page) }
    page.beginDetails(fitted.isEmpty ? "Findings found and cleared, as bars" : "The same at 0.5")
    if !fitted.isEmpty { addHalves() }
    pictures.add(
      "positives-found", to: &page,
      caption: "Of the films that have a finding, how many the model calls positive.")
    pictures.add(
      "negatives-found", to: &page,
      caption: "Of the films that lack it, how many the model calls negative.")
    page.endDetails()
  }

  private func addPoints(
    of model: ModelFigures, isFitted: Bool, caption: String, to page: inout ReportPage
  ) {
    let rows = model.labels.map { label -> [String] in
      guard let own = isFitted ? label.points.fitted : label.points.half else {
        return [label.name]
      }
      let chosenOn =
        isFitted ? label.points.validationPositives.map { " on \($0)" } ?? "" : ""
      let counts = own.counts
      let atPrevalence = options.prevalences[label.name].flatMap { prevalence in
        own.figures.ppv(prevalence: prevalence) == nil
          ? nil
          : own.ppvEstimate(prevalence: prevalence).text(digits: 2) + " at " + percent(prevalence)
      }
      return [
        label.name, own.text + chosenOn, "\(counts.truePositives)", "\(counts.falsePositives)",
        "\(counts.falseNegatives)", "\(counts.trueNegatives)",
      ] + own.texts + [
        fixedPoint(
          counts.total > 0 ? 100 * Double(counts.falsePositives) / Double(counts.total) : nil,
          digits: 1)
      ] + (hasPrevalence ? [atPrevalence ?? "n/a"] : [])
    }
    let header =
      ["finding", "threshold", "TP", "FP", "FN", "TN"] + OperatingPoint.titles
      + ["false alarms per 100 films"] + (hasPrevalence ? ["PPV at prevalence"] : [])
    page.table(
      header: header,
      rows: rows.map { $0 + [String](repeating: "n/a", count: header.count - $0.count) },
      caption: caption,
      faint: isFitted ? Set(model.labels.indices.filter { model.labels[$0].isChosenOnFew }) : [])
  }

  /// The pictures of that chapter.
  var operatingPointPictures: [Figure] {
    func bars(
      _ name: String, _ description: String, _ valueLabel: String,
      _ value: (DetectionRates) -> Double?
    ) -> Figure {
      .bars(
        name, description: description, valueLabel: valueLabel, categories: labels,
        series: models.map { ($0.name, $0.labels.map { value($0.points.detection) }) },
        range: "[0:100]")
    }
    return scorePictures + [
      bars(
        "positives-found", "Positives found at 0.5, a label and model",
        "percent of the films with the finding, found at 0.5", \.positivesFoundPercent),
      bars(
        "negatives-found", "Negatives found at 0.5, a label and model",
        "percent of the films without the finding, found at 0.5", \.negativesFoundPercent),
    ]
  }
}

extension LabelFigures {
  /// The fewest validation films with a finding on which a threshold is chosen without a word of doubt.
  private static let leastPositives = 10

  /// Whether the threshold was chosen on too few films to be relied on.
  fileprivate var isChosenOnFew: Bool {
    points.validationPositives.map { $0 < Self.leastPositives } ?? false
  }
}
