import CXRMetrics

/// A model as an evaluation sees it: what it says of films, and what is known of how it came to be.
///
/// Scores come as plain numbers, from a network, from another program's table or from anywhere:
///
/// ```swift
/// let model = ScoredModel("ours", scores: [0.9, 0.2, 0.4, 0.1])
/// ```
public struct ScoredModel: Sendable {
  /// Unique among the models; part of file names.
  public var name: String
  /// `[N, K]`, finite, the higher the likelier; in 64 bits, as given. They rank films.
  public let scores: [Double]
  /// What the scores are.
  public let kind: ScoreKind
  /// `[N, K]`; of probabilities the scores themselves.
  public let probabilities: [Double]
  /// Thresholds and calibrations, chosen on other films; `nil` where there were none to choose on.
  public var fit: ValidationFit?
  /// w₊/w₋ a label, of the class weights in the loss of its training; `nil` of a label, or of all, without weights.
  public var weightRatios: [Double?]?
  /// The yardstick's scores of the same films, `[N, K]`; `nil` where there is none.
  public var baselineScores: [Double]?
  /// Of the films' patients, how many the model was trained on; `nil` where that is not known.
  public var patientsSeenInTraining: Int?
  /// Of the films' patients, on how many its thresholds and calibrations were chosen; `nil` where that is not known.
  public var patientsSeenInValidation: Int?
  /// Whether it looks where findings were drawn; `nil` where that was not asked, or nothing is drawn.
  public var localisation: Localisation?
  /// Films on which it was sure.
  public var examples: [Example] = []
  /// Where it comes from, such as a checkpoint's path.
  public var source: String
  /// The loss that it was trained by; `nil` where that is not known.
  public var loss: String?
  /// How it was trained, in words, such as `weighted-bce, epoch 7`.
  public var note: String

  /// A model of which nothing is known but the probabilities that it gives, `[N, K]`, or scores of any kind that are taken for
  /// some.
  public init(
    _ name: String, scores: [Double], source: String = "", note: String = "n/a (a table)"
  ) {
    self.init(
      name, scores: scores, probabilities: scores, kind: .probability, source: source, note: note)
  }

  /// A model that gives log-odds, `[N, K]`, in nats; `probabilities` are their logistic function unless given.
  public init(
    _ name: String, logits: [Double], probabilities: [Double]? = nil, fit: ValidationFit? = nil,
    source: String = "", note: String = "n/a (a table)"
  ) {
    self.init(
      name, scores: logits,
      probabilities: probabilities ?? logits.map(ScoreKind.logit.probability), kind: .logit,
      source: source, note: note)
    self.fit = fit
  }

  init(
    _ name: String, scores: [Double], probabilities: [Double], kind: ScoreKind, source: String,
    note: String
  ) {
    (self.name, self.scores, self.probabilities) = (name, scores, probabilities)
    (self.kind, self.source, self.note) = (kind, source, note)
  }

  /// What it says, beside what is known of the films.
  public func answers(_ films: JudgedFilms) -> FilmAnswers {
    FilmAnswers(films: films, scores: scores, probabilities: probabilities, kind: kind)
  }

  /// Whether a film is called positive: at the chosen threshold of the label, or at 0.5 where none was chosen.
  ///
  /// - Parameters:
  ///   - film: its place.
  ///   - label: its column.
  ///   - labels: the number of columns.
  public func isCalledPositive(film: Int, label: Int, of labels: Int) -> Bool {
    let cell = film * labels + label
    let fit = fit?.labels[label]
    if kind == .logit, let threshold = fit?.logitThreshold {
      return CXRMetrics.isCalledPositive(scores[cell], above: threshold)
    }
    guard let threshold = fit?.threshold else {
      return CXRMetrics.isCalledPositive(scores[cell], above: kind.half)
    }
    return CXRMetrics.isCalledPositive(probabilities[cell], above: threshold)
  }
}
