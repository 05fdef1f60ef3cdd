import CXRTensor

/// A loss before the classes of its films are weighed: a name, and what it becomes for a training set.
public struct LossKind: Sendable, Equatable {
  /// As files record it.
  public let name: String
  /// Whether its minimum has the odds that films have, times the ratio of the class weights, as that of a weighted
  /// cross-entropy: such scores can be taken back.
  public let multipliesOdds: Bool
  private let make: @Sendable (_ negative: Tensor, _ positive: Tensor) -> Loss

  /// A loss for any class weights, `[K]` each.
  public init(
    _ name: String, multipliesOdds: Bool = false,
    _ make: @escaping @Sendable (_ negative: Tensor, _ positive: Tensor) -> Loss
  ) {
    (self.name, self.multipliesOdds, self.make) = (name, multipliesOdds, make)
  }

  /// A loss that asks for no weights.
  public init(_ loss: Loss) { self.init(loss.name) { _, _ in loss } }

  /// The loss of a training set whose classes have these weights, `[K]` each.
  public func loss(negative: Tensor, positive: Tensor) -> Loss { make(negative, positive) }

  /// By name: two of one name are one to those who compare runs.
  public static func == (left: Self, right: Self) -> Bool { left.name == right.name }

  /// Weighted by class, summed over labels.
  public static let weightedBCE = LossKind("weighted-bce", multipliesOdds: true) {
    .weightedBinaryCrossEntropy(negative: $0, positive: $1)
  }
  /// Plain, averaged over labels.
  public static let bce = LossKind(.binaryCrossEntropy)

  /// Those of this package.
  public static let standard = [weightedBCE, bce]
}
