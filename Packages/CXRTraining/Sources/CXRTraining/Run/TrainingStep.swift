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

  /// What a step tells of the batch, from before the update.
  public struct Result: Sendable {
    /// The batch's loss, in nats.
    public let loss: Float
    /// `[N, K]`, each in 0…1, in training mode.
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
  public init(
    model: any FilmClassifier, optimizer: (any Optimizer)? = nil, loss: Loss,
    clipNorm: Double? = nil, batchSize: Int? = nil, shares: Int = BatchShares.standard
  ) {
    self.model = model
    (self.batchSize, self.shares) = (batchSize, shares)
    self.loss = loss
    self.clipNorm = clipNorm
    self.optimizer = optimizer ?? Optimizers.reference(for: model)
  }

  /// The number of steps taken.
  public var count: Int { optimizer.step }

  /// Takes a step on a batch; `random` feeds dropout. Without a finite loss and finite gradients the network is
  /// left as it was.
  public mutating func callAsFunction(
    _ batch: Batch, learningRate: Float, random: RandomStream
  ) -> Result {
    let (gradients, probabilities) = gradients(of: model, on: batch, random: random)
    let result = Result(
      loss: gradients.loss, probabilities: probabilities, gradientNorm: gradients.norm)
    if result.isFinite {
      optimizer.update(
        &model, with: clipNorm.map { gradients.clipped(toNorm: $0) } ?? gradients,
        learningRate: learningRate)
      model.setStatistics(gradients)
    }
    return result
  }

  private func gradients(
    of model: some FilmClassifier, on batch: Batch, random: RandomStream
  ) -> (Gradients, probabilities: Tensor) {
    var probabilities = Tensor(repeating: 0, shape: batch.labels.shape)
    let images = batch.films.shape[0]
    let gradients = model.gradients(
      random: random,
      shares: BatchShares(images: images, of: max(images, batchSize ?? images), count: shares)
    ) { model, pass in
      let logits = model(Variable(batch.films, in: pass.shares), in: &pass)
      probabilities = Variable(logits.value).sigmoid().value
      return loss(logits: logits, labels: batch.labels)
    }
    return (gradients, probabilities)
  }
}
