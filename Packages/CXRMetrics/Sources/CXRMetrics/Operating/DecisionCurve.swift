/// What calling films by a probability is worth, for whoever would rather raise so many false alarms than miss one finding
/// (Vickers and Elkin, Medical Decision Making 26, 2006).
///
/// Who acts above a probability t takes (1 − t)/t false alarms for one finding found. The net benefit is findings found
/// less false alarms at this exchange, a film: TP/n − FP/n · t/(1 − t). Calling no film is worth 0. It holds as
/// far as the probabilities do.
public struct DecisionCurve: Sendable, Equatable {
  /// At one threshold.
  public struct Point: Sendable, Equatable {
    /// As a probability, above which (strictly) a film is called: 0…1, the ends excluded.
    public let threshold: Double
    /// Findings a film that calling by the probabilities is worth; at most the share of films with the finding.
    public let netBenefit: Double
    /// The same of calling all films.
    public let ofAll: Double
  }

  /// By rising threshold; empty without films.
  public let points: [Point]

  /// From one in a hundred to one in two: from 99 false alarms for a finding to one.
  public static let usualThresholds = (1...50).map { Double($0) / 100 }

  /// Counts films.
  ///
  /// - Parameters:
  ///   - probabilities: `[n]`, each in 0…1: traps where one is not.
  ///   - labels: `[n]`, whether each film has the finding.
  ///   - thresholds: rising, each in 0…1, the ends excluded; ``usualThresholds`` unless said otherwise.
  public init(
    probabilities: [Double], labels: [Bool], thresholds: [Double] = usualThresholds
  ) {
    precondition(
      probabilities.count == labels.count,
      "\(probabilities.count) probabilities for \(labels.count) labels")
    checkProbabilities(probabilities, in: "DecisionCurve")
    precondition(
      thresholds.allSatisfy { $0 > 0 && $0 < 1 }, "thresholds \(thresholds) are not within 0…1")
    let count = Double(labels.count)
    let positives = labels.count { $0 }
    points =
      labels.isEmpty
      ? []
      : thresholds.map { threshold in
        var (found, alarms) = (0, 0)
        for (probability, label) in zip(probabilities, labels)
        where isCalledPositive(probability, above: threshold) {
          if label { found += 1 } else { alarms += 1 }
        }
        let exchange = threshold / (1 - threshold)
        return Point(
          threshold: threshold,
          netBenefit: Double(found) / count - Double(alarms) / count * exchange,
          ofAll: Double(positives) / count - Double(labels.count - positives) / count * exchange)
      }
  }
}
