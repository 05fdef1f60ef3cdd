/// The probability that a model trained with class weights would give without them.
///
/// A weighted cross-entropy w₊·y·log p + w₋·(1 − y)·log(1 − p) is least where the odds are w₊/w₋ times those of the
/// finding; so the odds divided by `ratio` = w₊/w₋ are, in the ideal, those of the finding: p/(p + w(1 − p)).
///
/// - Parameters:
///   - probability: 0…1.
///   - ratio: w₊/w₋, positive.
public func weightCorrected(_ probability: Double, ratio: Double) -> Double {
  precondition(ratio > 0, "weightCorrected: a ratio of \(ratio)")
  checkProbabilities([probability], in: "weightCorrected")
  return probability / (probability + ratio * (1 - probability))
}
