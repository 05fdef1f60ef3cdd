import CXRFiles
import CXRMetrics
import CXRReport

/// How well a model's probabilities are probabilities, by one way of calibrating them.
public struct CalibrationFigures: Sendable {
  /// How.
  public let method: CalibrationMethod
  /// Less is better; `nil` without films.
  public let brier: Double?
  /// Beside the base rate alone: 1 is perfect, 0 no better; `nil` unless both kinds occur.
  public let skill: Double?
  /// The expected calibration error in ten groups of as many films; `nil` of fewer than ``leastFilms``, whose groups
  /// would show an error by chance alone.
  public let expectedError: Double?
  /// What ``expectedError`` would be by chance alone; `nil` likewise.
  public let errorByChance: Double?
  /// How far the probabilities are from what is so, with intervals; `nil` of a group's.
  public let line: CalibrationLine?
  /// The fewest films of a group whose observed share is drawn as a full mark.
  static let leastFilmsOfGroup = 20
  /// The fewest films of which a calibration error is given.
  public static let leastFilms = 100
  /// In ten groups of as many films.
  public let curve: ReliabilityCurve

  init(
    _ method: CalibrationMethod, probabilities: [Double], labels: [Bool], patients: PatientIndex?
  ) {
    self.method = method
    brier = brierScore(probabilities: probabilities, labels: labels)
    skill = brierSkill(probabilities: probabilities, labels: labels)
    curve = ReliabilityCurve(probabilities: probabilities, labels: labels)
    let isEnough = labels.count >= Self.leastFilms
    (expectedError, errorByChance) =
      isEnough ? (curve.expectedError, curve.expectedErrorByChance) : (nil, nil)
    line = patients.map {
      CalibrationLine(probabilities: probabilities, labels: labels, patients: $0)
    }
  }

  /// Each way of calibrating that there is.
  static func all(
    _ known: FilmAnswers.Known, fit: ValidationFit.Label?, weightRatio: Double?, withLines: Bool
  ) -> [CalibrationFigures] {
    CalibrationMethod.allCases.compactMap { method in
      guard let map = method.map(fit: fit, weightRatio: weightRatio) else { return nil }
      return CalibrationFigures(
        method, probabilities: known.probabilities.map(map), labels: known.truths,
        patients: withLines ? known.patients : nil)
    }
  }

  static func json(_ calibrations: [CalibrationFigures]) -> JSONValue {
    .object(
      calibrations.map { calibration in
        (
          calibration.method.rawValue,
          .object(
            [
              ("brier", .number(orNull: calibration.brier)),
              ("brier_skill", .number(orNull: calibration.skill)),
              ("expected_calibration_error", .number(orNull: calibration.expectedError)),
              ("expected_calibration_error_by_chance", .number(orNull: calibration.errorByChance)),
            ]
              + (calibration.line.map { line in estimates.flatMap { $0.of(line).json($0.key) } }
                ?? []))
        )
      })
  }
}

extension CalibrationFigures {
  /// What is estimated, in the order of documents, tables and the page.
  fileprivate static var estimates:
    [(key: String, title: String, of: (CalibrationLine) -> Estimate)]
  {
    [
      ("observed_to_expected", "O:E", \.observedToExpected),
      ("calibration_intercept", "intercept", \.intercept),
      ("calibration_slope", "slope", \.slope),
    ]
  }
}

extension CalibrationLine {
  /// Whether none of the three intervals excludes what is right: O:E 1, slope 1, intercept 0; `nil` unless all are known.
  var isRight: Bool? {
    guard let ratio = observedToExpected.interval, let slope = slope.interval,
      let intercept = intercept.interval
    else { return nil }
    return ratio.contains(1) && slope.contains(1) && intercept.contains(0)
  }
}

extension LabelFigures {
  /// The figures of one way of calibrating.
  public func calibration(_ method: CalibrationMethod) -> CalibrationFigures? {
    calibrations.first { $0.method == method }
  }
}

extension EvaluationFigures {
  /// Scores and errors, as `calibration.csv`.
  var calibrationTable: FigureTable {
    FigureTable(
      "calibration.csv",
      header: [
        "model", "label", "method", "brier", "brier_skill", "expected_calibration_error",
        "expected_calibration_error_by_chance",
      ] + CalibrationFigures.estimates.flatMap { FigureTable.triple($0.key) },
      rows: calibrations { model, label, calibration in
        [
          [
            .text(model), .text(label), .text(calibration.method.rawValue),
            .number(calibration.brier), .number(calibration.skill),
            .number(calibration.expectedError), .number(calibration.errorByChance),
          ]
            + CalibrationFigures.estimates.flatMap {
              FigureTable.Cell.estimate(calibration.line.map($0.of) ?? Estimate(nil))
            }
        ]
      })
  }

  /// The groups of films behind them, as `reliability.csv`.
  var reliabilityTable: FigureTable {
    FigureTable(
      "reliability.csv",
      header: [
        "model", "label", "method", "group", "predicted", "observed", "images", "positives",
      ],
      rows: calibrations { model, label, calibration in
        calibration.curve.groups.enumerated().map { i, group in
          [
            .text(model), .text(label), .text(calibration.method.rawValue), .count(i + 1),
            .number(group.predicted), .number(group.observed), .count(group.films),
            .count(group.positives),
          ]
        }
      })
  }

  private func calibrations(
    _ rows: (_ model: String, _ label: String, CalibrationFigures) -> [[FigureTable.Cell]]
  ) -> [[FigureTable.Cell]] {
    models.flatMap { model in
      model.labels.flatMap { label in
        label.calibrations.flatMap { rows(model.name, label.name, $0) }
      }
    }
  }

