import CXRFiles

extension Trainer.Event {
  /// The event as a document, for other programs: `event` is `step`, `checkpoint` or `epoch`, the other keys are
  /// those of `history.csv` and of ``StepFigures``.
  public var json: JSONValue {
    switch self {
    case .step(let figures):
      .object([
        ("event", .string("step")), ("epoch", .integer(figures.epoch)),
        ("step", .integer(figures.step)), ("steps", .integer(figures.steps)),
        ("batch_loss", .number(shortest: figures.batchLoss)), ("loss", .number(figures.loss)),
        ("gradient_norm", .number(figures.gradientNorm)),
        ("learning_rate", .number(shortest: figures.learningRate)),
        ("images_per_second", .number(figures.imagesPerSecond)),
        ("seconds_left", .number(figures.secondsLeft)),
      ])
    case .checkpoint(let place, let seconds):
      .object([
        ("event", .string("checkpoint")), ("epoch", .integer(place.epoch)),
        ("step", .integer(place.step)), ("steps", .integer(place.steps)),
        ("seconds", .number(seconds)),
      ])
    case .epoch(let row, let isBest):
      .object(
        [("event", .string("epoch")), ("epoch", .integer(row.epoch))]
          + row.training.json(prefix: "") + row.validation.json(prefix: "val_") + [
            ("learning_rate", .number(shortest: row.learningRate)),
            ("seconds", .number(row.seconds)), ("images_per_second", .number(row.imagesPerSecond)),
            ("best", .bool(isBest)),
          ])
    }
  }
}

extension HistoryRow.Figures {
  fileprivate func json(prefix: String) -> [(String, JSONValue)] {
    [
      (prefix + "loss", .number(loss)),
      (prefix + "binary_accuracy", .number(orNull: binaryAccuracy)),
      (prefix + "auc", .number(orNull: auc)), (prefix + "recall", .number(orNull: recall)),
      (prefix + "precision", .number(orNull: precision)),
    ]
  }
}
