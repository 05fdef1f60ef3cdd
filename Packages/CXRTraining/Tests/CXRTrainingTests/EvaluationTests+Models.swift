@testable import CXREvaluation
import CXRFilms
import CXRFiles
import CXRParallel
import CXRCheckpoint
import CXRData
import CXRImage
import CXRMetrics
import CXRNet
import CXRTensor
import CXRTestSupport
import Foundation
import Testing

@testable import CXRTraining

/// Models by their names, and findings more common than in training.
extension EvaluationTests {
  /// Two hundred patients of a film each, whose finding is eight times as common among the second hundred.
  @Test func prevalenceBeyondChanceIsSaid() throws {
    let folder = try TemporaryFolder()
    var labels = "Image Index,Finding Labels,Patient ID,View Position,Patient Gender,Patient Age\n"
    var tables = ["Image Index,Mass,Edema\n", "Image Index,Mass,Edema\n"]
    for i in 0..<200 {
      let (isTest, place) = (i >= 100, i % 100)
      let findings = [place < (isTest ? 40 : 5) ? "Mass" : nil, place % 4 == 0 ? "Edema" : nil]
        .compactMap { $0 }.joined(separator: "|")
      labels +=
        "\(i).png,\(findings.isEmpty ? "No Finding" : findings),\(i),\(place < 90 ? "PA" : "AP"),"
        + "\(i % 2 == 0 ? "F" : "M"),\(20 + place % 50)\n"
      tables[isTest ? 1 : 0] += "\(i).png,\(Float((place * 37) % 101) / 101),0.5\n"
    }
    var options = Evaluation.Options(
      checkpoints: [],
      collection: FilmCollection.Options(labelFile: try folder.write(labels, to: "l.csv")))
    options.validationPredictions = [try folder.write(tables[0], to: "v.csv")]
    options.predictions = [try folder.write(tables[1], to: "t.csv")]
    let evaluation = try Evaluation(options)
    var few = EvaluationFigures.Options()
    few.replicates = 100
    let figures = EvaluationFigures(evaluation, options: few)
    let shifts = try #require(figures.models.first).shifts
    try #require(shifts.map(\.label) == ["Mass"])
    #expect(shifts[0].validation == 0.05 && shifts[0].here == 0.4)

    // Groups: PA and AP, of which the latter has too few with a finding; both sexes; ages.
    let model = try #require(figures.models.first)
    let groups = model.subgroups
    try #require(
      groups.map { "\($0.kind) \($0.name)" } == [
        "view AP", "view PA", "sex F", "sex M", "age 18-39", "age 40-59", "age 60-79",
      ])
    #expect(groups.reduce(0) { $0 + ($1.kind == "sex" ? $1.films : 0) } == 100)
    try #require((groups.map(\.labels) + [model.labels]).allSatisfy { $0.count == 2 })
    #expect(!groups[0].labels[0].isTelling && groups[1].labels[0].isTelling)
    #expect(model.groupDifferences.allSatisfy { $0.kind != "view" })
    for difference in model.groupDifferences {
      #expect(difference.areas.mean.auc.interval != nil && !difference.areas.labels.isEmpty)
    }
    // All scores alike rank at chance, and no threshold parts them.
    #expect(model.labels[1].ranking.auc.value == 0.5)
    #expect(groups[1].labels[0].calibration(.none)?.expectedError == nil)
    #expect(model.pooled.labelsOfEqualScores == ["Edema"] && model.labels[1].points.fitted == nil)
    let fit = try #require(evaluation.models.first?.fit)
    try #require(fit.labels.count == 2)
    #expect(fit.labels[1].threshold == nil && model.labels[0].points.fitted != nil)
    let points = try #require(figures.tables().first { $0.name == "operating_points.csv" }).text
    #expect(points.contains("t,Edema,25,fitted,,,") && !points.contains("t,Mass,5,fitted,,"))
    let rows = points.split(separator: "\n")
    #expect(Set(rows.map { $0.filter { $0 == "," }.count }).count == 1)
    let text = figures.json(evaluation).line
    #expect(text.contains("\"equal_score_labels\": [\"Edema\"]"))
    // By hand: within the group, as if there were no other films.
    let pa = (0..<90)
    let expected = rocAUC(
      scores: pa.map { Double(($0 * 37) % 101) / 101 }, labels: pa.map { $0 < 40 })
    #expect(groups[1].labels[0].ranking.auc.value == expected)
  }

  @Test func namesAreGivenOnce() {
    var names = UniqueNames()
    #expect(
      ["a", "a", "b", "a-2", "a", "b"].map { names.name($0) } == [
        "a", "a-2", "b", "a-2-2", "a-3", "b-2",
      ])
  }

  /// By the run folder, or the table without `predictions-`; a second one of a name is told apart.
  @Test func aModelIsNamedByItsFolderOrTable() {
    #expect(
      EvaluationSources.uniqueNames(
        ["/runs/a/best.npz", "/other/a/best.npz", "/best.npz"],
        tables: ["/t/predictions-a.csv", "/t/theirs.csv", "/u/theirs.txt"])
        == ["a", "a-2", "model", "a-3", "theirs", "theirs-2"])
  }
}
