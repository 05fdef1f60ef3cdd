import CXRParallel

extension TrainingData {
  /// The child of a run's seed from which order and augmentation come.
  static let stream = "data"

  /// Each training film once, as it is, shuffled by `random`.
  func plainTrainingBatches(batchSize: Int, random: RandomStream) -> Batches {
    var order = random
    let (films, source) = (trainingFilms.shuffled(using: &order), source)
    return Batches(source, count: (films.count + batchSize - 1) / batchSize) { batch in
      films[batch * batchSize..<Swift.min(films.count, (batch + 1) * batchSize)].map {
        BatchSource.Item(film: $0, augmentations: 0, random: random)
      }
    }
  }

  /// The batches of one epoch of a run with this seed, in the order in which it takes them.
  public func trainingBatches(epoch: Int, batchSize: Int, seed: UInt64) -> Batches {
    trainingBatches(
      epoch: epoch, batchSize: batchSize,
      random: RandomStream(seed: seed).child(Self.stream))
  }

  /// The batches of one epoch, shuffled over originals and copies; order and augmentation follow from
  /// `random` and the epoch alone.
  func trainingBatches(epoch: Int, batchSize: Int, random: RandomStream) -> Batches {
    let random = random.child("epoch").child(epoch)
    var orderRandom = random.child("order")
    let order = samples.samples.indices.shuffled(using: &orderRandom)
    let sampleRandom = random.child("sample")
    let (source, samples, films) = (source, samples.samples, trainingFilms)
    return Batches(source, count: (order.count + batchSize - 1) / batchSize) { batch in
      order[batch * batchSize..<Swift.min(order.count, (batch + 1) * batchSize)].map {
        BatchSource.Item(
          film: films[samples[$0].film], augmentations: samples[$0].augmentations,
          random: sampleRandom.child($0))
      }
    }
  }
}
