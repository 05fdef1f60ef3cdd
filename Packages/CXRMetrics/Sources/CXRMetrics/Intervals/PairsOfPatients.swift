/// Pairs of a film with the finding and one without it, counted by patient.
struct PairsOfPatients {
  private(set) var positives = 0
  private(set) var negatives = 0
  /// Patients with a film that has the finding.
  private(set) var patientsWith = 0
  /// Patients with a film that lacks it.
  private(set) var patientsWithout = 0
  /// The first, in patients of equal weight.
  private(set) var effectiveWith = 0.0
  /// The second, in patients of equal weight.
  private(set) var effectiveWithout = 0.0
  /// The area under the ROC curve; NaN unless both kinds occur.
  private(set) var area = Double.nan
  /// By patient, how far the area without that patient is from the mean of such areas, times √((n − 1)/n): the squares add up
  /// to the jackknife's variance. 0 of who cannot be left out, or has no films.
  private(set) var jackknife: [Double]

  /// - Parameters:
  ///   - order: the films' places by falling score.
  ///   - scores: `[n]`.
  ///   - labels: `[n]`.
  ///   - patients: `[n]`.
  init(order: [Int], scores: [Double], labels: [Bool], patients: PatientIndex) {
    let owners = patients.numbers
    var with = [Int](repeating: 0, count: patients.count)
    var without = with
    for (film, label) in labels.enumerated() {
      if label { with[owners[film]] += 1 } else { without[owners[film]] += 1 }
    }
    jackknife = [Double](repeating: 0, count: patients.count)
    positives = with.reduce(0, +)
    negatives = without.reduce(0, +)
    patientsWith = with.count { $0 > 0 }
    patientsWithout = without.count { $0 > 0 }
    effectiveWith = PatientIndex.effectiveCount(ofFilms: with)
    effectiveWithout = PatientIndex.effectiveCount(ofFilms: without)
    guard positives > 0, negatives > 0 else { return }
    // Twice the pairs ranked rightly: all of them, those that a patient's films are part of, and those within a patient.
    var (all, part, within) = (
      0, [Int](repeating: 0, count: patients.count), [Int](repeating: 0, count: patients.count)
    )
    var (above, withAbove) = (0, [Int](repeating: 0, count: patients.count))
    var seen = 0
    var start = 0
    while start < order.count {
      var end = start
      var (tied, tiedWithout) = (0, 0)
      while end < order.count, scores[order[end]] == scores[order[start]] {
        if labels[order[end]] { tied += 1 } else { tiedWithout += 1 }
        end += 1
      }
      let films = order[start..<end]
      // Of this score, counted twice while pairs of equal score are: once by what stood above, once with what stands here.
      for film in films where !labels[film] { within[owners[film]] += withAbove[owners[film]] }
      for film in films where labels[film] { withAbove[owners[film]] += 1 }
      for film in films where !labels[film] { within[owners[film]] += withAbove[owners[film]] }
      for film in films {
        part[owners[film]] +=
          labels[film] ? 2 * (negatives - seen) - tiedWithout : 2 * above + tied
      }
      all += tiedWithout * (2 * above + tied)
      above += tied
      seen += tiedWithout
      start = end
    }
    area = Double(all) / 2 / (Double(positives) * Double(negatives))
    var left: [(patient: Int, area: Double)] = []
    for patient in with.indices where with[patient] + without[patient] > 0 {
      let (m, n) = (positives - with[patient], negatives - without[patient])
      guard m > 0, n > 0 else { continue }
      let pairs = all - part[patient] + within[patient]
      left.append((patient, Double(pairs) / 2 / (Double(m) * Double(n))))
    }
    guard left.count > 1 else { return }
    let count = Double(left.count)
    let mean = left.reduce(0) { $0 + $1.area } / count
    let shrinkage = ((count - 1) / count).squareRoot()
    for (patient, area) in left { jackknife[patient] = (mean - area) * shrinkage }
  }
}
