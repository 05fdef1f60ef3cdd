/// Precision against recall as the threshold falls.
public struct PrecisionRecallCurve: Sendable, Equatable {
  /// TP/(TP + FP) at each threshold.
  public let precisions: [Double]
  /// TP/P at each threshold, rising to 1.
  public let recalls: [Double]
  /// The distinct scores, falling; a film is called positive where its score is at least this.
  public let thresholds: [Double]

  /// The curve of scores against labels, `nil` unless some film has the finding.
  public init?(scores: [Double], labels: [Bool]) {
    let steps = RankedCounts(scores: scores, labels: labels)
    guard steps.positives > 0 else { return nil }
    precisions = zip(steps.truePositives, steps.falsePositives).map {
      Double($0) / Double($0 + $1)
    }
    recalls = steps.truePositives.map { Double($0) / Double(steps.positives) }
    thresholds = steps.thresholds
  }

  /// Σ (Rₖ − Rₖ₋₁)·Pₖ, without interpolation, 0…1.
  public var averagePrecision: Double {
    var (sum, last) = (0.0, 0.0)
    for (precision, recall) in zip(precisions, recalls) {
      sum += (recall - last) * precision
      last = recall
    }
    return sum
  }
}

/// Average precision, 0…1; `nil` unless some film has the finding. See
/// ``PrecisionRecallCurve/averagePrecision``.
public func averagePrecision(scores: [Double], labels: [Bool]) -> Double? {
  PrecisionRecallCurve(scores: scores, labels: labels)?.averagePrecision
}
