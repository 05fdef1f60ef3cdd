/// How many films a threshold calls right and wrong.
public struct ConfusionCounts: Sendable, Equatable {
  /// With the finding and called positive.
  public var truePositives = 0
  /// Without it and called positive.
  public var falsePositives = 0
  /// Without it and called negative.
  public var trueNegatives = 0
  /// With it and called negative.
  public var falseNegatives = 0

  /// No films.
  public init() {}

  /// Counts films.
  ///
  /// - Parameters:
  ///   - scores: `[n]`, in any unit.
  ///   - labels: `[n]`, whether each film has the finding.
  ///   - threshold: above it (strictly) a film is called positive; 0.5 unless said otherwise.
  public init(
    scores: some Collection<Double>, labels: some Collection<Bool>, threshold: Double = 0.5
  ) {
    precondition(
      scores.count == labels.count, "\(scores.count) scores for \(labels.count) labels")
    for (score, label) in zip(scores, labels) {
      switch (isCalledPositive(score, above: threshold), label) {
      case (true, true): truePositives += 1
      case (true, false): falsePositives += 1
      case (false, false): trueNegatives += 1
      case (false, true): falseNegatives += 1
      }
    }
  }

  /// The sum of both counts.
  public static func + (left: Self, right: Self) -> Self {
    var sum = left
    sum.truePositives += right.truePositives
    sum.falsePositives += right.falsePositives
    sum.trueNegatives += right.trueNegatives
    sum.falseNegatives += right.falseNegatives
    return sum
  }

  /// Films with the finding.
  public var support: Int { truePositives + falseNegatives }
  /// All films.
  public var total: Int { support + trueNegatives + falsePositives }

  /// TP/(TP + FP); `nil` when nothing was called positive.
  public var precision: Double? { ratio(truePositives, truePositives + falsePositives) }
  /// TP/(TP + FN), also sensitivity; `nil` without a film that has the finding.
  public var recall: Double? { ratio(truePositives, support) }
  /// TN/(TN + FP); `nil` without a film that lacks the finding.
  public var specificity: Double? { ratio(trueNegatives, trueNegatives + falsePositives) }
  /// 2TP/(2TP + FP + FN); `nil` when there is neither a finding nor a positive call.
  public var f1: Double? {
    ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
  }
  /// Films called right, of all; `nil` without films.
  public var accuracy: Double? { ratio(truePositives + trueNegatives, total) }

  private func ratio(_ part: Int, _ whole: Int) -> Double? {
    whole > 0 ? Double(part) / Double(whole) : nil
  }
}
