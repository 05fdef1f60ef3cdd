/// The learning rate that falls by the same factor each epoch: initial·decayᵉ, e from 0.
public struct ExponentialSchedule: Sendable {
  /// The rate of the first epoch.
  public let initial: Double
  /// The factor an epoch.
  public let decay: Double

  /// Makes a schedule.
  public init(initial: Double = 1e-3, decay: Double = 0.95) {
    self.initial = initial
    self.decay = decay
  }

  /// The rate of an epoch, counted from 0, multiplied up in Double and rounded once.
  public func callAsFunction(epoch: Int) -> Float {
    var rate = initial
    for _ in 0..<max(0, epoch) { rate *= decay }
    return Float(rate)
  }
}
