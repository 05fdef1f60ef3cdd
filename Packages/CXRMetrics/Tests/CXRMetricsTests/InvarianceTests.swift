import CXRFiles
import Testing

@testable import CXRMetrics

/// What must hold for every metric, whatever the films.
@Suite struct InvarianceTests {
  typealias Metric = @Sendable ([Double], [Bool]) -> Double?

  static let ranking: [(String, Metric)] = [
    ("rocAUC", { rocAUC(scores: $0, labels: $1) }),
    ("averagePrecision", { averagePrecision(scores: $0, labels: $1) }),
  ]
  static let thresholded: [(String, Metric)] = [
    ("precision", { ConfusionCounts(scores: $0, labels: $1).precision }),
    ("recall", { ConfusionCounts(scores: $0, labels: $1).recall }),
    ("specificity", { ConfusionCounts(scores: $0, labels: $1).specificity }),
    ("f1", { ConfusionCounts(scores: $0, labels: $1).f1 }),
    ("accuracy", { ConfusionCounts(scores: $0, labels: $1).accuracy }),
    ("positivesFound", { DetectionRates(scores: $0, labels: $1).positivesFoundPercent }),
    ("negativesFound", { DetectionRates(scores: $0, labels: $1).negativesFoundPercent }),
  ]

  private let scores: [Double] = (0..<60).map { Double(($0 * 37) % 23) / 23 }
  private let labels = (0..<60).map { ($0 * 29) % 7 < 3 }

  @Test func orderDoesNotMatter() {
    let order = (0..<60).map { ($0 * 17) % 60 }
    for (name, metric) in Self.ranking + Self.thresholded {
      #expect(
        metric(order.map { scores[$0] }, order.map { labels[$0] }) == metric(scores, labels),
        "\(name)")
    }
  }

  @Test func risingMapsKeepRankings() {
    for (name, metric) in Self.ranking {
      #expect(metric(scores.map { $0 * $0 * 5 + 1 }, labels) == metric(scores, labels), "\(name)")
      #expect(metric(scores.map { $0 - 9 }, labels) == metric(scores, labels), "\(name)")
    }
  }

  @Test func doublingEveryFilmChangesNothing() {
    for (name, metric) in Self.ranking + Self.thresholded {
      let (a, b) = (metric(scores + scores, labels + labels), metric(scores, labels))
      #expect(abs((a ?? .nan) - (b ?? .nan)) < 1e-12, "\(name)")
    }
  }

  @Test func oneClassIsUndefined() {
    let none = [Bool](repeating: false, count: 60)
    let all = [Bool](repeating: true, count: 60)
    #expect(rocAUC(scores: scores, labels: none) == nil)
    #expect(rocAUC(scores: scores, labels: all) == nil)
    #expect(ROCCurve(scores: scores, labels: all) == nil)
    #expect(averagePrecision(scores: scores, labels: none) == nil)
    #expect(averagePrecision(scores: scores, labels: all) == 1)
    #expect(ConfusionCounts(scores: scores, labels: none).recall == nil)
    #expect(DetectionRates(scores: scores, labels: none).positivesFoundPercent == nil)
    #expect(rocAUC(scores: [], labels: []) == nil)
  }

  @Test func tiesAreChance() {
    let tied = [Double](repeating: 0.3, count: 60)
    #expect(rocAUC(scores: tied, labels: labels) == 0.5)
    let share = Double(labels.filter { $0 }.count) / 60
    #expect(abs((averagePrecision(scores: tied, labels: labels) ?? 0) - share) < 1e-15)
    #expect(rocAUC(scores: [0, -0.0], labels: [true, false]) == 0.5)
  }

  @Test func aPerfectRankingIsOneAndItsReverseZero() {
    let perfect = labels.map { $0 ? 0.9 : 0.1 }
    #expect(rocAUC(scores: perfect, labels: labels) == 1)
    #expect(rocAUC(scores: perfect.map { -$0 }, labels: labels) == 0)
  }

  @Test func exactlyHalfIsNeitherFoundNorCleared() {
    let rates = DetectionRates(scores: [0.5, 0.5], labels: [true, false])
    #expect(rates.positivesFound == 0 && rates.negativesFound == 0)
    #expect(ConfusionCounts(scores: [0.5], labels: [true]).truePositives == 0)
  }

  @Test func aucIsTheShareOfRightlyOrderedPairs() {
    var wins = 0.0
    for i in 0..<60 where labels[i] {
      for j in 0..<60 where !labels[j] {
        wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
      }
    }
    let positives = labels.filter { $0 }.count
    let expected = wins / Double(positives * (60 - positives))
    #expect(abs((rocAUC(scores: scores, labels: labels) ?? 0) - expected) < 1e-15)
  }

  @Test func neighbouringScoresAreNoTie() {
    let score = 0.3
    #expect(rocAUC(scores: [score, score.nextUp], labels: [true, false]) == 0)
    #expect(rocAUC(scores: [-score, (-score).nextUp], labels: [false, true]) == 1)
  }

  @Test func aScoreOnAThresholdIsNotAboveIt() {
    var metrics = RunningMetrics(labels: 1)
    metrics.add(probabilities: [100 / 199, 100.5 / 199], labels: [1, 0])
    #expect(metrics.approximateAUC == 0)
  }

  /// Two scores that 32 bits cannot tell apart are two.
  @Test func scoresAreRankedInAllTheirDigits() {
    let close = [0.500_000_02, 0.500_000_01]
    #expect(Float(close[0]) == Float(close[1]))
    #expect(rocAUC(scores: close, labels: [true, false]) == 1)
    #expect(averagePrecision(scores: close, labels: [false, true]) == 0.5)
    #expect(ROCCurve(scores: close, labels: [true, false])?.thresholds == [.infinity] + close)
    #expect(DeLong(scores: close, labels: [true, false])?.auc == 1)
    #expect(
      ConfusionCounts(scores: close, labels: [true, false], threshold: close[1]).accuracy == 1)
    for score in [1e-300, Double.leastNonzeroMagnitude, 0.1, 1, 1e300, -1e-300, -2] {
      #expect(rocAUC(scores: [score.nextUp, score], labels: [true, false]) == 1, "\(score)")
    }
  }

  /// A label without both kinds takes no part in the log's mean, where Keras counts it as 0.
  @Test func undefinedLabelsAreLeftOutOfTheLog() {
    var metrics = RunningMetrics(labels: 3)
    #expect(metrics.approximateAUC == nil && metrics.kerasAUC == 0)
    // The first is ranked rightly; the second has no film with it, the third none without.
    metrics.add(
      probabilities: [0.9, 0.2, 0.6, 0.1, 0.7, 0.8], labels: [1, 0, 1, 0, 0, 1])
    #expect(metrics.approximateAUC == 1 && metrics.kerasAUC == 1.0 / 3)
    var alone = RunningMetrics(labels: 1)
    alone.add(probabilities: [0.9, 0.2], labels: [1, 1])
    #expect(alone.approximateAUC == nil && alone.kerasAUC == 0)
  }

  @Test func numbersRoundAsPythonDoes() {
    #expect(fixedPoint(0.125, digits: 2) == "0.12" && fixedPoint(0.375, digits: 2) == "0.38")
    #expect(fixedPoint(nil, digits: 2) == "n/a")
    // Python writes -0.00; nought has no sign.
    #expect(fixedPoint(-0.004, digits: 2) == "0.00" && fixedPoint(-0.0, digits: 0) == "0")
    #expect(fixedPoint(-0.006, digits: 2) == "-0.01" && fixedPoint(-10, digits: 0) == "-10")
  }
}
