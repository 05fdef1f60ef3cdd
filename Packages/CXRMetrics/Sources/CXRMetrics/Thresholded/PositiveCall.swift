/// Whether a film is called positive: its score is above the threshold, strictly.
///
/// The one rule of all counts, curves of decisions, tables, examples and answers: a film on its threshold is called negative,
/// as in Keras's metrics and as ``OperatingRule`` chooses thresholds. Two exceptions, for the sake of equal numbers elsewhere:
/// ``DetectionRates`` counts a film on its threshold as neither found nor cleared, as the reference does, and
/// ``ROCCurve/thresholds`` and ``PrecisionRecallCurve/thresholds`` are, as scikit-learn's, scores from which on a film is
/// called positive.
///
/// - Parameters:
///   - score: of the film, in any unit.
///   - threshold: in the same unit.
public func isCalledPositive(_ score: Double, above threshold: Double) -> Bool {
  score > threshold
}
