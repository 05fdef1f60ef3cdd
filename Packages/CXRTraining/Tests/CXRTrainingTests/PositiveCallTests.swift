@testable import CXREvaluation
import CXRFilms
import CXRCheckpoint
import CXRData
import CXRMetrics
import CXRTestSupport
import Foundation
import Testing

@testable import CXRTraining

/// A film on its threshold is not called positive: in answers, figures, boxes, examples and reports.
@Suite struct PositiveCallTests {
  @Test func anAnswer() {
    func isPositive(_ probability: Float, _ threshold: Double?) -> Bool? {
      FilmPredictor.Finding(
        label: "Mass", probability: probability, calibrated: nil, threshold: threshold, logit: 0,
        logitThreshold: nil
      ).isPositive
    }
    for p in [Float(0.3), 0.5, 0.7] {
      #expect(isPositive(p, Double(p)) == false)
      #expect(isPositive(p, Double(p).nextDown) == true)
      #expect(isPositive(p, Double(p).nextUp) == false)
    }
    #expect(isPositive(0.9, nil) == nil)
  }

  /// Films at exactly 0.5 in a table without thresholds.
  @Test func reportsAtOneHalf() throws {
    let folder = try TemporaryFolder()
    var (labels, table) = ("Image Index,Finding Labels,Patient ID\n", "Image Index,Mass\n")
    for (i, score) in [0.5, 0.5, 0.6, 0.6, 0.4, 0.4].enumerated() {
      labels += "\(i).png,\(i % 2 == 0 ? "Mass" : "No Finding"),\(i)\n"
      table += "\(i).png,\(score)\n"
    }
    var options = Evaluation.Options(
      checkpoints: [],
      collection: FilmCollection.Options(labelFile: try folder.write(labels, to: "labels.csv")))
    options.predictions = [try folder.write(table, to: "t.csv")]
    var few = EvaluationFigures.Options()
    few.replicates = 2
    let model = try #require(EvaluationFigures(Evaluation(options), options: few).models.first)
    let mass = try #require(model.labels.first)
    #expect(
      mass.points.half.counts.truePositives == 1 && mass.points.half.counts.falsePositives == 1)
    let row = try #require(model.report.labels.first)
    #expect(row.precision == 0.5 && row.recall == 1.0 / 3 && row.support == 3)
    #expect(model.pooled.half?.counts == mass.points.half.counts)
    #expect(
      model.pooled.detection.positivesFound == 1 && model.pooled.detection.negativesFound == 1)
  }

  /// Thresholds that are exactly a film's score: in the figures, in boxes and among the examples.
  @Test func figuresBoxesAndExamples() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var trained = set.options
    trained.epochs = 1
    try set.train("run", trained)
    let best = try Checkpoint(path: set.folder + "/run/best.npz")

    let boxes = set.folder + "/boxes.csv"

    /// All films by the network with this threshold, in log-odds, for both labels.
    func evaluation(_ threshold: Double) throws -> Evaluation {
      var (metadata, start, count) = (best.metadata, best.metadata.startIndex, 0)
      let pattern = "\"logit_threshold\": [-0-9.e]+"
      while let range = metadata.range(
        of: pattern, options: .regularExpression, range: start..<metadata.endIndex)
      {
        let text = "\"logit_threshold\": \(threshold)"
        let offset = metadata.distance(from: metadata.startIndex, to: range.lowerBound)
        metadata.replaceSubrange(range, with: text)
        start = metadata.index(metadata.startIndex, offsetBy: offset + text.count)
        count += 1
      }
      try #require(count == 2)
      let path = set.folder + "/threshold.npz"
      try Checkpoint(arrays: best.arrays, metadata: metadata).write(to: path)
      var options = Evaluation.Options(
        checkpoints: [path],
        collection: FilmCollection.Options(labelFile: set.csv, images: set.images), subset: nil)
      options.exampleSide = 40
      if FileManager.default.fileExists(atPath: boxes) { options.boxes = try BoxList(path: boxes) }
      return try Evaluation(options)
    }
    let first = try evaluation(0.5)
    let answers = first.answers(of: first.models[0])
    let mass = try #require(first.labels.firstIndex(of: "Mass"))
    let known = answers.known(label: mass)
    let ranked = known.films.indices.filter { known.truths[$0] }
      .sorted { known.scores[$0] < known.scores[$1] }
    try #require(Set(ranked.map { known.scores[$0] }).count == ranked.count && ranked.count > 2)
    let highest = ranked[ranked.count - 1]
    let film = known.films[highest]
    let name = first.collection.file.records[first.rows[film]].name
    let score = known.scores[highest]
    try "Image Index,Finding Label,Bbox [x,y,w,h],,,\n\(name),Mass,0,0,1024,1024\n"
      .write(toFile: boxes, atomically: true, encoding: .utf8)
    var few = EvaluationFigures.Options()
    few.replicates = 2

    for (threshold, isCalled) in [(score, false), (score.nextDown, true)] {
      let evaluation = try evaluation(threshold)
      try #require(evaluation.models[0].fit?.labels[mass].logitThreshold == threshold)
      #expect(evaluation.models[0].scores == first.models[0].scores)
      let figures = EvaluationFigures(evaluation, options: few)
      let fitted = try #require(figures.models[0].labels[mass].points.fitted)
      // Of the films with the finding it is the only one that could be called.
      #expect(fitted.counts.truePositives == (isCalled ? 1 : 0))
      #expect(fitted.sensitivity.hits == (isCalled ? 1 : 0))
      let localisation = try #require(evaluation.models[0].localisation)
      #expect(localisation.total.hits.films == 1)
      #expect(localisation.total.hitsAmongTruePositives.films == (isCalled ? 1 : 0))
      let examples = evaluation.models[0].examples.filter { $0.label == "Mass" }
      let found = examples.first { $0.kind == .found }
      #expect(found?.film == (isCalled ? name : nil))
      let missed = try #require(examples.first { $0.kind == .missed })
      #expect(missed.score == known.probabilities[ranked[0]])
      let alarm = examples.first { $0.kind == .falseAlarm }
      let alarms = known.films.indices.filter {
        !known.truths[$0] && known.scores[$0] > threshold
      }.map { known.probabilities[$0] }
      #expect(alarm?.score == alarms.max())
    }

    // The lowest is missed on its threshold, and found above it.
    let lowest = known.scores[ranked[0]]
    for (threshold, isMissed) in [(lowest, true), (lowest.nextDown, false)] {
      let evaluation = try evaluation(threshold)
      let examples = evaluation.models[0].examples.filter {
        $0.label == "Mass" && $0.kind == .missed
      }
      #expect(examples.map(\.score) == (isMissed ? [known.probabilities[ranked[0]]] : []))
    }
  }
}
