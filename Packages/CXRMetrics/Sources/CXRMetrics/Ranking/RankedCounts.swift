/// True and false positives at each distinct score, from the highest down.
struct RankedCounts {
  /// The distinct scores, falling.
  private(set) var thresholds: [Float] = []
  /// Films with the finding that score at least the threshold.
  private(set) var truePositives: [Int] = []
  /// Films without it that do.
  private(set) var falsePositives: [Int] = []

  var positives: Int { truePositives.last ?? 0 }
  var negatives: Int { falsePositives.last ?? 0 }

  init(scores: [Float], labels: [Bool]) {
    precondition(
      scores.count == labels.count, "\(scores.count) scores for \(labels.count) labels")
    precondition(scores.allSatisfy(\.isFinite), "a score is not finite")
    // A sortable integer a film: the score's order in the upper half, the label in the lowest bit.
    var keys = [UInt64](unsafeUninitializedCapacity: scores.count) { buffer, count in
      for i in scores.indices {
        let bits = (scores[i] == 0 ? 0 : scores[i]).bitPattern  // −0 ranks as 0
        let rising = bits >> 31 == 1 ? ~bits : bits | 0x8000_0000
        buffer[i] = UInt64(~rising) << 32 | (labels[i] ? 1 : 0)
      }
      count = scores.count
    }
    keys.sort()
    var (tp, fp) = (0, 0)
    for (i, key) in keys.enumerated() {
      if key & 1 == 1 { tp += 1 } else { fp += 1 }
      if i + 1 < keys.count, keys[i + 1] >> 32 == key >> 32 { continue }
      let rising = ~UInt32(truncatingIfNeeded: key >> 32)
      let bits = rising >> 31 == 1 ? rising & 0x7FFF_FFFF : ~rising
      thresholds.append(Float(bitPattern: bits))
      truePositives.append(tp)
      falsePositives.append(fp)
    }
  }
}
