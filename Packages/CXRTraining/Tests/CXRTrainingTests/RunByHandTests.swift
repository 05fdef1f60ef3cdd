import CXRParallel
import CXRCheckpoint
import CXRMetrics
import CXRNet
import CXRTensor
import Foundation
import Testing

@testable import CXRTraining

/// A run against its steps taken one by one, and its figures against plain sums.
@Suite struct RunByHandTests {
  /// Plain sums over the films of an epoch.
  private struct Sums {
    var lossSum = 0.0
    var films = 0
    var (right, cells) = (0, 0)
    var (hits, positives, calls) = (0, 0, 0)
    var metrics: RunningMetrics

    init(labels: Int) { metrics = RunningMetrics(labels: labels) }

    mutating func add(_ probabilities: [Float], _ labels: [Float], loss: Double, films: Int) {
      lossSum += loss * Double(films)
      self.films += films
      for (p, y) in zip(probabilities, labels) {
        let (called, has) = (p > 0.5, y > 0.5)
        cells += 1
        right += called == has ? 1 : 0
        hits += called && has ? 1 : 0
        positives += has ? 1 : 0
        calls += called ? 1 : 0
      }
      metrics.add(probabilities: probabilities, labels: labels)
    }

    func check(
      _ figures: HistoryRow.Figures, _ what: String,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      func expect(_ name: String, _ found: Double?, _ expected: Double, within: Double) {
        #expect(
          abs((found ?? .nan) - expected) <= within, "\(what): \(name)",
          sourceLocation: sourceLocation)
      }
      let loss = lossSum / Double(films)
      expect("loss", figures.loss, loss, within: 1e-5 * loss)
      expect(
        "accuracy", figures.binaryAccuracy, Double(right) / Double(cells), within: 1e-12)
      expect(
        "recall", figures.recall, Double(hits) / Double(max(1, positives)), within: 1e-12)
      expect("precision", figures.precision, Double(hits) / Double(max(1, calls)), within: 1e-12)
      // In batches of other sizes the last bits are others, and scores may change their bucket.
      expect("AUC", figures.auc, metrics.approximateAUC ?? .nan, within: 0.02)
    }
  }

  /// A film's loss from its logits, in Double.
  private func loss(
    _ logits: [Float], _ labels: [Float], _ kind: LossKind, _ data: TrainingData
  ) -> Double {
    let terms = zip(logits, labels).enumerated().map { k, cell in
      let (z, y) = (Double(cell.0), Double(cell.1))
      let term = max(z, 0) - z * y + log1p(exp(-abs(z)))
      guard kind == .weightedBCE else { return term / Double(labels.count) }
      let weight = data.classWeights[k]
      return term * ((y > 0.5 ? weight.positive : weight.negative) ?? .nan)
    }
    return terms.reduce(0, +)
  }

  private func loss(_ kind: LossKind, _ data: TrainingData) -> Loss {
    guard kind == .weightedBCE else { return .binaryCrossEntropy }
    let shape: Shape = [data.classWeights.count]
    return .weightedBinaryCrossEntropy(
      negative: Tensor(data.classWeights.map { Float($0.negative ?? .nan) }, shape: shape),
      positive: Tensor(data.classWeights.map { Float($0.positive ?? .nan) }, shape: shape))
  }

  /// The last batches are short: means over batches would weigh their films more.
  @Test(arguments: LossKind.standard) func everyFigureIsOfAllFilms(kind: LossKind) throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    (options.batchSize, options.loss, options.decay) = (13, kind, 0.5)
    let data = try set.data(options)
    try #require(data.validationCount == 14 && (1..<9).contains(data.samples.count % 13))
    var trainer = try set.trainer("run", options)
    var step = TrainingStep(
      model: trainer.model, loss: loss(kind, data), batchSize: options.batchSize)
    var told: [StepFigures] = []
    let outcome = try trainer.run { if case .step(let figures) = $0 { told.append(figures) } }
    try #require(outcome.history.rows.count == 2)

    let random = RandomStream(seed: options.seed).child("step")
    let labels = data.classWeights.count
    var wholes: [(overFilms: Double, overBatches: Double)] = []
    for (epoch, row) in outcome.history.rows.enumerated() {
      let rate = Float(epoch == 0 ? 0.001 : 0.0005)
      #expect(row.learningRate == rate)
      var training = Sums(labels: labels)
      let batches = data.trainingBatches(epoch: epoch, batchSize: 13, seed: options.seed)
      for place in 0..<batches.count {
        let batch = try batches[place]
        let result = step(batch, learningRate: rate, random: random.child(step.count))
        training.add(
          Array(result.probabilities.scalars), Array(batch.labels.scalars),
          loss: Double(result.loss), films: batch.names.count)
        let figures = try #require(
          told.first { $0.epoch == epoch + 1 && $0.step == place + 1 }, "step \(place + 1)")
        #expect(figures.batchLoss == result.loss && figures.learningRate == rate)
        #expect(figures.steps == batches.count && figures.gradientNorm == result.gradientNorm)
        #expect(abs(figures.loss - training.lossSum / Double(training.films)) < 1e-9)
      }
      #expect(training.films == data.samples.count)
      training.check(row.training, "epoch \(epoch + 1)")

      var validation = Sums(labels: labels)
      var losses: [Double] = []
      let films = data.validationBatches(batchSize: 1)
      for place in 0..<films.count {
        let film = try films[place]
        let (reading, truth) = (step.model.reading(film.films), Array(film.labels.scalars))
        losses.append(loss(Array(reading.logits.scalars), truth, kind, data))
        validation.add(
          Array(reading.probabilities.scalars), truth, loss: losses[place], films: 1)
      }
      validation.check(row.validation, "validation of epoch \(epoch + 1)")
      let last = try #require(losses.last)
      let mean = losses.reduce(0, +) / 14
      wholes.append((mean, ((mean * 14 - last) / 13 + last) / 2))
    }
    // What this test is for: the two means are far from each other.
    #expect(wholes.contains { abs($0.overBatches - $0.overFilms) > 0.05 * $0.overFilms })

    let kept = try ArrayBits("\(set.folder)/run/last.npz")
    #expect(kept.model == ArrayBits(step.model.arrays()).model)
    #expect(
      kept.optimizer
        == ArrayBits(step.optimizer.arrays(prefix: ChestClassifier.optimizerPrefix)).optimizer)
  }
}
