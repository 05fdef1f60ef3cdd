/// What a training step tells.
public struct StepFigures: Sendable {
  /// From 1.
  public let epoch: Int
  /// Of the epoch, from 1.
  public let step: Int
  /// Steps of an epoch.
  public let steps: Int
  /// Of the batch, in nats.
  public let batchLoss: Float
  /// The mean over the epoch's samples so far, in nats.
  public let loss: Double
  /// The length of all gradients as one vector, before any clipping.
  public let gradientNorm: Double
  /// Of the step.
  public let learningRate: Float
  /// Training samples a second, over the epoch so far.
  public let imagesPerSecond: Double
  /// Until the epoch's steps are done.
  public let secondsLeft: Double
}
