/// True and false positives at each distinct score, from the highest down.
struct RankedCounts {
  /// The distinct scores, falling.
  private(set) var thresholds: [Double] = []
  /// Films with the finding that score at least the threshold.
  private(set) var truePositives: [Int] = []
  /// Films without it that do.
  private(set) var falsePositives: [Int] = []

  var positives: Int { truePositives.last ?? 0 }
  var negatives: Int { falsePositives.last ?? 0 }

  /// - Parameters:
  ///   - scores: `[n]`, finite, in any unit; two that differ in their last bit differ.
  ///   - labels: `[n]`, whether each film has the finding.
  init(scores: [Double], labels: [Bool]) {
    precondition(
      scores.count == labels.count, "\(scores.count) scores for \(labels.count) labels")
    precondition(scores.allSatisfy(\.isFinite), "a score is not finite")
    // Either kind falling, then both together: numbers alone sort faster than numbers with labels.
    var kinds: (with: [Double], without: [Double]) = ([], [])
    for (score, label) in zip(scores, labels) {
      if label { kinds.with.append(score) } else { kinds.without.append(score) }
    }
    kinds.with.sort(by: >)
    kinds.without.sort(by: >)
    let (with, without) = kinds
    var (tp, fp) = (0, 0)
    while tp < with.count || fp < without.count {
      let threshold = max(
        tp < with.count ? with[tp] : -.infinity, fp < without.count ? without[fp] : -.infinity)
      while tp < with.count, with[tp] == threshold { tp += 1 }
      while fp < without.count, without[fp] == threshold { fp += 1 }
      thresholds.append(threshold == 0 ? 0 : threshold)  // −0 ranks as 0
      truePositives.append(tp)
      falsePositives.append(fp)
    }
  }
}
