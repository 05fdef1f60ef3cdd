import CXRCheckpoint
import CXREvaluation
import CXRFiles
import CXRNet
import CXRTensor

extension Trainer {
  /// Checks that the network and the optimizer hold numbers.
  func checkWeights(films: [String] = []) throws {
    let all = model.parameters.map(\.parameter) + step.optimizer.parameters.map(\.parameter)
    guard all.allSatisfy({ $0.value.sumOfSquares.isFinite }) else {
      throw TrainingError.notFinite(
        .weights, epoch: unfinished == nil ? epoch : epoch + 1,
        step: unfinished?.steps ?? stepsPerEpoch, films: films)
    }
  }

  /// Writes the network with all that is needed to go on.
  ///
  /// - Parameter films: of the latest batch, for messages.
  /// - Throws: ``TrainingError/notFinite(_:epoch:step:films:)`` instead of replacing a good file by weights
  ///   that are no numbers.
  mutating func writeLast(films: [String] = []) throws {
    try checkWeights(films: films)
    guard isWriter else { return }
    let arrays =
      model.arrays() + step.optimizer.arrays(prefix: ChestClassifier.optimizerPrefix)
    var metadata = metadata(isFinished: isFinished)
    (metadata.history, metadata.unfinishedEpoch) = (history.csv, unfinished)
    try Checkpoint(arrays: arrays, metadata: metadata.json.text)
      .write(to: folder.file(Self.lastFile), limits: Checkpoint.networkLimits)
    (lastWrite, stepsSinceWrite) = (.now, 0)
  }

  /// The network with what is needed to use it: thresholds, calibration, yardstick, typical films.
  func bestCheckpoint(_ answers: ValidationAnswers) -> Checkpoint {
    let typical = data.typicalFilms(features: answers.features, channels: model.featureCount)
    // Whether more epochs follow is the run's state, not these weights'.
    var metadata = metadata(isFinished: false)
    metadata.validation = ValidationFit(
      rule: options.operatingRule,
      answers: FilmAnswers(
        films: JudgedFilms(rows: data.validationRows, of: data.collection),
        logits: answers.logits.map(Double.init),
        probabilities: answers.probabilities.map(Double.init)))
    metadata.baseline = baseline.map { CheckpointMetadata.Baseline(strength: $0.strength) }
    metadata.typicalFilms = typical.figures
    return Checkpoint(
      arrays: model.arrays() + (baseline?.arrays ?? []) + typical.arrays
        + ((frontal ?? nil)?.arrays ?? []),
      metadata: metadata.json.text)
  }

  /// What a checkpoint of the present state says of it.
  func metadata(isFinished: Bool) -> CheckpointMetadata {
    let preparation = options.preparation
    return CheckpointMetadata(
      architecture: model.architecture,
      labels: data.collection.matrix.labels,
      image: CheckpointMetadata.Image(
        size: preparation.imageSize, resize: preparation.resize,
        jpegDCT: preparation.jpegTransform, depth: preparation.depthName,
        dicomRange: preparation.dicomRange, pngBits: preparation.pngBits,
        appliesOrientation: preparation.appliesOrientation,
        storage: preparation.storage, mean: data.moments.mean,
        standardDeviation: data.moments.standardDeviation),
      loss: options.loss.name, classWeights: data.classWeights,
      split: CheckpointMetadata.Split(data.collection.split),
      labelFileSHA256: data.collection.file.sha256, seed: options.seed, epoch: epoch,
      step: step.count,
      options: options.comparable.merging(
        [
          Resumption.filmsKey: data.filmsSHA256, Resumption.pixelsKey: data.pixelsSHA256,
          TrainingOptions.uncertainKey: data.collection.matrix.uncertain.rawValue,
        ].merging(TrainingOptions.text(ofReading: data.collection.file)) { $1 }
      ) { $1 },
      progress: CheckpointMetadata.Progress(
        bestLoss: stopping.bestEpoch > 0 ? stopping.bestLoss : nil, bestEpoch: stopping.bestEpoch,
        epochsWithoutImprovement: stopping.epochsWithoutImprovement, isFinished: isFinished))
  }
}
