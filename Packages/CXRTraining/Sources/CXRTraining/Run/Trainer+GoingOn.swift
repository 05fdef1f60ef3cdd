import CXRCheckpoint
import CXRFiles
import CXRNet

extension Trainer {
  /// Takes up the state that `last.npz` holds.
  mutating func restore(_ checkpoint: Checkpoint, _ metadata: CheckpointMetadata, path: String)
    throws
  {
    var (model, optimizer) = (step.model, step.optimizer)
    try model.load(from: checkpoint, ignoring: ChestClassifier.otherPrefixes, path: path)
    try optimizer.load(from: checkpoint, prefix: ChestClassifier.optimizerPrefix, path: path)
    optimizer.step = metadata.step
    (step.model, step.optimizer) = (model, optimizer)
    history = try History(csv: metadata.history ?? "", path: path)
    epoch = metadata.epoch
    unfinished = metadata.unfinishedEpoch
    stopping = EarlyStopping(
      patience: options.patience, bestLoss: metadata.progress.bestLoss ?? .infinity,
      bestEpoch: metadata.progress.bestEpoch,
      epochsWithoutImprovement: metadata.progress.epochsWithoutImprovement)
    let lastRow = history.rows.last?.epoch ?? 0
    let state = unfinished ?? UnfinishedEpoch(labels: data.classWeights.count)
    guard history.rows.count == epoch, lastRow == epoch, stopping.bestEpoch <= epoch,
      state.steps <= stepsPerEpoch, metadata.step == epoch * stepsPerEpoch + state.steps,
      state.films == min(state.steps * options.batchSize * options.accumulate, data.samples.count),
      state.metrics.positives.count == data.classWeights.count
    else {
      throw TrainingError.unusableCheckpoint(
        path: path, reason: "its history and its epoch do not belong together; the file is damaged")
    }
    // A run killed between two writes has a row more in its file, or an older file.
    if isWriter { try folder.write(history.csv, to: Self.historyFile) }
  }
}
