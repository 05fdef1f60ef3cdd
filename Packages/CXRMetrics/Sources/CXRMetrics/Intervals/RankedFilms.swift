/// The films of one label by falling score, made for being counted many times with other weights.
struct RankedFilms: Sendable {
  /// A film: its patient's number above two bits, whether it has the finding, and whether the next film's score
  /// is another.
  private let codes: [UInt32]

  /// `order` holds the films' places by falling score.
  init(order: [Int], scores: [Double], labels: [Bool], patients: PatientIndex) {
    precondition(
      scores.count == labels.count && scores.count == patients.numbers.count,
      "\(scores.count) scores, \(labels.count) labels, \(patients.numbers.count) patients")
    precondition(scores.allSatisfy(\.isFinite), "a score is not finite")
    precondition(patients.count <= Int(UInt32.max >> 2), "\(patients.count) patients are too many")
    codes = order.indices.map { place in
      let film = order[place]
      let endsTie = place + 1 == order.count || scores[order[place + 1]] != scores[film]
      return UInt32(patients.numbers[film]) << 2 | (labels[film] ? 2 : 0) | (endsTie ? 1 : 0)
    }
  }

  /// What one counting gives; NaN where undefined.
  struct Counted {
    var auc = Double.nan
    var averagePrecision = Double.nan
  }

  /// The weighted counts of films with and without the finding.
  private func totals(_ weights: UnsafePointer<UInt16>) -> (positives: Int, negatives: Int) {
    var (positives, all) = (0, 0)
    for code in codes {
      let weight = Int(weights[Int(code >> 2)])
      positives += weight & -Int(code >> 1 & 1)
      all += weight
    }
    return (positives, all - positives)
  }

  /// AUC and average precision where each film counts as often as its patient was drawn.
  func counted(_ weights: UnsafePointer<UInt16>) -> Counted {
    var (tp, fp, lastTP, lastFP) = (0, 0, 0, 0)
    var (twice, sum) = (0, 0.0)
    codes.withUnsafeBufferPointer { codes in
      for code in codes {
        let weight = Int(weights[Int(code >> 2)])
        let positive = -Int(code >> 1 & 1)
        tp += weight & positive
        fp += weight & ~positive
        guard code & 1 == 1 else { continue }
        twice += (fp - lastFP) * (tp + lastTP)
        if tp > lastTP {
          sum += Double(tp - lastTP) * Double(tp) / Double(tp + fp)
          lastTP = tp
        }
        lastFP = fp
      }
    }
    var counted = Counted()
    if tp > 0 { counted.averagePrecision = sum / Double(tp) }
    if tp > 0, fp > 0 { counted.auc = Double(twice) / 2 / (Double(tp) * Double(fp)) }
    return counted
  }

  /// The same, with the true-positive rate at each false-positive rate `j / (count - 1)` written to `roc`, and
  /// the precision at each such recall to `precision`, `[count]` both; NaN where undefined.
  func counted(
    _ weights: UnsafePointer<UInt16>, roc: UnsafeMutablePointer<Float>,
    precision: UnsafeMutablePointer<Float>, count: Int
  ) -> Counted {
    roc.update(repeating: .nan, count: count)
    precision.update(repeating: .nan, count: count)
    let (positives, negatives) = totals(weights)
    let result = counted(weights)
    guard positives > 0 else { return result }
    let steps = Double(count - 1)
    var (tp, fp, lastTP, lastFP) = (0, 0, 0, 0)
    var (nextROC, nextPR) = (0, 0)
    for code in codes {
      let weight = Int(weights[Int(code >> 2)])
      if code & 2 == 2 { tp += weight } else { fp += weight }
      guard code & 1 == 1 else { continue }
      while negatives > 0, nextROC < count,
        Double(fp) * steps > Double(nextROC) * Double(negatives)
      {
        // Between two points of the curve it is a straight line.
        let at = Double(nextROC) / steps * Double(negatives)
        let share = fp > lastFP ? min(1, max(0, (at - Double(lastFP)) / Double(fp - lastFP))) : 1
        roc[nextROC] = Float(
          (Double(lastTP) + share * Double(tp - lastTP)) / Double(positives))
        nextROC += 1
      }
      while tp > 0, nextPR < count, Double(tp) * steps >= Double(nextPR) * Double(positives) {
        precision[nextPR] = Float(Double(tp) / Double(tp + fp))
        nextPR += 1
      }
      (lastTP, lastFP) = (tp, fp)
    }
    if negatives > 0 { roc[count - 1] = 1 }
    return result
  }
}
