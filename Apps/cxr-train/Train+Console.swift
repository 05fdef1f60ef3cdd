import CXRCommandLine
import CXRTraining

extension Train {
  func announce(_ data: TrainingData) {
    if !data.skippedLabels.isEmpty {
      Console.note(
        "labels without both kinds of films in training, left out: "
          + data.skippedLabels.joined(separator: ", "))
    }
    if !data.skippedFilms.isEmpty {
      Console.warn(
        "\(data.skippedFilms.count) films cannot be decoded, left out:\n"
          + data.skippedFilms.prefix(20).map { "  \($0.name): \($0.reason)" }
          .joined(separator: "\n"))
    }
    announcePixels(data.moments)
    Console.note(
      "\(data.trainingCount) films to train on with \(data.samples.copyCount) augmented copies, "
        + "\(data.validationCount) to validate on, \(data.cache.reusedCount) taken from the cache")
    if !data.labelsUndefinedInValidation.isEmpty {
      Console.note("val_auc is the mean over " + Self.meanLabels(data))
    }
    if augment == .on, data.samples.copyCount == 0 {
      Console.note("no film has an under-represented label: there are no augmented copies")
    }
  }

  /// What `val_auc` is a mean over, where it is not all findings.
  static func meanLabels(_ data: TrainingData) -> String {
    let (count, undefined) = (data.collection.matrix.labels.count, data.labelsUndefinedInValidation)
    return
      "\(count - undefined.count) of \(count) findings; without positive or negative films in validation: "
      + undefined.joined(separator: ", ")
  }

  func report(_ event: Trainer.Event, _ metrics: MetricsLines?) {
    metrics?.write(event.json)
    switch event {
    case .step(let figures):
      StepLine.show(figures, epochs: epochs)
    case .checkpoint(let place, let seconds):
      Console.debug(
        "\(Trainer.lastFile) written in epoch \(place.epoch) after step \(place.step)",
        [
          "epoch": .stringConvertible(place.epoch), "step": .stringConvertible(place.step),
          "seconds": .stringConvertible(seconds),
        ])
    case .epoch(let row, let isBest):
      Console.note(
        "epoch \(row.epoch)/\(epochs)  loss \(short(row.training.loss))  "
          + "val_loss \(short(row.validation.loss))  val_auc \(short(row.validation.auc))  "
          + "val_recall \(short(row.validation.recall))  "
          + "\(Int(row.imagesPerSecond.rounded())) images/s  \(Progress.clock(row.seconds))"
          + (isBest ? "  best" : ""),
        [
          "epoch": .stringConvertible(row.epoch), "loss": .stringConvertible(row.training.loss),
          "val_loss": .stringConvertible(row.validation.loss), "best": .stringConvertible(isBest),
          "seconds": .stringConvertible(row.seconds),
          "images_per_second": .stringConvertible(row.imagesPerSecond),
        ])
    }
  }

  func conclude(_ outcome: Trainer.Outcome) {
    if outcome.wasFinished {
      Console.note("the run in \(output) was finished; its report, which was missing, is written")
    }
    Console.result(
      "best epoch \(outcome.bestEpoch) of \(outcome.history.rows.count)"
        + (outcome.stoppedEarly ? ", stopped early" : "") + " · \(output)/\(Trainer.bestFile)")
  }

  func short(_ value: Double?) -> String {
    value.map { "\(($0 * 10_000).rounded() / 10_000)" } ?? "n/a"
  }
}
