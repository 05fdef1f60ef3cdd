extension Variable {
  /// The same elements under another shape of the same count.
  public func reshaped(to shape: Shape) -> Variable {
    let original = self.shape
    precondition(
      shape.count == original.count, "reshaped: \(original) cannot become \(shape)")
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

    var joined: [Float] = []
    joined.reserveCapacity(outer * total)
    for o in 0..<outer {
      for (part, length) in zip(parts, lengths) {
        joined += part.value.scalars[o * length..<(o + 1) * length]
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
            var piece: [Float] = []
            piece.reserveCapacity(outer * length)
            for o in 0..<outer {
              piece += dy.scalars[o * total + from..<o * total + from + length]
            }
            return Tensor(piece, shape: shape)
          }
        ))
      start += length
    }
    return .recorded(Tensor(joined, shape: Shape(dimensions)), edges)
  }
}
