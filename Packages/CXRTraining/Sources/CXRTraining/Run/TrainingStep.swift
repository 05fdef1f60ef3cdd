import CXRParallel
import CXRNet
import CXRTensor

/// A network with its optimizer, and the step that training repeats: forward, backward, update.
///
/// ```swift
/// func firstStep(of model: ChestCNN, on batch: Batch) {
///   var step = TrainingStep(model: model, loss: .binaryCrossEntropy)
///   let result = step(batch, learningRate: 1e-3, random: RandomStream(seed: 0).child(step.count))
///   print(result.loss)
/// }
/// ```
public struct TrainingStep: Sendable {
  /// The network.
  public var model: any FilmClassifier
  /// Its optimizer.
  public var optimizer: any Optimizer
  /// What is minimised.
  public let loss: Loss
  /// The longest gradient that a step follows; longer ones are shortened to it. `nil` for any.
  public let clipNorm: Double?
  /// The films of a whole batch; `nil` where each batch is one.
  public let batchSize: Int?
  /// In how many shares sums over a batch's films are formed, 1…64: it changes last bits, threads do not.
  public let shares: Int

  /// Processes that take each step together, on batches that have the films of this one's shares; `nil` where it is alone.
  public var ranks: (any Ranks)?

  /// Paths of the parameters that are not trained.
  public let frozen: Set<String>
  /// Places of the head's parameters, and its learning rate as a multiple of the others'; `nil` where it is theirs.
  private let head: (places: Set<Int>, factor: Float)?

  /// What a step tells of the batch, from before the update.
  public struct Result: Sendable {
    /// The batch's loss, in nats.
    public let loss: Float
    /// `[N, K]`, each in 0…1, in training mode: of all films, wherever they were.
    public let probabilities: Tensor
    /// The length of all gradients as one vector, before any clipping.
    public let gradientNorm: Double
    /// Whether loss and gradients are numbers; if not, the network is as it was.
    public var isFinite: Bool { loss.isFinite && gradientNorm.isFinite }
  }

  /// A network that has not been trained by this optimizer yet.
  ///
  /// - Parameters:
  ///   - model: the network.
  ///   - optimizer: made for this network; the reference's where none is given.
  ///   - loss: what is minimised.
  ///   - clipNorm: the longest gradient that is followed.
  ///   - batchSize: films of a whole batch; `nil` where each batch is one.
  ///   - shares: in how many shares sums over a batch's films are formed.
  ///   - frozen: paths of the parameters that are not trained.
  ///   - headRate: the head's learning rate as a multiple of the others'.
  public init(
    model: any FilmClassifier, optimizer: (any Optimizer)? = nil, loss: Loss,
    clipNorm: Double? = nil, batchSize: Int? = nil, shares: Int = BatchShares.standard,
    frozen: Set<String> = [], headRate: Float? = nil
  ) {
    self.model = model
    (self.batchSize, self.shares) = (batchSize, shares)
    self.loss = loss
    self.clipNorm = clipNorm
    self.frozen = frozen
    head = headRate.map { rate in
      let own = model.headParameters
      let places = model.parameters.enumerated().filter {
        own.contains($0.element.path.description)
      }
      return (Set(places.map(\.offset)), rate)
    }
    self.optimizer = optimizer ?? Optimizers.reference(for: model)
  }

  /// The number of steps taken.
  public var count: Int { optimizer.step }

  /// Takes a step on a batch; `random` feeds dropout. Without a finite loss and finite gradients the network is
  /// left as it was.
  public mutating func callAsFunction(
    _ batch: Batch, learningRate: Float, random: RandomStream
  ) -> Result {
    self(accumulating: 1, learningRate: learningRate, random: random) { _ in batch }
  }

