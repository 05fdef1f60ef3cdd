import CXRFilms
import CXRFiles
import CXRCommandLine
import CXRMetrics
import CXRTraining

/// Writes answers to standard output: as a table for people, as CSV or JSON for programs.
struct AnswerWriter {
  private let format: Predict.Format
  private let checkpoint: String
  private let predictor: FilmPredictor
  /// Whether a film of the JSON document has been written.
  private var hasFilm = false

  init(_ format: Predict.Format, checkpoint: String, predictor: FilmPredictor) {
    (self.format, self.checkpoint, self.predictor) = (format, checkpoint, predictor)
    if format == .csv {
      Console.result(
        Self.line([
          "film", "finding", "output", "threshold", "verdict", "probability", "map", "warnings",
        ]))
    }
    if format == .json { Console.result(Self.open(head)) }
  }

  private static func line(_ fields: [String]) -> String { String(CSVText.line(fields).dropLast()) }

  /// With as few digits as tell a threshold from other numbers of its precision: of a network it has 32 bits.
  private static func shortest(_ threshold: Double) -> String {
    Float(exactly: threshold).map { "\($0)" } ?? "\(threshold)"
  }

  /// Everything that a person should know of a film before its verdicts.
  static func warnings(of answer: FilmPredictor.Answer) -> [String] {
    answer.problems.map {
      $0.kind.split(separator: "_").joined(separator: " ") + ": " + $0.detail
    } + answer.warnings.map { "unlike training: " + $0 }
  }

  private static func verdict(_ finding: FilmPredictor.Finding) -> String {
    finding.isPositive.map { $0 ? "yes" : "no" } ?? "n/a"
  }

  /// Writes an answer; `maps` are names of files by finding.
  mutating func add(_ answer: FilmPredictor.Answer, maps: [String: String]) {
    switch format {
    case .table:
      Console.result(answer.path)
      Console.table(
        header: ["  finding", "probability", "verdict", "output", "threshold"],
        rows: answer.findings.map { finding in
          [
            "  " + finding.label, fixedPoint(finding.calibrated, digits: 3), Self.verdict(finding),
            fixedPoint(Double(finding.probability), digits: 3),
            fixedPoint(finding.threshold, digits: 3),
          ]
        })
      for warning in Self.warnings(of: answer) { Console.result("  ! \(warning)") }
      Console.result("")
    case .csv:
      // Once a film, not once a finding: who adds rows up would count a warning many times.
      let warnings = Self.warnings(of: answer).joined(separator: "; ")
      for (place, finding) in answer.findings.enumerated() {
        Console.result(
          Self.line([
            answer.path, finding.label, "\(finding.probability)",
            finding.threshold.map(Self.shortest) ?? "",
            finding.isPositive == nil ? "" : Self.verdict(finding),
            finding.calibrated.map { "\($0)" } ?? "", maps[finding.label] ?? "",
            place == 0 ? warnings : "",
          ]))
      }
    case .json:
      let film = JSONValue.object([
        ("film", .string(answer.path)),
        (
          "findings",
          .object(
            answer.findings.map { finding in
              (
                finding.label,
                .object([
                  ("output", .number(shortest: finding.probability)),
                  ("probability", .number(orNull: finding.calibrated)),
                  (
                    "threshold",
                    .number(orNull: finding.threshold.flatMap { Double(Self.shortest($0)) })
                  ),
                  ("verdict", .string(orNull: finding.isPositive.map { $0 ? "yes" : "no" })),
                  ("map", .string(orNull: maps[finding.label])),
                ])
              )
            })
        ), ("feature_distance", .number(orNull: answer.distance)),
        ("warnings", .strings(answer.warnings)),
        (
          "problems",
          .array(
            answer.problems.map {
              .object([("problem", .string($0.kind)), ("detail", .string($0.detail))])
            })
        ),
      ])
      Console.result((hasFilm ? ",\n" : "") + String(film.text.dropLast()))
      hasFilm = true
    }
  }

  /// What is said of the checkpoint before the films.
  private var head: JSONValue {
    .object([
      ("checkpoint", .string(checkpoint)),
      (
        "operating_point",
        .string(orNull: predictor.classifier.metadata.validation?.operatingPoint)
      ),
      ("calibration", .string(predictor.calibration.rawValue)),
      (
        "feature_distance_limit",
        .number(orNull: predictor.classifier.typicalFilms?.figures.distance?.squareRoot())
      ),
    ])
  }

  /// A document's text up to where its films follow, so that they are written as they come.
  private static func open(_ document: JSONValue) -> String {
    String(document.text.dropLast(3)) + ",\n  \"films\": ["
  }

  func finish(unreadable: [UnreadableFilm]) {
    guard format == .json else { return }
    let list = JSONValue.array(
      unreadable.map {
        .object([("film", .string($0.name)), ("reason", .string($0.reason))])
      })
    Console.result("],\n\"unreadable\": " + String(list.text.dropLast()) + "\n}")
  }
}
