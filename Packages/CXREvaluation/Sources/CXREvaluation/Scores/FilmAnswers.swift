import CXRMetrics

/// What a network, or another program, says of films, beside what is known of them.
///
/// Scores need only be finite: in 64 bits, as given, in any unit, the higher the likelier. Calibrations take them for
/// probabilities.
public struct FilmAnswers: Sendable {
  /// The films.
  public let films: JudgedFilms
  /// `[N, K]`, finite; of a network the outputs in 0…1.
  public let scores: [Double]

  /// Gathers answers; sizes must agree.
  public init(films: JudgedFilms, scores: [Double]) {
    precondition(
      scores.count == films.truths.count,
      "FilmAnswers: \(scores.count) scores of \(films.truths.count)")
    (self.films, self.scores) = (films, scores)
  }

  /// In column order.
  public var labels: [String] { films.labels }
  /// The number of films.
  public var filmCount: Int { films.count }

  /// One label's scores and truths, of films of which it is known.
  public struct Known: Sendable {
    /// Places among the films, `[n]`.
    public let films: [Int]
    /// `[n]`.
    public let scores: [Double]
    /// `[n]`.
    public let truths: [Bool]
    /// `[n]`.
    public let patients: PatientIndex
  }

  /// The answers about label `column`, for the films at `places`, or for all.
  public func known(label column: Int, films places: [Int]? = nil) -> Known {
    let columns = labels.count
    let kept = (places ?? Array(0..<filmCount)).filter { films.isKnown[$0 * columns + column] }
    return Known(
      films: kept, scores: kept.map { scores[$0 * columns + column] },
      truths: kept.map { films.truths[$0 * columns + column] },
      patients: films.patients.selecting(kept))
  }
}
