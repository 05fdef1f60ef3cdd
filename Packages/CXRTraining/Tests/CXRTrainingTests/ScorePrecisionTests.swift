@testable import CXREvaluation
import CXRFilms
import CXRParallel
import CXRMetrics
import CXRTensor
import CXRTestSupport
import Foundation
import Testing

@testable import CXRTraining

/// Scores of a table count as they are written: in 64 bits, from the file to the interval.
@Suite struct ScorePrecisionTests {
  /// Films of a patient each, as a table says and as is known.
  private func answers(_ scores: [(text: String, hasIt: Bool)]) throws -> FilmAnswers {
    let folder = try TemporaryFolder()
    let names = scores.indices.map { "f\($0).png" }
    let path = try folder.write(
      "Image Index,Mass\n" + zip(names, scores).map { "\($0),\($1.text)\n" }.joined(),
      to: "table.csv")
    return FilmAnswers(
      films: JudgedFilms(
        labels: ["Mass"], truths: scores.map(\.hasIt), isKnown: scores.map { _ in true },
        patients: PatientIndex(names)),
      scores: try PredictionsFile(path: path).scores(of: names, labels: ["Mass"]))
  }

  @Test func theLastDigitsRank() throws {
    let known = try answers(
      (0..<24).map { $0 % 2 == 0 ? ("0.50000002", true) : ("0.50000001", false) }
    ).known(label: 0)
    #expect(rocAUC(scores: known.scores, labels: known.truths) == 1)
    #expect(averagePrecision(scores: known.scores, labels: known.truths) == 1)
    let answer = try #require(
      PatientBootstrap(patients: known.patients, replicates: 200).answers(
        to: [.init(scores: known.scores, labels: known.truths, patients: known.patients)]
      ).first)
    #expect(answer.auc.values.allSatisfy { $0 == 1 })
    let interval = try #require(answer.aucInterval())
    #expect(interval.high == 1 && interval.low > 0.5)
    let threshold = try #require(
      OperatingRule.youden.threshold(scores: known.scores, labels: known.truths))
    #expect(0.500_000_01 <= threshold && threshold < 0.500_000_02)
    let counts = ConfusionCounts(scores: known.scores, labels: known.truths, threshold: threshold)
    #expect(counts.accuracy == 1)
  }

  /// A sigmoid of 18 and more is 1 in 32 bits.
  @Test func confidentScoresRank() throws {
    let texts = [28.0, 26, 24, 22, 20, 18].map { "\(1 / (1 + exp(-$0)))" }
    #expect(Set(texts.compactMap { Float($0) }) == [1])
    let known = try answers(texts.enumerated().map { ($1, [0, 1, 3].contains($0)) })
      .known(label: 0)
    // Of nine pairs, the one of the third and the fourth is ranked wrongly.
    #expect(rocAUC(scores: known.scores, labels: known.truths) == 8.0 / 9)
    #expect(
      DeLong(scores: known.scores, labels: known.truths).map { abs($0.auc - 8.0 / 9) < 1e-15 }
        == true)
  }

  /// Log-odds are scores too.
  @Test func scoresNeedNotBeProbabilities() {
    let answers = FilmAnswers(
      films: JudgedFilms(
        labels: ["Mass"], truths: [false, true, true, true], isKnown: [true, true, true, true],
        patients: PatientIndex(0..<4)), scores: [-31.5, 2, 40, -31.25])
    let known = answers.known(label: 0)
    #expect(rocAUC(scores: known.scores, labels: known.truths) == 1)
    #expect(ValidationFit(rule: .youden, answers: answers).labels.first?.threshold == -31.375)
  }

  /// With one label, means are its figures, of all films, of groups and of differences.
  @Test func meansOfOneLabelAreIts() throws {
    let folder = try TemporaryFolder()
    var labels = "Image Index,Finding Labels,Patient ID,View Position,Patient Gender,Patient Age\n"
    var tables = ["Image Index,Mass,Hernia\n", "Image Index,Mass,Hernia\n"]
    for i in 0..<90 {
      let hasIt = i % 3 == 0
      labels +=
        "\(i).png,\(hasIt ? "Mass" : "No Finding"),\(i / 2),PA,\(i % 4 < 2 ? "F" : "M"),40\n"
      // One ranks all films rightly, the other does not; no film has a hernia.
      tables[0] += "\(i).png,\(hasIt ? 0.75 : 0.25),0.5\n"
      tables[1] += "\(i).png,\(Double((i * 37) % 90) / 100),0.5\n"
    }
    var options = Evaluation.Options(
      checkpoints: [],
      collection: FilmCollection.Options(labelFile: try folder.write(labels, to: "l.csv")))
    options.predictions = [
      try folder.write(tables[0], to: "a.csv"), try folder.write(tables[1], to: "b.csv"),
    ]
    var few = EvaluationFigures.Options()
    few.replicates = 200
    let figures = EvaluationFigures(try Evaluation(options), options: few)
    for model in figures.models {
      #expect(model.ranking.undefinedLabels == ["Hernia"])
      let own = try #require(model.labels.first)
      #expect(model.ranking.auc == own.ranking.auc && model.ranking.auc.interval != nil)
      #expect(model.ranking.averagePrecision == own.ranking.averagePrecision)
      #expect(model.ranking.averagePrecision.interval != nil)
      #expect(model.subgroups.count == 4)
      for difference in model.groupDifferences {
        let group = try #require(
          model.subgroups.first {
            $0.kind == difference.kind && $0.name == difference.areas.name
          })
        #expect(difference.mean == group.labels.first?.ranking.auc)
      }
    }
    let difference = try #require(figures.differences.first)
    let label = try #require(difference.labels.first)
    #expect(difference.mean.auc == label.auc && difference.mean.auc.interval != nil)
    #expect(difference.mean.pValue == label.pValue)
  }
}
