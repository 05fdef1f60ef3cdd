/// The receiver operating characteristic: the true-positive rate against the false-positive rate as
/// the threshold falls.
public struct ROCCurve: Sendable, Equatable {
  /// FP/N at each point, rising from 0 to 1.
  public let falsePositiveRates: [Double]
  /// TP/P at each point, rising from 0 to 1.
  public let truePositiveRates: [Double]
  /// A film is called positive where its score is at least this; the first is infinite.
  public let thresholds: [Double]

  /// The curve of scores against labels, `nil` unless both kinds occur.
  ///
  /// - Parameters:
  ///   - scores: one a film, finite, in any unit.
  ///   - labels: whether each film has the finding.
  ///   - dropIntermediate: leave out points on a straight line, as scikit-learn's `roc_curve` does.
  public init?(scores: [Double], labels: [Bool], dropIntermediate: Bool = true) {
    let steps = RankedCounts(scores: scores, labels: labels)
    let (positives, negatives) = (steps.positives, steps.negatives)
    guard positives > 0, negatives > 0 else { return nil }
    let count = steps.thresholds.count
    let kept = (0..<count).filter { i in
      guard dropIntermediate, count > 2, i > 0, i < count - 1 else { return true }
      func bends(_ x: [Int]) -> Bool { x[i + 1] - 2 * x[i] + x[i - 1] != 0 }
      return bends(steps.falsePositives) || bends(steps.truePositives)
    }
    falsePositiveRates = [0] + kept.map { Double(steps.falsePositives[$0]) / Double(negatives) }
    truePositiveRates = [0] + kept.map { Double(steps.truePositives[$0]) / Double(positives) }
    thresholds = [.infinity] + kept.map { steps.thresholds[$0] }
  }
}

/// The area under the ROC curve, 0…1: the chance that a film with the finding scores higher than one
/// without, ties counting half. `nil` unless both kinds occur.
public func rocAUC(scores: [Double], labels: [Bool]) -> Double? {
  let steps = RankedCounts(scores: scores, labels: labels)
  guard steps.positives > 0, steps.negatives > 0 else { return nil }
  // Twice the area in whole film pairs: exact, so that the order of films cannot change the result.
  var (twice, tp, fp) = (0, 0, 0)
  for i in steps.thresholds.indices {
    twice += (steps.falsePositives[i] - fp) * (steps.truePositives[i] + tp)
    (tp, fp) = (steps.truePositives[i], steps.falsePositives[i])
  }
  return Double(twice) / 2 / (Double(steps.positives) * Double(steps.negatives))
}
