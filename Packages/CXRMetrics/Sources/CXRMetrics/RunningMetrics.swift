/// The metrics of a training log, gathered batch by batch over all labels, as Keras's
/// `BinaryAccuracy`, `Precision`, `Recall` and `AUC(multi_label=True)` do; a label without both kinds is left out
/// of the AUC, where Keras counts it as 0.
public struct RunningMetrics: Sendable, Equatable {
  /// Thresholds of the AUC, as Keras's default.
  public static let thresholds = 200

  /// Pooled over all labels and films, at p > 0.5.
  public private(set) var counts = ConfusionCounts()
  /// Films with the finding by label and score bucket, `[K][200]`.
  public private(set) var positives: [[Int]]
  /// Films without it by label and score bucket, `[K][200]`.
  public private(set) var negatives: [[Int]]

  /// Nothing gathered yet, for `labels` labels.
  public init(labels: Int) {
    positives = [[Int]](repeating: [Int](repeating: 0, count: Self.thresholds), count: labels)
    negatives = positives
  }

  /// Goes on from what another gathered; `nil` where these are no counts that it could have.
  public init?(counts: ConfusionCounts, positives: [[Int]], negatives: [[Int]]) {
    let all = [
      counts.truePositives, counts.falsePositives, counts.trueNegatives, counts.falseNegatives,
    ]
    let largest = 1 << 40
    guard positives.count == negatives.count,
      (positives + negatives).allSatisfy({ $0.count == Self.thresholds }),
      (positives + negatives).joined().allSatisfy({ (0...largest).contains($0) }),
      all.allSatisfy({ (0...largest).contains($0) }),
      positives.joined().reduce(0, +) == counts.truePositives + counts.falseNegatives,
      negatives.joined().reduce(0, +) == counts.trueNegatives + counts.falsePositives
    else { return nil }
    (self.counts, self.positives, self.negatives) = (counts, positives, negatives)
  }

  /// Adds a batch.
  ///
  /// - Parameters:
  ///   - probabilities: `[N, K]`, each in 0…1.
  ///   - labels: `[N, K]`, each 0 or 1, or NaN where unknown: such a cell is left out.
  public mutating func add(probabilities: [Float], labels: [Float]) {
    let classes = positives.count
    precondition(
      probabilities.count == labels.count && classes > 0 && labels.count % classes == 0,
      "\(probabilities.count) probabilities and \(labels.count) labels for \(classes) classes")
    for i in labels.indices where !labels[i].isNaN {
      let (p, isPositive) = (probabilities[i], labels[i] > 0.5)
      // The largest index t with p above threshold t: thresholds are −10⁻⁷, i/199, 1 + 10⁻⁷.
      let scaled = (min(max(p, 0), 1) * Float(Self.thresholds - 1)).rounded(.up)
      let bucket = max((scaled.isNaN ? 0 : Int(scaled)) - 1, 0)
      switch (isCalledPositive(Double(p), above: 0.5), isPositive) {
      case (true, true): counts.truePositives += 1
      case (true, false): counts.falsePositives += 1
      case (false, false): counts.trueNegatives += 1
      case (false, true): counts.falseNegatives += 1
      }
      if isPositive {
        positives[i % classes][bucket] += 1
      } else {
        negatives[i % classes][bucket] += 1
      }
    }
  }

  /// Cells called right, of all; `nil` before the first batch.
  public var binaryAccuracy: Double? { counts.accuracy }
  /// Pooled precision, 0 where undefined, as Keras.
  public var precision: Double { counts.precision ?? 0 }
  /// Pooled recall, 0 where undefined, as Keras.
  public var recall: Double { counts.recall ?? 0 }

  /// The mean area under 200 points of the ROC curve, 0…1, over the labels of which films with and without were seen;
  /// `nil` where there is none. For real figures use ``rocAUC(scores:labels:)``.
  public var approximateAUC: Double? { definedMean(approximateAreas) }

  /// As ``approximateAUC``, but a label of one kind counts 0 and no labels are 0, as in Keras.
  public var kerasAUC: Double {
    let areas = approximateAreas.map { $0 ?? 0 }
    return areas.isEmpty ? 0 : areas.reduce(0, +) / Double(areas.count)
  }

  /// The area under 200 points of each label's ROC curve, `[K]`; `nil` unless both kinds were seen.
  private var approximateAreas: [Double?] {
    zip(positives, negatives).map { positives, negatives in
      guard let tpr = Self.rates(positives), let fpr = Self.rates(negatives) else { return nil }
      var area = 0.0
      for i in 0..<Self.thresholds - 1 {
        area += (fpr[i] - fpr[i + 1]) * (tpr[i] + tpr[i + 1]) / 2
      }
      return area
    }
  }

  /// The share of films above each threshold, `[200]`; `nil` without films.
  private static func rates(_ buckets: [Int]) -> [Double]? {
    let total = buckets.reduce(0, +)
    guard total > 0 else { return nil }
    var above = 0
    var rates = [Double](repeating: 0, count: buckets.count)
    for i in buckets.indices.reversed() {
      above += buckets[i]
      rates[i] = Double(above) / Double(total)
    }
    return rates
  }
}
