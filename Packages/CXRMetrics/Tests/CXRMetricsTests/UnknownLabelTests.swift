import Testing

@testable import CXRMetrics

/// Cells of which nobody knows whether they are positive take no part.
@Suite struct UnknownLabelTests {
  private let probabilities: [Float] = [0.9, 0.2, 0.6, 0.4, 0.3, 0.8, 0.7, 0.1]
  private let labels: [Float] = [1, 0, .nan, 1, 0, .nan, 1, 0]

  @Test func runningMetricsGoOn() {
    var whole = RunningMetrics(labels: 2)
    let batches: [([Float], [Float])] = [
      ([0.2, 0.9, 0.5, 0.7], [0, 1, 1, .nan]), ([0.99, 0], [1, 0]),
    ]
    whole.add(probabilities: batches[0].0, labels: batches[0].1)
    var copy = RunningMetrics(
      counts: whole.counts, positives: whole.positives, negatives: whole.negatives)
    whole.add(probabilities: batches[1].0, labels: batches[1].1)
    copy?.add(probabilities: batches[1].0, labels: batches[1].1)
    #expect(copy == whole)
    var wrong = whole.counts
    wrong.truePositives += 1
    for (counts, positives) in [
      (wrong, whole.positives), (whole.counts, []), (whole.counts, [[1], [2]]),
      (whole.counts, whole.positives.map { $0.map { $0 - 1 } }),
    ] {
      #expect(
        RunningMetrics(counts: counts, positives: positives, negatives: whole.negatives) == nil)
    }
  }

  @Test func inRunningMetrics() {
    var metrics = RunningMetrics(labels: 1)
    metrics.add(probabilities: probabilities, labels: labels)
    var known = RunningMetrics(labels: 1)
    let places = labels.indices.filter { !labels[$0].isNaN }
    known.add(
      probabilities: places.map { probabilities[$0] }, labels: places.map { labels[$0] })
    #expect(metrics.counts == known.counts && metrics.counts.total == 6)
    #expect(metrics.approximateAUC == known.approximateAUC)
  }

  @Test func inReports() throws {
    let predictions = probabilities.map { $0 > 0.5 }
    let truths = labels.map { $0 == 1 }
    let report = ClassificationReport(
      names: ["a", "b"], predictions: predictions, labels: truths, known: labels.map { !$0.isNaN })
    // a: cells 0, 4 and 6 are known; b: 1, 3 and 7.
    try #require(report.labels.count == 2)
    #expect(report.labels[0].precision == 1 && report.labels[0].recall == 1)
    #expect(report.labels[1].recall == 0 && report.labels[1].support == 1)
    let all = ClassificationReport(names: ["a", "b"], predictions: predictions, labels: truths)
    #expect((all.labels.first?.precision ?? 1) < 1)
  }
}
