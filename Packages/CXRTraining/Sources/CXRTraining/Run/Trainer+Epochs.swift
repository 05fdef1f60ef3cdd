import CXRCheckpoint
import CXRFiles
import CXRNet
import CXRTensor

extension Trainer {
  /// A run was asked to stop.
  private struct Stop: Error {}

  /// Trains as ``run(until:_:)``, to the end and without a word.
  public mutating func run() throws -> Outcome { try run { _ in } }

  /// Trains until the epochs or the patience run out, then restores the best weights.
  ///
  /// - Parameters:
  ///   - shouldStop: asked after each step; once it says yes, `last.npz` is written and the run ends there.
  ///   - report: told of every step and epoch.
  /// - Throws: ``TrainingError/notEnoughMemory(need:what:limit:left:remedy:)`` before the first step,
  ///   ``TrainingError/notFinite(_:epoch:step:films:)``, `CheckpointError` when a file cannot be written;
  ///   earlier files stay.
  public mutating func run(
    until shouldStop: () -> Bool = { false }, _ report: (Event) -> Void
  ) throws -> Outcome {
    let wasFinished = isFinished
    if !wasFinished {
      let own = options.part(ofRanks: ranks?.count ?? 1)
      try MemoryNeed(training: model, batchSize: own.films, shares: own.shares).check()
    }
    (lastWrite, stepsSinceWrite) = (.now, 0)
    let ranks = ranks
    func check() throws {
      let wish = shouldStop()
      if ranks?.any(wish) ?? wish { throw Stop() }
    }
    do {
      while !isFinished {
        try trainOneEpoch(check, report)
        try closeEpoch(check, report)
      }
    } catch is Stop {
      try writeLast()
      return Outcome(
        history: history, bestEpoch: stopping.bestEpoch, stoppedEarly: false, wasFinished: false,
        stoppedAt: place(unfinished))
    }
    try restoreBest()
    return Outcome(
      history: history, bestEpoch: stopping.bestEpoch, stoppedEarly: epoch < options.epochs,
      wasFinished: wasFinished, stoppedAt: nil)
  }

  /// Takes the weights of the best epoch; on other ranks than the first the latest stay, as the file may be elsewhere.
  private mutating func restoreBest() throws {
    guard isWriter else { return }
    let best = folder.file(Self.bestFile)
    let kept = try Checkpoint(ofNetwork: best, options.architectures)
    let found = try CheckpointMetadata(kept, path: best, architectures: options.architectures)
    guard found.epoch == stopping.bestEpoch else {
      throw TrainingError.cannotGoOn(
        path: best, reason: "is not of epoch \(stopping.bestEpoch), the best one; restore it")
    }
    try step.model.load(
      from: kept, ignoring: ChestClassifier.otherPrefixes, path: best)
  }

  private func place(_ state: UnfinishedEpoch?) -> Place {
    Place(epoch: epoch + 1, step: state?.steps ?? 0, steps: stepsPerEpoch)
  }

  /// Takes the steps of the epoch that are left.
  private mutating func trainOneEpoch(_ check: () throws -> Void, _ report: (Event) -> Void) throws
  {
    let rate = schedule(epoch: epoch)
    var state = unfinished ?? UnfinishedEpoch(labels: data.collection.matrix.labels.count)
    let (before, started, done) = (state.seconds, ContinuousClock.now, state.steps)
    let batches = own(
      data.trainingBatches(
        epoch: epoch, batchSize: options.batchSize, random: random.child(TrainingData.stream)))
    let stepRandom = random.child("step")
    let steps = stepsPerEpoch
    for place in done..<max(done, steps) {
      try check()
      let own = place * options.accumulate..<min(batches.count, (place + 1) * options.accumulate)
      var (names, labels) = ([String](), [Float]())
      let result = try step(
        accumulating: own.count, learningRate: rate, random: stepRandom.child(step.count)
      ) {
        let batch = try batches[own.lowerBound + $0]
        names += batch.names
        labels += batch.labels.scalars
        return batch
      }
      guard result.isFinite else {
        throw TrainingError.notFinite(
          result.loss.isFinite ? .gradient : .loss, epoch: epoch + 1, step: place + 1,
          films: names)
      }
      state.add(result, labels: labels, films: names.count)
      state.seconds = before + started.duration(to: .now).seconds
      unfinished = state
      report(
        .step(
          StepFigures(
            epoch: epoch + 1, step: place + 1, steps: steps, batchLoss: result.loss,
            loss: state.lossSum / Double(state.films), gradientNorm: result.gradientNorm,
            learningRate: rate, imagesPerSecond: Double(state.films) / state.seconds,
            secondsLeft: state.seconds / Double(place + 1) * Double(steps - place - 1))))
      try keepStep(films: names, report)
    }
  }

  /// Writes `last.npz` after a step, where it is time.
  private mutating func keepStep(films: [String], _ report: (Event) -> Void) throws {
    stepsSinceWrite += 1
    let seconds = lastWrite.duration(to: .now).seconds
    guard isWriter, checkpointInterval.isDue(seconds: seconds, steps: stepsSinceWrite) else {
      return
    }
    let start = ContinuousClock.now
    try writeLast(films: films)
    report(.checkpoint(place(unfinished), seconds: start.duration(to: .now).seconds))
  }

  /// Validates, and writes what the epoch came to.
  private mutating func closeEpoch(_ check: () throws -> Void, _ report: (Event) -> Void) throws {
    guard let state = unfinished else { return }
    try checkWeights()
    if options.recalibratesNorm { try recalibrateNorm(check) }
    let (validation, answers) = try validate(check)
    let row = HistoryRow(
      epoch: epoch + 1,
      training: HistoryRow.Figures(state.metrics, loss: state.lossSum / Double(state.films)),
      validation: validation, learningRate: schedule(epoch: epoch), seconds: state.seconds,
      imagesPerSecond: Double(state.films) / state.seconds)
    var next = stopping
    let isBest = next.take(row.validation.loss, epoch: epoch + 1)
    // Every rank for itself: they are busy alike, and nobody waits for another.
    if isBest, baseline == nil { baseline = try data.thumbnailRidge(checking: check) }
    if isBest, frontal == nil { frontal = .some(try data.frontalTemplate()) }
    let place = self.place(state)
    (epoch, stopping, unfinished) = (epoch + 1, next, nil)
    history.rows.append(row)
    // In this order: killed before last.npz is written, the run comes here again and writes the same.
    let best = isBest && isWriter ? bestCheckpoint(answers) : nil
    let start = ContinuousClock.now
    if let best {
      try best.write(to: folder.file(Self.bestFile), limits: Checkpoint.networkLimits)
    }
    if isWriter { try folder.write(history.csv, to: Self.historyFile) }
    try writeLast()
    report(.checkpoint(place, seconds: start.duration(to: .now).seconds))
    report(.epoch(row, isBest: isBest))
  }
}

extension UnfinishedEpoch {
  /// Counts a step.
  fileprivate mutating func add(
    _ result: TrainingStep.Result, labels: [Float], films count: Int
  ) {
    metrics.add(probabilities: Array(result.probabilities.scalars), labels: labels)
    lossSum += Double(result.loss) * Double(count)
    films += count
    steps += 1
  }
}
