import CXRTensor

extension Gradients {
  /// Those of some parameters, by their place; the others have none, so that an optimizer leaves them as they are.
  public func only(_ isMeant: (_ place: Int) -> Bool) -> Gradients {
    Gradients(
      loss: loss, tensors: tensors.enumerated().map { isMeant($0.offset) ? $0.element : nil },
      statistics: statistics)
  }

  /// The mean of what several batches gave, each times its weight, over all weights; statistics are the last batch's. Where
  /// all weights are 0, whatever they gave is as good as another: all count alike.
  public static func mean(_ parts: [(gradients: Gradients, weight: Double)]) -> Gradients {
    guard let first = parts.first, parts.count > 1 else {
      return parts.first?.gradients ?? Gradients(loss: 0, tensors: [], statistics: [:])
    }
    let total = parts.reduce(0) { $0 + $1.weight }
    let shares = parts.map { total > 0 ? $0.weight / total : 1 / Double(parts.count) }
    var sum = first.gradients.tensors
    for place in sum.indices {
      sum[place]?.scale(by: Float(shares[0]))
      for (part, share) in zip(parts, shares).dropFirst() {
        guard var other = part.gradients.tensors[place] else { continue }
        other.scale(by: Float(share))
        if var own = sum[place] {
          sum[place] = nil
          own += other
          sum[place] = own
        } else {
          sum[place] = other
        }
      }
    }
    return Gradients(
      loss: Float(zip(parts, shares).reduce(0) { $0 + Double($1.0.gradients.loss) * $1.1 }),
      tensors: sum, statistics: parts[parts.count - 1].gradients.statistics)
  }
}
