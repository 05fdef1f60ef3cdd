import CXRParallel

extension Variable {
  /// The same elements under another shape of the same count.
  public func reshaped(to shape: Shape) -> Variable {
    let original = self.shape
    precondition(
      shape.count == original.count, "reshaped: \(original) cannot become \(shape)")
    if let traced = Variable.traced(
      TracedOperation("reshape", reach: .all, keeps: []), [self], shape)
    {
      return traced
    }
    return .recorded(
      value.reshaped(to: shape), (self, { $0.reshaped(to: original) }))
  }

  /// Joins variables along `axis`; all other axes must agree: `[N, H, W, C₁]`, `[N, H, W, C₂]` →
  /// `[N, H, W, C₁ + C₂]` along axis 3.
  public static func concatenated(_ parts: [Variable], axis: Int) -> Variable {
    precondition(!parts.isEmpty, "concatenated: no parts")
    let first = parts[0].shape
    precondition(
      first.dimensions.indices.contains(axis), "concatenated: \(first) has no axis \(axis)")
    for part in parts {
      let agrees =
        part.shape.rank == first.rank
        && part.shape.dimensions.indices.allSatisfy { $0 == axis || part.shape[$0] == first[$0] }
      precondition(agrees, "concatenated: \(first) and \(part.shape) differ beyond axis \(axis)")
    }
    let outer = first.dimensions[..<axis].reduce(1, *)
    let inner = first.dimensions[(axis + 1)...].reduce(1, *)
    let lengths = parts.map { $0.shape[axis] * inner }
    let total = lengths.reduce(0, +)
    var dimensions = first.dimensions
    dimensions[axis] = parts.reduce(0) { $0 + $1.shape[axis] }

    if let traced = traced(
      TracedOperation(
        "concatenate", ["axis": Double(axis)], reach: first.reach(over: [axis]), keeps: []), parts,
      Shape(dimensions))
    {
      return traced
    }
    let joined = Tensor(shape: Shape(dimensions)) { target in
      var start = 0
      for (part, length) in zip(parts, lengths) {
        part.value.copy(
          rows: outer, of: length, every: length, to: target + start, every: total)
        start += length
      }
    }
    var edges: [(Variable, Pullback)] = []
    var start = 0
    for (part, length) in zip(parts, lengths) {
      let (from, shape) = (start, part.shape)
      edges.append(
        (
          part,
          { dy in
            Tensor(shape: shape) {
              dy.copy(rows: outer, from: from, of: length, every: total, to: $0, every: length)
            }
          }
        ))
      start += length
    }
    return .recorded(joined, edges)
  }

  /// The places `range` of an axis; -1 is the last. Traps where the axis has them not.
  public func sliced(_ range: Range<Int>, axis: Int) -> Variable {
    let shape = self.shape
    let axis = axis < 0 ? axis + shape.rank : axis
    precondition(
      shape.dimensions.indices.contains(axis) && range.lowerBound >= 0
        && range.upperBound <= shape[axis],
      "sliced: \(shape) has no \(range) along axis \(axis)")
    let outer = shape.dimensions[..<axis].reduce(1, *)
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    let (from, length, total) = (range.lowerBound * inner, range.count * inner, shape[axis] * inner)
    var dimensions = shape.dimensions
    dimensions[axis] = range.count
    if let traced = Variable.traced(
      TracedOperation(
        "slice", ["axis": Double(axis), "from": Double(range.lowerBound)],
        reach: shape.reach(over: [axis]), keeps: []), [self], Shape(dimensions))
    {
      return traced
    }
    let x = value
    let piece = Tensor(shape: Shape(dimensions)) {
      x.copy(rows: outer, from: from, of: length, every: total, to: $0, every: length)
    }
    return .recorded(
      piece,
      (
        self,
        { dy in
          var dx = Tensor(repeating: 0, shape: shape)
          dx.withMutableScalars { elements in
            guard let base = elements.baseAddress else { return }
            dy.copy(rows: outer, of: length, every: length, to: base + from, every: total)
          }
          return dx
        }
      ))
  }
}

extension Tensor {
  /// Copies rows of `length` elements, `stride` from one to the next, to where they are `other` apart.
  fileprivate func copy(
    rows: Int, from start: Int = 0, of length: Int, every stride: Int,
    to target: UnsafeMutablePointer<Float>, every other: Int
  ) {
    guard length > 0 else { return }
    scalars.withUnsafeBufferPointer { source in
      guard let source = source.baseAddress else { return }
      Parallel.forEachBlock(of: rows, size: Swift.max(1, elementwiseBlock / length)) { places in
        for row in places {
          (target + row * other).update(from: source + start + row * stride, count: length)
        }
      }
    }
  }
}
