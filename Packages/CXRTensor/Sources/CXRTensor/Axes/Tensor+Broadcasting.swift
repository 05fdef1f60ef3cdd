import CXRParallel

extension Tensor {
  /// This tensor's elements as often as `shape` has them, which ``Shape/broadcast(_:_:_:)`` gave.
  func broadcast(to shape: Shape) -> Tensor {
    guard shape != self.shape else { return self }
    guard shape.count > 0 else { return Tensor(repeating: 0, shape: shape) }
    let lacking = shape.rank - self.shape.rank
    let runs = AxisRuns(shape) { axis in
      axis >= lacking && self.shape.dimensions[axis - lacking] == shape.dimensions[axis]
    }
    let (count, inner) = (runs.outerKeptCount, runs.inner)
    let (begins, dropped) = (runs.keptOffset, runs.droppedOffsets)
    return scalars.withUnsafeBufferPointer { source in
      Tensor(shape: shape) { target in
        guard let source = source.baseAddress else { return }
        let elements = inner * dropped.count
        Parallel.forEachBlock(of: count, size: placesOfBlock(elements)) { places in
          for place in places {
            let begin = target + begins(place)
            for offset in dropped {
              if runs.isInnerKept {
                (begin + offset).update(from: source + place * inner, count: inner)
              } else {
                (begin + offset).update(repeating: source[place], count: inner)
              }
            }
          }
        }
      }
    }
  }

  /// The sum, in Double, of the elements that ``broadcast(to:)`` would make of each one of an operand: what its
  /// gradient becomes.
  func summed(to operand: OperandExtent, _ shares: BatchShares?) -> Tensor {
    let shape = operand.shape
    // What is the same on every rank was broadcast to images elsewhere as well, be there only one here.
    let isElsewhere = shares?.isDivided == true && !operand.isOfBatch
    guard shape != self.shape || isElsewhere else { return self }
    let lacking = self.shape.rank - shape.rank
    var axes = Set(
      self.shape.dimensions.indices.filter { axis in
        axis < lacking || shape.dimensions[axis - lacking] != self.shape.dimensions[axis]
      })
    if isElsewhere { axes.insert(0) }
    return summed(over: axes, shares).reshaped(to: shape)
  }
}

/// What a gradient must know of an operand whose values it does not need.
struct OperandExtent {
  let shape: Shape
  /// Whether its first axis is the batch's images.
  let isOfBatch: Bool
}
