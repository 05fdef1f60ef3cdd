extension Variable {
  /// The sum of all elements, a scalar, added in Double.
  public func sum() -> Variable {
    if let traced = Variable.traced(TracedOperation("sum", reach: .all, keeps: []), [self], []) {
      return traced
    }
    let (total, shape) = (Float(value.totalSum(shares)), self.shape)
    return .recorded(
      Tensor([total], shape: []), (self, { Tensor(repeating: $0.scalar, shape: shape) }))
  }

  /// The mean of all elements, a scalar, added in Double. Traps on an empty tensor.
  public func mean() -> Variable {
    precondition(shape.count > 0, "mean: shape \(shape) has no elements")
    if let traced = Variable.traced(TracedOperation("mean", reach: .all, keeps: []), [self], []) {
      return traced
    }
    let (count, shape) = (self.shape.count / batchImages.here * batchImages.whole, self.shape)
    return .recorded(
      Tensor([Float(value.totalSum(shares) / Double(count))], shape: []),
      (self, { Tensor(repeating: $0.scalar / Float(count), shape: shape) }))
  }
}

extension Variable {
  private func traced(
    _ name: String, keeps: TracedOperation.Keeping, over places: Set<Int>, keepingAxes: Bool
  ) -> Variable? {
    Variable.traced(
      TracedOperation(name, reach: shape.reach(over: places), keeps: keeps), [self],
      shape.reduced(over: places, keepingAxes: keepingAxes))
  }

  /// The sums over axes, which are left out, or become 1; -1 is the last axis. Added in Double.
  public func sum(over axes: [Int], keepingAxes: Bool = false) -> Variable {
    let places = shape.places(of: axes, "sum")
    if let traced = traced("sum", keeps: [], over: places, keepingAxes: keepingAxes) {
      return traced
    }
    let (kept, shape) = (shape.reduced(over: places, keepingAxes: true), self.shape)
    return .recorded(
      value.summed(over: places, shares).reshaped(
        to: shape.reduced(over: places, keepingAxes: keepingAxes)),
      (self, { $0.reshaped(to: kept).broadcast(to: shape) }))
  }

  /// The means over axes, which are left out, or become 1; -1 is the last axis. Added in Double. Traps where there is
  /// nothing to take the mean of.
  public func mean(over axes: [Int], keepingAxes: Bool = false) -> Variable {
    let places = shape.places(of: axes, "mean")
    let count = places.reduce(1) {
      $0 * ($1 == 0 ? shape[0] / batchImages.here * batchImages.whole : shape[$1])
    }
    precondition(count > 0, "mean: axes \(axes) of shape \(shape) have no elements")
    return sum(over: axes, keepingAxes: keepingAxes) / Float(count)
  }

  /// The largest elements over axes, which are left out, or become 1; -1 is the last axis. Equal ones share the gradient. NaN
  /// where one is. Traps where there is no element.
  public func maximum(over axes: [Int], keepingAxes: Bool = false) -> Variable {
    let places = shape.places(of: axes, "maximum")
    precondition(
      shares?.isDivided != true || !places.contains(0),
      "maximum: over images, which are on several ranks")
    if let traced = traced(
      "maximum", keeps: [.inputs, .output], over: places, keepingAxes: keepingAxes)
    {
      return traced
    }
    let (x, y) = (value, value.largest(over: places))
    return .recorded(
      y.reshaped(to: shape.reduced(over: places, keepingAxes: keepingAxes)),
      (
        self,
        { dy in
          let isLargest = x.mapped(with: y.broadcast(to: x.shape)) { x, y, marks, count in
            for i in 0..<count { marks[i] = x[i] == y[i] ? 1 : 0 }
          }
          let shares = dy.reshaped(to: y.shape) / isLargest.summed(over: places)
          return isLargest * shares
        }
      ))
  }
}

extension Variable {
  /// How many of the batch's images are here, and how many there are: 1 each where the batch is not divided among ranks.
  var batchImages: (here: Int, whole: Int) {
    guard let shares, shares.isDivided else { return (1, 1) }
    return (shares.images, shares.wholeImages)
  }

  /// How many values a channel has, in the whole batch.
  public var countPerChannel: Int {
    shape.count / Swift.max(1, shape[-1] * batchImages.here) * batchImages.whole
  }

  /// How many there are of something in the whole batch, from how many there are in the images that are here.
  public func countInBatch(_ here: Int) -> Int { shares?.total(here) ?? here }
}
