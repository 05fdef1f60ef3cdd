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

  /// The sum, in Double, of the elements that ``broadcast(to:)`` would make of each one of `shape`: what a gradient becomes.
  func summed(to shape: Shape, _ shares: BatchShares?) -> Tensor {
    guard shape != self.shape else { return self }
    let lacking = self.shape.rank - shape.rank
    let axes = Set(
      self.shape.dimensions.indices.filter { axis in
        axis < lacking || shape.dimensions[axis - lacking] != self.shape.dimensions[axis]
      })
    return summed(over: axes, shares).reshaped(to: shape)
  }
}
