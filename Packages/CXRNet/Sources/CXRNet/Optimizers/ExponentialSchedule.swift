/// The learning rate that falls by the same factor each epoch: initial·decayᵉ, e from 0.
public struct ExponentialSchedule: Sendable {
  /// The rate of the first epoch, above 0; 0.001 unless said otherwise.
  public let initial: Double
  /// The factor an epoch, in 0…1 without 0; 0.95 unless said otherwise.
  public let decay: Double

  /// The reference's schedule unless said otherwise.
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
