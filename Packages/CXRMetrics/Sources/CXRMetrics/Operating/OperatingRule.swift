/// How a label's threshold is chosen from scores and truths.
///
/// Where several thresholds are equally good, the lowest is taken: a missed disease costs more than a false
/// alarm.
public enum OperatingRule: Sendable, Hashable {
  /// The largest sensitivity + specificity (Youden, Cancer 3, 1950).
  case youden
  /// The highest threshold with at least this sensitivity: above 0, at most 1.
  case sensitivity(Double)
  /// The lowest threshold with at least this specificity: above 0, at most 1.
  case specificity(Double)
  /// The largest F1.
  case bestF1
  /// The least cost, where a miss costs as much as this many false alarms: above 0, finite.
  case cost(ofMiss: Double)

  /// The threshold, above which (strictly) a film is called positive. Between two scores it is their middle, in 32 bits
  /// where both are 32-bit numbers, as a network's are; below all scores, where every film is called positive, it is the
  /// number before the least, or 1 less than the least where that is not positive.
  ///
  /// `nil` unless both kinds occur, and where all scores are equal: no threshold parts films that score alike.
  ///
  /// Traps where the rule's number is out of its range, as in `.sensitivity(90)`; what people write is asked by
  /// ``init(_:)``, which is `nil` then.
  ///
  /// - Parameters:
  ///   - scores: `[n]`, finite, in any unit.
  ///   - labels: `[n]`, whether each film has the finding.
  public func threshold(scores: [Double], labels: [Bool]) -> Double? {
    precondition(
      isPossible, "OperatingRule: \(self) is out of range: shares are within 0…1, costs above 0")
    let ranked = RankedCounts(scores: scores, labels: labels)
    let (positives, negatives) = (Double(ranked.positives), Double(ranked.negatives))
    guard positives > 0, negatives > 0, ranked.thresholds.count > 1 else { return nil }
    // Choice i calls the films of the i highest distinct scores positive.
    func counts(_ choice: Int) -> (tp: Double, fp: Double) {
      choice == 0
        ? (0, 0)
        : (Double(ranked.truePositives[choice - 1]), Double(ranked.falsePositives[choice - 1]))
    }
    let choices = 0...ranked.thresholds.count
    func best(_ value: ((tp: Double, fp: Double)) -> Double) -> Int {
      var (best, choice) = (-Double.infinity, 0)
      for candidate in choices {
        let candidateValue = value(counts(candidate))
        if candidateValue >= best { (best, choice) = (candidateValue, candidate) }
      }
      return choice
    }
    let choice =
      switch self {
      case .youden: best { $0.tp * negatives - $0.fp * positives }
      case .bestF1: best { 2 * $0.tp / (positives + $0.tp + $0.fp) }
      case .cost(let ofMiss): best { -(ofMiss * (positives - $0.tp) + $0.fp) }
      case .sensitivity(let least):
        choices.first { counts($0).tp / positives >= least } ?? choices.upperBound
      case .specificity(let least):
        choices.last { (negatives - counts($0).fp) / negatives >= least } ?? 0
      }
    return Self.threshold(after: choice, of: ranked.thresholds)
  }

  /// A number below the `choice` highest scores and not below the others.
  private static func threshold(after choice: Int, of scores: [Double]) -> Double {
    guard choice > 0 else { return scores[0] }
    let above = scores[choice - 1]
    guard choice < scores.count else {
      return Float(exactly: above).map { Double(number(below: $0)) } ?? number(below: above)
    }
    let below = scores[choice]
    if let above = Float(exactly: above), let below = Float(exactly: below) {
      return Double(middle(above, below))
    }
    return middle(above, below)
  }

  /// Below `above` and not below `below`.
  private static func middle<Score: BinaryFloatingPoint>(_ above: Score, _ below: Score) -> Score {
    let middle = above / 2 + below / 2
    return middle < above && middle >= below ? middle : below
  }

  /// The number before 0 is a hair below it, and would be printed as -0.000.
  private static func number<Score: BinaryFloatingPoint>(below score: Score) -> Score {
    score > 0 ? score.nextDown : min(score.nextDown, score - 1)
  }
}

extension OperatingRule: LosslessStringConvertible {
  /// Whether the rule's number is in its range.
  private var isPossible: Bool {
    switch self {
    case .youden, .bestF1: true
    case .sensitivity(let share), .specificity(let share): share > 0 && share <= 1
    case .cost(let ofMiss): ofMiss > 0 && ofMiss.isFinite
    }
  }

  /// `youden`, `sensitivity=0.9`, `specificity=0.9`, `f1` or `cost=5`; `nil` for other words and for numbers out of range.
  public init?(_ description: String) {
    let parts = description.split(separator: "=", omittingEmptySubsequences: false)
    let number = parts.count == 2 ? Double(parts[1]) : nil
    switch (parts.first, parts.count, number) {
    case ("youden", 1, _): self = .youden
    case ("f1", 1, _): self = .bestF1
    case ("sensitivity", 2, let share?): self = .sensitivity(share)
    case ("specificity", 2, let share?): self = .specificity(share)
    case ("cost", 2, let cost?): self = .cost(ofMiss: cost)
    default: return nil
    }
    guard isPossible else { return nil }
  }

  public var description: String {
    switch self {
    case .youden: "youden"
    case .sensitivity(let share): "sensitivity=\(share)"
    case .specificity(let share): "specificity=\(share)"
    case .bestF1: "f1"
    case .cost(let ofMiss): "cost=\(ofMiss)"
    }
  }
}
