import CXRFiles
import CXRData
import CXRMetrics

/// What is chosen on validation films, so that test films stay unseen: thresholds and calibrations, and how common
/// each finding is there.
public struct ValidationFit: Codable, Sendable, Equatable {
  /// One label.
  public struct Label: Codable, Sendable, Equatable {
    /// The label.
    public var label: String
    /// Films of which it is known whether they have it.
    public var films: Int
    /// Films that have it.
    public var positives: Int
    /// How many independent films they are worth; see `PatientProportion`.
    public var effectiveFilms: Double
    /// Above it (strictly) a film is called positive; `nil` unless both kinds occur, and where all films score alike.
    public var threshold: Double?
    /// The same in log-odds, in nats, where scores are log-odds: ``threshold`` is its logistic function. `nil` of other scores,
    /// and in files of older versions, whose thresholds were chosen on probabilities.
    public var logitThreshold: Double?
    /// Platt's line; `nil` unless both kinds occur.
    public var platt: LogOddsLine?
    /// Vector scaling's line; `nil` unless both kinds occur.
    public var vector: LogOddsLine?

    enum CodingKeys: String, CodingKey {
      case label, films, positives, threshold, platt, vector
      case effectiveFilms = "effective_films"
      case logitThreshold = "logit_threshold"
    }
  }

  /// How the thresholds were chosen; see `OperatingRule`.
  public var operatingPoint: String
  /// Validation films.
  public var films: Int
  /// Their patients.
  public var patients: Int
  /// In output order.
  public var labels: [Label]

  enum CodingKeys: String, CodingKey {
    case films, patients, labels
    case operatingPoint = "operating_point"
  }

  /// Chooses thresholds and fits calibrations.
  ///
  /// - Parameters:
  ///   - rule: how thresholds are chosen.
  ///   - answers: what a network says of the films.
  public init(rule: OperatingRule, answers: FilmAnswers) {
    operatingPoint = rule.description
    films = answers.filmCount
    patients = answers.films.patientCount
    let known = answers.labels.indices.map { answers.known(label: $0) }
    let lines = LogOddsLine.vector(known.map { ($0.probabilities, $0.truths) })
    labels = zip(answers.labels.indices, zip(known, lines)).map { k, fitted in
      let (answer, line) = fitted
      let share = PatientProportion(answer.truths, patients: answer.patients)
      let threshold = rule.threshold(scores: answer.scores, labels: answer.truths)
      return Label(
        label: answers.labels[k], films: share.films, positives: share.hits,
        effectiveFilms: share.effectiveFilms,
        threshold: threshold.map(answers.kind.probability),
        logitThreshold: answers.kind == .logit ? threshold : nil,
        platt: .platt(probabilities: answer.probabilities, labels: answer.truths),
        vector: line)
    }
  }

  /// The threshold of label `column`, as a probability.
  public func threshold(of column: Int) -> Double? { labels[column].threshold }

  /// The labels of which there are films with and without, and no threshold, because all of them score alike.
  public var labelsOfEqualScores: [String] {
    labels.filter { $0.threshold == nil && $0.positives > 0 && $0.positives < $0.films }
      .map(\.label)
  }

  /// The document in a checkpoint's metadata.
  public var json: JSONValue {
    func line(_ line: LogOddsLine?) -> JSONValue {
      line.map { .object([("scale", .number($0.scale)), ("shift", .number($0.shift))]) } ?? .null
    }
    return .object([
      ("operating_point", .string(operatingPoint)), ("films", .integer(films)),
      ("patients", .integer(patients)),
      (
        "labels",
        .array(
          labels.map { label in
            .object([
              ("label", .string(label.label)), ("films", .integer(label.films)),
              ("positives", .integer(label.positives)),
              ("effective_films", .number(label.effectiveFilms)),
              ("threshold", .number(orNull: label.threshold)),
              ("logit_threshold", .number(orNull: label.logitThreshold)),
              ("platt", line(label.platt)),
              ("vector", line(label.vector)),
            ])
          })
      ),
    ])
  }
}
