import CXRMetrics
import Testing

/// Metrics against scikit-learn and Keras.
@Suite struct MetricTests {
  private struct Case: Decodable {
    struct Curve: Decodable {
      let fpr: [Double]
      let tpr: [Double]
      let thresholds: [Double]
    }
    struct Keras: Decodable {
      let auc: Double
      let precision: Double
      let recall: Double
      let binary_accuracy: Double
    }
    let name: String
    let labels: [String]
    let truth: [[Int]]
    let score: [[Float]]
    let auc: [Double?]
    let average_precision: [Double?]
    let roc: [Curve?]
    let precision: [Double]
    let recall: [Double]
    let f1: [Double]
    let support: [Int]
    let report: String
    let keras: Keras

    func column(_ k: Int) -> (scores: [Double], truths: [Bool]) {
      (score.map { Double($0[k]) }, truth.map { $0[k] == 1 })
    }
  }

  private let cases: [Case]

  init() throws { cases = try Fixture.json("metrics", as: [Case].self) }

  private func agree(_ a: Double?, _ b: Double?) -> Bool {
    switch (a, b) {
    case (nil, nil): true
    case (let a?, let b?): abs(a - b) <= 1e-12
    default: false
    }
  }

  @Test func rankingMetricsEqualScikitLearn() {
    for item in cases {
      for k in item.labels.indices {
        let (scores, truths) = item.column(k)
        #expect(agree(rocAUC(scores: scores, labels: truths), item.auc[k]), "\(item.name) \(k)")
        #expect(
          agree(averagePrecision(scores: scores, labels: truths), item.average_precision[k]),
          "\(item.name) \(k)")
        let curve = ROCCurve(scores: scores, labels: truths)
        #expect((curve == nil) == (item.roc[k] == nil), "\(item.name) \(k)")
        guard let curve, let expected = item.roc[k] else { continue }
        #expect(curve.falsePositiveRates == expected.fpr, "\(item.name) \(k)")
        #expect(curve.truePositiveRates == expected.tpr, "\(item.name) \(k)")
        #expect(Array(curve.thresholds.dropFirst()) == expected.thresholds)
      }
    }
  }

  @Test func thresholdedMetricsEqualScikitLearn() {
    for item in cases {
      for k in item.labels.indices {
        let (scores, truths) = item.column(k)
        let counts = ConfusionCounts(scores: scores, labels: truths)
        #expect(agree(counts.precision ?? 0, item.precision[k]), "\(item.name) \(k)")
        #expect(agree(counts.recall ?? 0, item.recall[k]), "\(item.name) \(k)")
        #expect(agree(counts.f1 ?? 0, item.f1[k]), "\(item.name) \(k)")
        #expect(counts.support == item.support[k])
      }
    }
  }

  @Test func reportEqualsScikitLearnByteForByte() {
    for item in cases {
      let report = ClassificationReport(
        names: item.labels, predictions: item.score.flatMap { $0.map { $0 > 0.5 } },
        labels: item.truth.flatMap { $0.map { $0 == 1 } })
      #expect(report.text == item.report, "\(item.name)")
    }
  }

  @Test func runningMetricsEqualKeras() {
    for item in cases {
      var metrics = RunningMetrics(labels: item.labels.count)
      for start in stride(from: 0, to: item.truth.count, by: 64) {
        let rows = start..<min(item.truth.count, start + 64)
        metrics.add(
          probabilities: item.score[rows].flatMap { $0 },
          labels: item.truth[rows].flatMap { $0.map(Float.init) })
      }
      #expect(abs(metrics.kerasAUC - item.keras.auc) < 1e-6, "\(item.name)")
      #expect(abs(metrics.precision - item.keras.precision) < 1e-6, "\(item.name)")
      #expect(abs(metrics.recall - item.keras.recall) < 1e-6, "\(item.name)")
      #expect(
        abs((metrics.binaryAccuracy ?? 0) - item.keras.binary_accuracy) < 1e-6, "\(item.name)")
    }
  }
}
