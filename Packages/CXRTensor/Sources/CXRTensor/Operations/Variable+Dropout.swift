import CXRParallel
import CTensorKernels

extension Variable {
  /// The element-wise product with a constant of the same shape, as dropout's mask.
  public func multiplied(by mask: Tensor) -> Variable {
    precondition(shape == mask.shape, "multiplied: shapes \(shape) and \(mask.shape) differ")
    if let traced = Variable.traced("multiply", [self, Variable(mask)], shape) { return traced }
    func product(_ x: Tensor) -> Tensor {
      x.mapped(with: mask) { cxr_multiply($0, $1, $2, $3) }
    }
    return .recorded(product(value), (self, product))
  }

  /// Zeroes each element with probability `rate` in `0...1` and scales the others by 1/(1 − rate).
  ///
  /// The mask is drawn from `random` in element order of the whole batch. A rate of 1 gives zeros, a rate of 0 the
  /// input.
  public func dropout(rate: Float, random: RandomStream) -> Variable {
    precondition((0...1).contains(rate), "dropout: rate \(rate) is outside 0...1")
    guard rate > 0 else { return self }
    if let traced = Variable.traced(
      TracedOperation("dropout", ["rate": Double(rate)], keeps: [], kept: 4 * shape.count), [self],
      shape)
    {
      return traced
    }
    var random = random
    if let shares, shares.isDivided {
      random.skip(shares.firstPlace * (shape.count / shares.images))
    }
    let kept = rate < 1 ? 1 / (1 - rate) : 0
    let mask = Tensor(
      (0..<shape.count).map { _ in random.uniform() < rate ? 0 : kept }, shape: shape)
    return multiplied(by: mask)
  }
}
