import Foundation

/// Figures of one finding by plain counting, apart from `CXRMetrics`.
struct RecomputedFigures {
  /// Of each film: what the model says, and whether the finding is there.
  let films: [(score: Double, truth: Bool, patient: String)]

  private var positives: [Double] { films.filter(\.truth).map(\.score) }
  private var negatives: [Double] { films.filter { !$0.truth }.map(\.score) }

  var positiveCount: Int { positives.count }
  var patientsWith: Int { Set(films.filter(\.truth).map(\.patient)).count }
  var patientsWithout: Int { Set(films.filter { !$0.truth }.map(\.patient)).count }

  /// The share of pairs of a film with and one without the finding that are ranked rightly.
  var auc: Double? {
    guard !positives.isEmpty, !negatives.isEmpty else { return nil }
    var sum = 0.0
    for positive in positives {
      for negative in negatives {
        sum += positive > negative ? 1 : positive == negative ? 0.5 : 0
      }
    }
    return sum / Double(positives.count * negatives.count)
  }

  /// The precision at each score of a film with the finding, as many times as there are such films.
  var averagePrecision: Double? {
    guard !positives.isEmpty else { return nil }
    return positives.reduce(0) { sum, score in
      let (right, wrong) = (
        positives.filter { $0 >= score }.count, negatives.filter { $0 >= score }.count
      )
      return sum + Double(right) / Double(right + wrong)
    } / Double(positives.count)
  }

  struct Counts: Equatable {
    var (truePositives, falsePositives, trueNegatives, falseNegatives) = (0, 0, 0, 0)

    static func + (left: Self, right: Self) -> Self {
      Counts(
        truePositives: left.truePositives + right.truePositives,
        falsePositives: left.falsePositives + right.falsePositives,
        trueNegatives: left.trueNegatives + right.trueNegatives,
        falseNegatives: left.falseNegatives + right.falseNegatives)
    }

    private func share(_ part: Int, _ whole: Int) -> Double? {
      whole == 0 ? nil : Double(part) / Double(whole)
    }
    var positives: Int { truePositives + falseNegatives }
    var all: Int { positives + trueNegatives + falsePositives }
    var sensitivity: Double? { share(truePositives, positives) }
    var specificity: Double? { share(trueNegatives, trueNegatives + falsePositives) }
    var ppv: Double? { share(truePositives, truePositives + falsePositives) }
    var npv: Double? { share(trueNegatives, trueNegatives + falseNegatives) }
    var f1: Double? {
      share(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
    }
    var accuracy: Double? {
      share(
        truePositives + trueNegatives,
        truePositives + trueNegatives + falsePositives + falseNegatives)
    }

    /// What is estimated at a threshold: its key in documents, its title on a page, and its value.
    var estimates: [(key: String, title: String, value: Double?)] {
      [
        ("sensitivity", "sensitivity", sensitivity), ("specificity", "specificity", specificity),
        ("ppv", "PPV", ppv), ("npv", "NPV", npv),
        (
          "false_alarms_per_found", "false alarms per found", share(falsePositives, truePositives)
        ),
      ]
    }
    static let keys = Counts().estimates.map(\.key)
    static let titles = Counts().estimates.map(\.title)

    /// The predictive value of an alarm where so many have the finding (Bayes).
    func ppv(prevalence: Double) -> Double? {
      guard let sensitivity, let specificity else { return nil }
      let alarms = sensitivity * prevalence + (1 - specificity) * (1 - prevalence)
      return alarms > 0 ? sensitivity * prevalence / alarms : nil
    }
  }

  /// A film is called positive where its score is above the threshold.
  func counts(above threshold: Double) -> Counts {
    Counts(
      truePositives: positives.filter { $0 > threshold }.count,
      falsePositives: negatives.filter { $0 > threshold }.count,
      trueNegatives: negatives.filter { $0 <= threshold }.count,
      falseNegatives: positives.filter { $0 <= threshold }.count)
  }

  /// The mean squared distance from what is true, of scores read by `map`.
  func brier(_ map: (Double) -> Double) -> Double {
    films.reduce(0) { $0 + pow(map($1.score) - ($1.truth ? 1 : 0), 2) } / Double(films.count)
  }

  /// Ten groups of as many films by rising probability; films of one score stay together.
  func groups(_ map: (Double) -> Double) -> [(predicted: Double, films: Int, positives: Int)] {
    let sorted = films.map { (score: $0.score, says: map($0.score), truth: $0.truth) }
      .sorted { $0.says < $1.says }
    var firsts: [Double: Int] = [:]
    for (place, film) in sorted.enumerated() where firsts[film.score] == nil {
      firsts[film.score] = place
    }
    return (0..<10).compactMap { group in
      // A film belongs to the first group whose end lies beyond the first film of its score.
      let own = sorted.filter { film in
        (0..<9).first { firsts[film.score] ?? 0 < ($0 + 1) * sorted.count / 10 } ?? 9 == group
      }
      guard !own.isEmpty else { return nil }
      return (
        own.reduce(0) { $0 + $1.says } / Double(own.count), own.count, own.filter(\.truth).count
      )
    }
  }

  /// The mean distance between what is said and what is so, over groups weighed by films.
  func calibrationError(_ map: (Double) -> Double) -> Double {
    groups(map).reduce(0) {
      $0 + abs($1.predicted * Double($1.films) - Double($1.positives))
    } / Double(films.count)
  }
}

/// How a checkpoint says that outputs become probabilities: by scale and shift of their log-odds.
struct StatedLine {
  let scale: Double
  let shift: Double

  init(scale: Double, shift: Double) { (self.scale, self.shift) = (scale, shift) }

  /// `nil` where the checkpoint has none.
  init?(_ tree: JSONTree) throws {
    guard let scale = try? tree.number("scale"), let shift = try? tree.number("shift") else {
      return nil
    }
    (self.scale, self.shift) = (scale, shift)
  }

  func callAsFunction(_ output: Double) -> Double {
    1 / (1 + exp(-(scale * log(output / (1 - output)) + shift)))
  }
}
