import CXRTensor

extension Gradients {
  /// Those of some parameters, by their place; the others have none, so that an optimizer leaves them as they are.
  public func only(_ isMeant: (_ place: Int) -> Bool) -> Gradients {
    Gradients(
      loss: loss, tensors: tensors.enumerated().map { isMeant($0.offset) ? $0.element : nil },
      statistics: statistics)
  }

  /// The mean of what several batches gave, each times its weight, over all weights; statistics are the last batch's.
  public static func mean(_ parts: [(gradients: Gradients, weight: Double)]) -> Gradients {
    guard let first = parts.first, parts.count > 1 else {
      return parts.first?.gradients ?? Gradients(loss: 0, tensors: [], statistics: [:])
    }
    let total = parts.reduce(0) { $0 + $1.weight }
    func weighed(_ tensor: Tensor, _ weight: Double) -> Tensor {
      var tensor = tensor
      tensor.scale(by: Float(weight / total))
      return tensor
    }
    var sum = first.gradients.tensors.map { $0.map { weighed($0, first.weight) } }
    for part in parts.dropFirst() {
      for (place, tensor) in part.gradients.tensors.enumerated() {
        guard let tensor else { continue }
        let other = weighed(tensor, part.weight)
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
      loss: Float(parts.reduce(0) { $0 + Double($1.gradients.loss) * $1.weight } / total),
      tensors: sum, statistics: parts[parts.count - 1].gradients.statistics)
  }
}
