import CXREvaluation
import CXRFiles
import CXRCheckpoint
import CXRNet
import CXRTensor
import Foundation
import Testing

@testable import CXRTraining

/// `best.npz` is of its epoch in every part, however much worse later ones are; `last.npz` is of the last.
@Suite struct BestEpochTests {
  /// At this rate the second to the fifth epoch are worse than the first by half, the seventh is better by as much.
  private func options(_ set: SmallSet, epochs: Int) -> TrainingOptions {
    var options = set.options
    (options.epochs, options.patience, options.decay) = (epochs, 7, 1)
    return options
  }

  /// Runs on, keeping what is there at the end of each epoch; says which epochs were called the best so far.
  private func run(
    _ trainer: inout Trainer, _ set: SmallSet
  ) throws -> (outcome: Trainer.Outcome, claims: [Bool]) {
    var claims: [Bool] = []
    let outcome = try trainer.run { event in
      guard case .epoch(let row, let isBest) = event else { return }
      claims.append(isBest)
      for name in ["last", "best"] {
        try? FileManager.default.copyItem(
          atPath: "\(set.folder)/run/\(name).npz",
          toPath: "\(set.folder)/\(name)-\(row.epoch).npz")
      }
    }
    return (outcome, claims)
  }

  @Test func bestAndLastAreOfTheirOwnEpochs() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let short = options(set, epochs: 5)
    let data = try set.data(short)
    var claims: [Bool] = []
    do {
      var trainer = try set.trainer("run", short)
      let first = try run(&trainer, set)
      claims += first.claims
      try #require(first.outcome.bestEpoch == 1, "\(first.outcome.history.rows)")
      try check(first.outcome, claims, trainer.model, data, short, set)
    }
    // Goes on from the last epoch's weights, not from the best one's.
    let long = options(set, epochs: 7)
    let folder = try OutputFolder(set.folder + "/run", for: .trainingRun, reusing: true)
    var trainer = try Trainer(data: data, options: long, folder: folder)
    try #require(try Resumption(folder)).apply(to: &trainer)
    #expect(
      ArrayBits(trainer.model.arrays()).model == (try ArrayBits("\(set.folder)/last-5.npz").model))
    let second = try run(&trainer, set)
    claims += second.claims
    try #require(second.outcome.bestEpoch > 5, "\(second.outcome.history.rows)")
    try check(second.outcome, claims, trainer.model, data, long, set)
  }

  private func check(
    _ outcome: Trainer.Outcome, _ claims: [Bool], _ model: any FilmClassifier, _ data: TrainingData,
    _ options: TrainingOptions, _ set: SmallSet
  ) throws {
    let losses = outcome.history.rows.map(\.validation.loss)
    try #require(losses.count == options.epochs)
    #expect(claims == losses.indices.map { i in losses[..<i].allSatisfy { losses[i] < $0 } })
    let best = outcome.bestEpoch
    #expect(losses.firstIndex(of: losses.min() ?? .nan) == best - 1)

    // Each epoch that was the best so far had its own weights in the file, until a better one came.
    let lasts = try (1...options.epochs).map { try ArrayBits("\(set.folder)/last-\($0).npz") }
    #expect(Set(lasts.map(\.weights)).count == options.epochs)
    var latest = 0
    for (i, isBest) in claims.enumerated() {
      if isBest { latest = i }
      let path = "\(set.folder)/best-\(i + 1).npz"
      #expect(try ArrayBits(path).model == lasts[latest].model, "epoch \(i + 1)")
      #expect(try metadata(path).epoch == latest + 1)
      let last = try metadata("\(set.folder)/last-\(i + 1).npz")
      #expect(last.epoch == i + 1 && last.progress.bestEpoch == latest + 1)
      #expect(last.progress.bestLoss == losses[latest])
      #expect(last.progress.epochsWithoutImprovement == i - latest)
    }
    let (bestFile, lastFile) = (set.folder + "/run/best.npz", set.folder + "/run/last.npz")
    let kept = try ArrayBits(bestFile)
    #expect(kept.model == lasts[best - 1].model && kept.optimizer.isEmpty)
    #expect(try ArrayBits(lastFile) == lasts[options.epochs - 1])
    // After a run the network is the best epoch's.
    #expect(ArrayBits(model.arrays()).model == kept.model)

    // Thresholds, calibration and features are of these weights.
    let classifier = try ChestClassifier(path: bestFile)
    let steps = (data.samples.count + options.batchSize - 1) / options.batchSize
    #expect(classifier.metadata.epoch == best && classifier.metadata.step == best * steps)
    #expect(classifier.metadata.progress.bestEpoch == best)
    #expect(classifier.metadata.progress.bestLoss == losses[best - 1])
    let own = try fit(classifier.model, data, options)
    #expect(classifier.metadata.validation == own.fit)
    #expect(classifier.typicalFilms == own.typical)
    guard best < options.epochs else { return }
    var end = classifier.model
    try end.load(
      from: Checkpoint(path: lastFile), ignoring: ChestClassifier.otherPrefixes, path: lastFile)
    let others = try fit(end, data, options)
    #expect(others.fit != own.fit && others.typical != own.typical)
  }

  private func metadata(_ path: String) throws -> CheckpointMetadata {
    try CheckpointMetadata(Checkpoint(path: path), path: path)
  }

  /// What is chosen on the validation films for a network.
  private func fit(
    _ model: any FilmClassifier, _ data: TrainingData, _ options: TrainingOptions
  ) throws -> (fit: ValidationFit, typical: TypicalFilms) {
    var (logits, probabilities, features) = ([Float](), [Float](), [Float]())
    let batches = data.validationBatches(batchSize: options.batchSize)
    for place in 0..<batches.count {
      let reading = model.reading(try batches[place].films)
      logits += reading.logits.scalars
      probabilities += reading.probabilities.scalars
      features += reading.features.scalars
    }
    let answers = FilmAnswers(
      films: JudgedFilms(rows: data.validationRows, of: data.collection),
      logits: logits.map(Double.init), probabilities: probabilities.map(Double.init))
    return (
      ValidationFit(rule: options.operatingRule, answers: answers),
      data.typicalFilms(features: features, channels: model.featureCount)
    )
  }
}
