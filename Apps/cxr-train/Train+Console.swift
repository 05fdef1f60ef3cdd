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

  /// What is taken, frozen and normalised.
  func announce(_ trainer: Trainer) {
    if let adoption = trainer.adoption {
      let names = Self.heads(of: adoption.taken)
      Console.note(
        "\(adoption.taken.count) arrays from \(transfer.initialWeights ?? ""): \(names)\n"
          + "fresh: "
          + (adoption.fresh.isEmpty
            ? "none" : adoption.fresh.map { "\($0.path) (\($0.reason))" }.joined(separator: ", "))
          + (adoption.unused.isEmpty
            ? "" : "\nin the file alone: " + adoption.unused.joined(separator: ", ")))
      for warning in adoption.warnings { Console.warn(warning) }
    }
    let frozen = trainer.frozenPaths
    if !frozen.isEmpty {
      let trained = trainer.trainedParameterCount
      Console.note(
        "\(frozen.count) arrays are not trained: \(Self.heads(of: frozen)); \(trained) parameters are"
      )
      if recalibrateNorm == .on, !trainer.hasMovingAverages {
        Console.note("--recalibrate-norm has nothing to set: all batch normalisation is frozen")
      }
    }
    if accumulate > 1, trainer.model.slowestMomentum != nil {
      Console.note(
        "a step takes \(accumulate) batches of \(batchSize) films; batch normalisation normalises each by itself, so that "
          + "it is not as one batch of \(accumulate * batchSize)")
    }
    if let stale = trainer.staleShareOfAverages, stale > 0.05 {
      Console.warn(
        "after an epoch of \(trainer.stepsPerEpoch) steps the averages that batch normalisation predicts with are still "
          + "\(Int((stale * 100).rounded())) % what they began with, so that validation says little of the network at first; "
          + "--recalibrate-norm on sets them exactly")
    }
  }

  /// Paths by what they lie under: `features (604), classifier (2)`.
  private static func heads(of paths: [String]) -> String {
    var counts: [(name: String, count: Int)] = []
    for path in paths {
      let name = path.split(separator: "/").dropLast().prefix(2).joined(separator: "/")
      if counts.last?.name == name {
        counts[counts.count - 1].count += 1
      } else {
        counts.append((name, 1))
      }
    }
    return counts.map { "\($0.name) (\($0.count))" }.joined(separator: ", ")
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
