extension Variable {
  /// The matrix product `[m, k]`·`[k, n]` → `[m, n]`.
  public func matrixProduct(_ other: Variable) -> Variable {
    precondition(
      shape.rank == 2 && other.shape.rank == 2 && shape[1] == other.shape[0],
      "matrixProduct: \(shape) and \(other.shape) have no product")
    if let traced = Variable.traced(
      TracedOperation("matrix product", reach: .all), [self, other], [shape[0], other.shape[1]])
    {
      return traced
    }
    let (a, b) = (value, other.value)
    let shares = Variable.shares(of: [self, other])
    return .recorded(
      a.multiplied(by: b, shares),
      pending: [
        (self, { PendingGradient($0.multiplied(by: b, transposingOther: true, shares)) }),
        (other, { a.transposedProduct($0, shares) }),
      ])
  }
}
