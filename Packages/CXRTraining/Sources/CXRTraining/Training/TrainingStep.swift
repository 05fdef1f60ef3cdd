import CXRNet
import CXRTensor

/// A network with its optimizer, and the step that training repeats: forward, backward, update.
///
///     var step = TrainingStep(model: model, loss: .binaryCrossEntropy)
///     let result = step(batch, learningRate: 1e-3, random: random.child(step.count))
public struct TrainingStep: Sendable {
  /// The network.
  public var model: ChestCNN
  /// Its optimizer.
  public var optimizer: Adam
  /// What is minimised.
  public let loss: Loss

  /// What a step tells of the batch, from before the update.
  public struct Result: Sendable {
    /// The batch's loss, in nats.
    public let loss: Float
    /// `[N, K]`, each in 0…1, in training mode.
    public let probabilities: Tensor
  }

  /// A network that has not been trained by this optimizer yet.
  public init(model: ChestCNN, loss: Loss) {
    self.model = model
    self.loss = loss
    optimizer = Adam(for: model)
  }

  /// The number of steps taken.
  public var count: Int { optimizer.step }

  /// Takes a step on a batch; `random` feeds dropout. Without a finite loss the network is left as it
  /// was.
  public mutating func callAsFunction(
    _ batch: Batch, learningRate: Float, random: RandomStream
  ) -> Result {
    var probabilities = Tensor(repeating: 0, shape: batch.labels.shape)
    let loss = loss
    let gradients = model.gradients(random: random) { model, pass in
      let logits = model(Variable(batch.films), in: &pass)
      probabilities = Variable(logits.value).sigmoid().value
      return loss(logits: logits, labels: batch.labels)
    }
    if gradients.loss.isFinite {
      optimizer.update(&model, with: gradients, learningRate: learningRate)
    }
    return Result(loss: gradients.loss, probabilities: probabilities)
  }
}
