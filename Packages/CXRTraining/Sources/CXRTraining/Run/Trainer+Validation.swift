import CXREvaluation
import CXRMetrics
import CXRNet
import CXRTensor

extension Trainer {
  /// What the network says of the validation films.
  struct ValidationAnswers {
    /// `[N, K]`.
    var logits: [Float] = []
    /// `[N, K]`.
    var probabilities: [Float] = []
    /// Of films spread evenly, `[n, C]`.
    var features: [Float] = []
  }

  func validate(
    _ check: () throws -> Void
  ) throws -> (HistoryRow.Figures, ValidationAnswers) {
    var answers = ValidationAnswers()
    let (count, most) = (data.validationCount, TypicalFilms.mostFeatureFilms)
    var metrics = RunningMetrics(labels: data.collection.matrix.labels.count)
    var (lossSum, seen) = (0.0, 0)
    let batches = data.validationBatches(batchSize: options.batchSize)
    for place in 0..<batches.count {
      try check()
      let batch = try batches[place]
      let reading = model.reading(batch.films)
      let value = step.loss(logits: Variable(reading.logits), labels: batch.labels).value.scalar
      guard value.isFinite else {
        throw TrainingError.notFinite(
          .validationLoss, epoch: epoch + 1, step: stepsPerEpoch, films: batch.names)
      }
      let probabilities = Array(reading.probabilities.scalars)
      metrics.add(probabilities: probabilities, labels: Array(batch.labels.scalars))
      answers.logits += reading.logits.scalars
      answers.probabilities += probabilities
      let (features, channels) = (Array(reading.features.scalars), reading.features.shape[1])
      for i in batch.names.indices {
        let film = seen + i
        // The films at which the line from (0, 0) to (count, most) passes a whole number.
        guard count <= most || (film + 1) * most / count > film * most / count else { continue }
        answers.features += features[i * channels..<(i + 1) * channels]
      }
      lossSum += Double(value) * Double(batch.names.count)
      seen += batch.names.count
    }
    return (HistoryRow.Figures(metrics, loss: lossSum / Double(seen)), answers)
  }
}

extension HistoryRow.Figures {
  init(_ metrics: RunningMetrics, loss: Double) {
    self.init(
      loss: loss, binaryAccuracy: metrics.binaryAccuracy, auc: metrics.approximateAUC,
      recall: metrics.recall, precision: metrics.precision)
  }
}
