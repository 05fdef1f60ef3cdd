import CXRMetrics

/// What a network, or another program, says of films, beside what is known of them.
///
/// Scores need only be finite: in 64 bits, as given, the higher the likelier. They rank films, and thresholds are chosen on
/// them; calibrations take the probabilities.
public struct FilmAnswers: Sendable {
  /// The films.
  public let films: JudgedFilms
  /// `[N, K]`, finite, as they are ranked.
  public let scores: [Double]
  /// `[N, K]`, each in 0…1 where they are what they are taken for; of probabilities the scores themselves.
  public let probabilities: [Double]
  /// What the scores are.
  public let kind: ScoreKind

  /// Gathers probabilities; sizes must agree.
  public init(films: JudgedFilms, scores: [Double]) {
    self.init(films: films, scores: scores, probabilities: scores, kind: .probability)
  }

  /// Gathers log-odds with their probabilities; sizes must agree.
  public init(films: JudgedFilms, logits: [Double], probabilities: [Double]) {
    self.init(films: films, scores: logits, probabilities: probabilities, kind: .logit)
  }

  init(films: JudgedFilms, scores: [Double], probabilities: [Double], kind: ScoreKind) {
    precondition(
      scores.count == films.truths.count && probabilities.count == scores.count,
      "FilmAnswers: \(scores.count) scores, \(probabilities.count) probabilities of \(films.truths.count)"
    )
    (self.films, self.scores, self.probabilities) = (films, scores, probabilities)
    self.kind = kind
  }

  /// In column order.
  public var labels: [String] { films.labels }
  /// The number of films.
  public var filmCount: Int { films.count }

  /// One label's scores and truths, of films of which it is known.
  public struct Known: Sendable {
    /// Places among the films, `[n]`.
    public let films: [Int]
    /// `[n]`, as they are ranked.
    public let scores: [Double]
    /// `[n]`.
    public let probabilities: [Double]
    /// What the scores are.
    public let kind: ScoreKind
    /// `[n]`.
    public let truths: [Bool]
    /// `[n]`.
    public let patients: PatientIndex
  }

  /// The answers about label `column`, for the films at `places`, or for all.
  public func known(label column: Int, films places: [Int]? = nil) -> Known {
    let columns = labels.count
    let kept = (places ?? Array(0..<filmCount)).filter { films.isKnown[$0 * columns + column] }
    let scores = kept.map { self.scores[$0 * columns + column] }
    return Known(
      films: kept, scores: scores,
      probabilities: kind == .probability
        ? scores : kept.map { probabilities[$0 * columns + column] }, kind: kind,
      truths: kept.map { films.truths[$0 * columns + column] },
      patients: films.patients.selecting(kept))
  }
}
