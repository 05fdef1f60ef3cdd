import CXREvaluation
import CXRFilms
import CXRMetrics
import CXRNet
import CXRParallel
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

  /// What it says of a batch.
  private struct BatchAnswers {
    var loss: Float = 0
    var answers = ValidationAnswers()
  }

  func validate(
    _ check: () throws -> Void
  ) throws -> (HistoryRow.Figures, ValidationAnswers) {
    var answers = ValidationAnswers()
    let labels = data.collection.matrix.labels.count
    var metrics = RunningMetrics(labels: labels)
    var lossSum = 0.0
    let batches = data.validationBatches(batchSize: options.batchSize)
    // Each rank takes whole batches, one after the other in turn.
    let count = ranks?.count ?? 1
    for first in stride(from: 0, to: batches.count, by: count) {
      try check()
      let own = first + (ranks?.rank ?? 0)
      let found = try own < batches.count ? batchAnswers(batches[own], first: own) : BatchAnswers()
      for (place, batch) in gathered(found, labels: labels).prefix(batches.count - first)
        .enumerated()
      {
        guard batch.loss.isFinite else {
          throw TrainingError.notFinite(
            .validationLoss, epoch: epoch + 1, step: stepsPerEpoch,
            films: try batches[first + place].names)
        }
        let films = validationFilms(ofBatch: first + place)
        metrics.add(
          probabilities: batch.answers.probabilities,
          labels: films.flatMap { data.labels(ofFilm: $0) })
        answers.logits += batch.answers.logits
        answers.probabilities += batch.answers.probabilities
        answers.features += batch.answers.features
        lossSum += Double(batch.loss) * Double(films.count)
      }
    }
    return (
      HistoryRow.Figures(metrics, loss: lossSum / Double(data.validationCount)), answers
    )
  }

  private func validationFilms(ofBatch place: Int) -> ArraySlice<CachedFilm> {
    let first = place * options.batchSize
    return data.validationFilms[first..<min(data.validationCount, first + options.batchSize)]
  }

  /// What the network says of the batch at a place.
  private func batchAnswers(_ batch: Batch, first place: Int) -> BatchAnswers {
    let (count, most) = (data.validationCount, TypicalFilms.mostFeatureFilms)
    let reading = model.reading(batch.films)
    var found = BatchAnswers()
    found.loss = step.loss(logits: Variable(reading.logits), labels: batch.labels).value.scalar
    found.answers.logits = Array(reading.logits.scalars)
    found.answers.probabilities = Array(reading.probabilities.scalars)
    let (features, channels) = (Array(reading.features.scalars), reading.features.shape[1])
    for i in batch.names.indices {
      let film = place * options.batchSize + i
      // The films at which the line from (0, 0) to (count, most) passes a whole number.
      guard count <= most || (film + 1) * most / count > film * most / count else { continue }
      found.answers.features += features[i * channels..<(i + 1) * channels]
    }
    return found
  }

  /// Every rank's, in their order.
  private func gathered(_ own: BatchAnswers, labels: Int) -> [BatchAnswers] {
    guard let ranks, ranks.count > 1 else { return [own] }
    let films = own.answers.logits.count
    let floats = [own.loss] + own.answers.logits + own.answers.probabilities + own.answers.features
    let sizes = ranks.gathered(
      withUnsafeBytes(of: Int64(films)) { Array($0) },
      sizes: [Int](repeating: 8, count: ranks.count)
    ).map { $0.withUnsafeBytes { Int($0.loadUnaligned(as: Int64.self)) } }
    return zip(ranks.gathered(floats.bytes), sizes).map { bytes, films in
      let floats = bytes.floats
      return BatchAnswers(
        loss: floats[0],
        answers: ValidationAnswers(
          logits: Array(floats[1..<1 + films]),
          probabilities: Array(floats[1 + films..<1 + 2 * films]),
          features: Array(floats[(1 + 2 * films)...])))
    }
  }
}

extension HistoryRow.Figures {
  init(_ metrics: RunningMetrics, loss: Double) {
    self.init(
      loss: loss, binaryAccuracy: metrics.binaryAccuracy, auc: metrics.approximateAUC,
      recall: metrics.recall, precision: metrics.precision)
  }
}
