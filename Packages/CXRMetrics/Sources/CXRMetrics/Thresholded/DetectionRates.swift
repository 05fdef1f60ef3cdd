/// How many of the positives and of the negatives a model finds.
///
/// A positive is found where p is above the threshold, a negative where p is below; a film exactly on it is neither. So the
/// reference counts; everything else here calls such a film negative (``isCalledPositive(_:above:)``).
public struct DetectionRates: Sendable, Equatable {
  /// Positives with p above the threshold.
  public var positivesFound = 0
  /// All positives.
  public var positives = 0
  /// Negatives with p below the threshold.
  public var negativesFound = 0
  /// All negatives.
  public var negatives = 0

  /// No films.
  public init() {}

  /// Counts films.
  ///
  /// - Parameters:
  ///   - scores: `[n]`, in any unit.
  ///   - labels: `[n]`, whether each film has the finding.
  ///   - threshold: in the unit of the scores; 0.5 unless said otherwise.
  public init(
    scores: some Collection<Double>, labels: some Collection<Bool>, threshold: Double = 0.5
  ) {
    precondition(
      scores.count == labels.count, "\(scores.count) scores for \(labels.count) labels")
    for (score, label) in zip(scores, labels) {
      if label {
        positives += 1
        if isCalledPositive(score, above: threshold) { positivesFound += 1 }
      } else {
        negatives += 1
        if score < threshold { negativesFound += 1 }
      }
    }
  }

  /// The sum of both counts.
  public static func + (left: Self, right: Self) -> Self {
    var sum = left
    sum.positivesFound += right.positivesFound
    sum.positives += right.positives
    sum.negativesFound += right.negativesFound
    sum.negatives += right.negatives
    return sum
  }

  /// Positives found, in percent; `nil` without positives.
  public var positivesFoundPercent: Double? {
    positives > 0 ? 100 * Double(positivesFound) / Double(positives) : nil
  }
  /// Negatives found, in percent; `nil` without negatives.
  public var negativesFoundPercent: Double? {
    negatives > 0 ? 100 * Double(negativesFound) / Double(negatives) : nil
  }
}
