import CXRData
import CXRMetrics

/// What a network, or another program, says of films, beside what is known of them.
///
/// Scores need only be finite: in 64 bits, as given, in any unit, the higher the likelier. Calibrations take them for
/// probabilities.
public struct FilmAnswers: Sendable {
  /// In column order.
  public let labels: [String]
  /// `[N, K]`, finite; of a network the outputs in 0…1.
  public let scores: [Double]
  /// `[N, K]`; `false` where unknown.
  public let truths: [Bool]
  /// Whether a truth is known, `[N, K]`.
  public let isKnown: [Bool]
  /// Whose the films are, `[N]`.
  public let patients: PatientIndex

  /// Gathers answers; sizes must agree.
  public init(
    labels: [String], scores: [Double], truths: [Bool], isKnown: [Bool],
    patients: PatientIndex
  ) {
    let cells = labels.count * patients.numbers.count
    precondition(
      scores.count == cells && truths.count == cells && isKnown.count == cells,
      "FilmAnswers: \(scores.count), \(truths.count), \(isKnown.count) cells of \(cells)")
    (self.labels, self.scores, self.truths) = (labels, scores, truths)
    (self.isKnown, self.patients) = (isKnown, patients)
  }

  /// Beside the rows of a collection.
  init(_ scores: [Double], rows: [Int], of collection: FilmCollection) {
    let (matrix, records) = (collection.matrix, collection.file.records)
    self.init(
      labels: matrix.labels, scores: scores,
      truths: rows.flatMap { row in matrix.labels.indices.map { matrix[row, $0] } },
      isKnown: rows.flatMap { row in matrix.labels.indices.map { matrix.isKnown(row, $0) } },
      patients: PatientIndex(rows.lazy.map { records[$0].patient }))
  }

  /// The number of films.
  public var filmCount: Int { patients.numbers.count }

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

  /// The answers about label `column`, for the films at `films`, or for all.
  public func known(label column: Int, films: [Int]? = nil) -> Known {
    let kept = (films ?? Array(0..<filmCount)).filter { isKnown[$0 * labels.count + column] }
    return Known(
      films: kept, scores: kept.map { scores[$0 * labels.count + column] },
      truths: kept.map { truths[$0 * labels.count + column] }, patients: patients.selecting(kept))
  }

  /// The same films with other scores, `[N, K]`.
  func replacing(scores: [Double]) -> FilmAnswers {
    FilmAnswers(
      labels: labels, scores: scores, truths: truths, isKnown: isKnown,
      patients: patients)
  }
}