  /// Adds the chapter about probabilities.
  func addCalibration(_ pictures: FigureSet, to page: inout ReportPage) {
    guard models.contains(where: { !$0.calibrationMethods.isEmpty }) else { return }
    page.heading("Is 0.3 three in ten?")
    let all = models.flatMap { $0.labels.flatMap(\.calibrations) }
    page.sentences([
      "Films in ten groups of rising probability: what the model says against how many have the finding. On the "
        + "diagonal a probability means what it says.",
      all.contains { $0.method == .weights }
        ? "Class weights push probabilities up by design; taking them out again needs no data."
        : nil,
      all.contains { $0.method == .platt }
        ? "Platt's lines, and those of vector scaling, all findings' together, were fitted on validation patients."
        : nil,
    ])
    page.sentences([
      "Brier skill is by how much probabilities come nearer to the truths than the finding's share of these films does, 1 at "
        + "best, below 0 where they are worse than that.",
      all.contains { $0.expectedError != nil }
        ? "The calibration error (ECE) is never 0 on a set of this size: beside it stands what chance alone would give, were all "
          + "probabilities right and films independent." : nil,
      "O:E is how many have the finding "
        + "to how many the probabilities promise; intercept and slope are what would have to be added to log-odds, and by what "
        + "they would have to be multiplied: 0 and 1 where they are right.",
    ])
    for (model, file) in zip(models, fileNames) {
      pictures.add(
        "reliability-\(file)", to: &page,
        caption:
          "\(model.name): observed against predicted; bars, \(Interval.defaultLevelText) intervals of a group's films; rings, "
          + "groups of fewer than \(CalibrationFigures.leastFilmsOfGroup) films.")
      let methods = model.calibrationMethods
      page.table(
        header: ["read", "Brier score", "skill", "ECE", "by chance", "O:E holds 1"],
        rows: methods.map { method in
          let own = model.labels.compactMap { $0.calibration(method) }
          let intervals = own.compactMap { $0.line?.observedToExpected.interval }
          return [
            method.words, fixedPoint(definedMean(own.map(\.brier)), digits: 4),
            fixedPoint(definedMean(own.map(\.skill)), digits: 3),
            fixedPoint(definedMean(own.map(\.expectedError)), digits: 4),
            fixedPoint(definedMean(own.map(\.errorByChance)), digits: 4),
            "\(intervals.count { $0.contains(1) }) of \(intervals.count)",
          ]
        },
        caption:
          "\(model.name): means over the findings, and for how many the interval of O:E holds 1.")
      page.beginDetails("\(model.name): calibration, finding by finding")
      for method in methods {
        page.table(
          header: ["finding", "Brier score", "skill", "ECE", "by chance"]
            + CalibrationFigures.estimates.map(\.title),
          rows: model.labels.map { label in
            let own = label.calibration(method)
            return [
              label.name, fixedPoint(own?.brier, digits: 4), fixedPoint(own?.skill, digits: 3),
              fixedPoint(own?.expectedError, digits: 4),
              fixedPoint(own?.errorByChance, digits: 4),
            ]
              + CalibrationFigures.estimates.map {
                (own?.line.map($0.of) ?? Estimate(nil)).text(digits: 2)
              }
          }, caption: "\(model.name), \(method.words).")
      }
      page.endDetails()
    }
  }

  /// The pictures of that chapter.
  var calibrationPictures: [Figure] {
    zip(models, fileNames).filter { !$0.0.calibrationMethods.isEmpty }.map { model, file in
      let methods = model.calibrationMethods
      // Bars where what is said is best founded, or frames would be full of them.
      let barred = methods.contains(.platt) ? CalibrationMethod.platt : .none
      let groups = model.labels.flatMap { $0.calibrations.flatMap(\.curve.groups) }
      let most = groups.map { max($0.predicted, $0.observed) }.max() ?? 1
      let end = min(1, max(0.1, (most * 10).rounded(.up) / 10))
      return .panels(
        "reliability-\(file)", description: "Reliability of \(model.name)",
        xLabel: "predicted", yLabel: "observed",
        panels: model.labels.map { label in
          Figure.Panel(
            title: label.name,
            lines: methods.compactMap { method in
              label.calibration(method).map { calibration in
                Figure.Series(
                  title: method.words,
                  points: calibration.curve.groups.map { ($0.predicted, $0.observed) },
                  colour: method.colour)
              }
            },
            marks: (label.calibration(barred)?.curve.groups ?? []).map { group in
              let interval = PatientProportion(
                hits: group.positives, films: group.films, effectiveFilms: Double(group.films)
              ).interval()
              return Figure.Mark(
                x: group.predicted, y: group.observed,
                interval: interval.map { (min(end, $0.low), min(end, $0.high)) },
                colour: barred.colour,
                isHollow: group.films < CalibrationFigures.leastFilmsOfGroup)
            })
        }, legend: methods.map { ($0.words, $0.colour) }, diagonal: true, xRange: 0...end,
        heights: .common(0...end))
    }
  }
}

extension ModelFigures {
  /// Those that any label has.
  fileprivate var calibrationMethods: [CalibrationMethod] {
    CalibrationMethod.allCases.filter { method in
      labels.contains { $0.calibration(method) != nil }
    }
  }
}

extension CalibrationMethod {
  /// The same on all pictures.
  fileprivate var colour: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// On a page.
  var words: String {
    switch self {
    case .none: "as it is"
    case .weights: "weights taken out"
    case .platt: "Platt"
    case .vector: "vector scaling"
    }
  }
}
