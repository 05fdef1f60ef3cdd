/// Whether a film is called positive: its score is above the threshold, strictly.
///
/// The one rule of all counts, tables, examples and answers: a film on its threshold is called negative, as in Keras's
/// metrics and as `OperatingRule` chooses thresholds.
///
/// - Parameters:
///   - score: of the film, in any unit.
///   - threshold: in the same unit.
public func isCalledPositive(_ score: Double, above threshold: Double) -> Bool {
  score > threshold
}