  /// Takes a step on several batches, one in memory at a time: by the gradient of the loss of all their films, where no
  /// batch normalisation stands between.
  ///
  /// - Parameters:
  ///   - count: batches, at least 1.
  ///   - learningRate: of the step.
  ///   - random: feeds dropout.
  ///   - makeBatch: makes the batches, from 0 on; where it throws, the network is left as it was.
  public mutating func callAsFunction(
    accumulating count: Int, learningRate: Float, random: RandomStream,
    _ makeBatch: (Int) throws -> Batch
  ) rethrows -> Result {
    precondition(count > 0, "TrainingStep: a step of \(count) batches")
    var (parts, before) = ([(gradients: Gradients, weight: Double)](), [Int: Tensor]())
    var (probabilities, labels) = ([Float](), 0)
    for place in 0..<count {
      let batch: Batch
      do {
        batch = try makeBatch(place)
      } catch {
        // Nothing has been learnt; the averages had moved.
        restore(before)
        throw error
      }
      let (found, answers) = gradients(
        of: model, on: batch, random: count == 1 ? random : random.child(place))
      parts.append((found, loss.weight(labels: batch.labels)))
      probabilities += answers.scalars
      labels = batch.labels.shape[1]
      // A batch's statistics are taken in before the next one comes.
      if place + 1 < count { model.swapStatistics(found, into: &before) }
      if parts.count == 2 { parts = [Self.merged(parts)] }
    }
    let gradients = Gradients.mean(parts)
    let result = Result(
      loss: gradients.loss,
      probabilities: Tensor(probabilities, shape: [probabilities.count / labels, labels]),
      gradientNorm: gradients.norm)
    if result.isFinite {
      update(
        with: clipNorm.map { gradients.clipped(toNorm: $0) } ?? gradients,
        learningRate: learningRate)
      model.setStatistics(gradients)
    } else {
      restore(before)
    }
    return result
  }

  private mutating func restore(_ statistics: [Int: Tensor]) {
    model.setStatistics(Gradients(loss: 0, tensors: [], statistics: statistics))
  }

  private static func merged(
    _ parts: [(gradients: Gradients, weight: Double)]
  ) -> (gradients: Gradients, weight: Double) {
    (Gradients.mean(parts), parts.reduce(0) { $0 + $1.weight })
  }

  /// Two steps of the optimizer, of which it counts one, where the head has a rate of its own.
  private mutating func update(with gradients: Gradients, learningRate: Float) {
    guard let head else {
      return optimizer.update(&model, with: gradients, learningRate: learningRate)
    }
    let count = optimizer.step
    optimizer.update(
      &model, with: gradients.only { !head.places.contains($0) }, learningRate: learningRate)
    optimizer.step = count
    optimizer.update(
      &model, with: gradients.only { head.places.contains($0) },
      learningRate: learningRate * head.factor)
  }

  private func gradients(
    of model: some FilmClassifier, on batch: Batch, random: RandomStream
  ) -> (Gradients, probabilities: Tensor) {
    let shares = shares(ofFilms: batch.names.count)
    guard let ranks, ranks.count > 1 else {
      return gradients(of: model, on: batch, shares, random: random)
    }
    let own = shares.divided(among: ranks).map {
      gradients(of: model, on: batch, $0, random: random)
    }
    return RankAgreement(ranks, shares).agreed(own, of: model, labels: batch.labels.shape[1])
  }

  /// How a batch of so many films is cut.
  private func shares(ofFilms films: Int) -> BatchShares {
    BatchShares(images: films, of: max(films, batchSize ?? films), count: shares)
  }

  private func gradients(
    of model: some FilmClassifier, on batch: Batch, _ shares: BatchShares, random: RandomStream
  ) -> (Gradients, probabilities: Tensor) {
    let labels = batch.labelsHere
    var probabilities = Tensor(repeating: 0, shape: labels.shape)
    let gradients = model.gradients(
      random: random, shares: shares, freezing: { frozen.contains($0.description) }
    ) { model, pass in
      let logits = model(Variable(images: batch.films, in: pass.shares), in: &pass)
      probabilities = Variable(logits.value).sigmoid().value
      return loss(logits: logits, labels: labels)
    }
    return (gradients, probabilities)
  }
}

extension Module {
  /// Sets statistics as ``setStatistics(_:)`` does, and keeps those that were there first.
  fileprivate mutating func swapStatistics(_ gradients: Gradients, into kept: inout [Int: Tensor]) {
    for (slot, place) in parameters.enumerated() where gradients.statistics[slot] != nil {
      kept[slot] = kept[slot] ?? place.parameter.value
    }
    setStatistics(gradients)
  }
}
