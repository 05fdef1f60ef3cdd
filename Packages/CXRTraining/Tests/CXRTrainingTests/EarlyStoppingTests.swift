import CXREvaluation
import CXRFilms
import CXRFiles
import CXRParallel
import CXRData
import CXRCheckpoint
import CXRImage
import CXRTensor
import Foundation
import Testing

@testable import CXRTraining

@Suite struct EarlyStoppingTests {
  @Test func countsEpochsSinceTheLowestLoss() {
    var stopping = EarlyStopping(patience: 2)
    let losses = [3, 2, 2, 1.5, 1.6, 1.5]
    let best = losses.enumerated().map { stopping.take($1, epoch: $0 + 1) }
    #expect(best == [true, true, false, true, false, false])
    #expect(stopping.bestEpoch == 4 && stopping.shouldStop && stopping.bestLoss == 1.5)
  }

  @Test func aLossThatIsNoNumberNeverIsTheBest() {
    var stopping = EarlyStopping(patience: 3)
    let best = [.nan, 5, .nan].enumerated().map { stopping.take($1, epoch: $0 + 1) }
    #expect(best == [false, true, false] && stopping.bestEpoch == 2)
  }

  /// A file with a column a label: uncertain cells are left out of weights, loss and metrics, or count as
  /// is said, and an evaluation does as the training did.
  @Test(arguments: UncertainPolicy.allCases)
  func uncertainLabels(policy: UncertainPolicy) throws {
    let set = try SmallSet()
    defer { set.remove() }
    var text = "Path,Patient ID,Edema,Mass\n"
    for i in 0..<60 {
      text += "f\(i).png,\(i / 2),\(i % 4 == 1 ? "1.0" : ""),"
      text += i % 5 == 0 ? "-1.0\n" : i % 3 == 0 ? "1.0\n" : "0.0\n"
    }
    try text.write(toFile: set.csv, atomically: true, encoding: .utf8)
    var collection = set.collection
    collection.uncertain = policy
    var options = set.options
    options.epochs = 1
    let data = try TrainingData(collection, options: options, cacheFolder: set.folder)
    let rows = data.collection.rows(of: .train)
    let numbers = rows.map {
      Int(data.collection.file.records[$0].name.dropFirst().dropLast(4)) ?? 0
    }
    let positive = numbers.filter { $0 % 5 == 0 ? policy == .ones : $0 % 3 == 0 }.count
    let known = numbers.filter { $0 % 5 != 0 || policy != .ignore }.count
    try #require(data.classWeights.count == 2)
    #expect(data.classWeights[1].positive == Double(known) / Double(2 * positive))
    #expect(data.classWeights[1].negative == Double(known) / Double(2 * (known - positive)))

    let folder = try OutputFolder("\(set.folder)/run", reusing: false)
    var trainer = try Trainer(data: data, options: options, folder: folder)
    let outcome = try trainer.run { _ in }
    #expect(outcome.history.rows.first?.training.loss.isFinite == true)
    let evaluation = try Evaluation(
      Evaluation.Options(
        checkpoints: [set.folder + "/run/best.npz"],
        collection: FilmCollection.Options(labelFile: set.csv, images: set.images)))
    #expect(evaluation.collection.matrix.uncertain == policy)
    var few = EvaluationFigures.Options()
    few.replicates = 20
    let figures = try #require(EvaluationFigures(evaluation, options: few).models.first)
    try #require(figures.labels.count == 2)
    let films = evaluation.rows.filter {
      policy != .ignore || !evaluation.collection.file.records[$0].uncertain.contains("Mass")
    }.count
    #expect(figures.labels[1].films == films)
    #expect(figures.labels[0].films == evaluation.rows.count)
  }
}
