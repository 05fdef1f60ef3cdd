import CXRParallel
import CTensorKernels

extension BatchShares {
  /// The sum, in the tree of shares, of a tensor a share, here and on other ranks; zeros where there is no image.
  ///
  /// - Parameters:
  ///   - shape: of each.
  ///   - tensor: of a share that is here; nobody else holds it.
  func sum(shape: Shape, _ tensor: (_ share: Int) -> Tensor) -> Tensor {
    pendingSum(shape: shape, tensor).value
  }

  /// The same, which travels while other work goes on.
  func pendingSum(shape: Shape, _ tensor: (_ share: Int) -> Tensor) -> PendingGradient {
    pendingSum(shape: shape, ofParts: partSums(tensor, Self.added))
  }

  /// The same from the sums of this rank's parts, as ``partSums(_:_:)`` gives them.
  func pendingSum(shape: Shape, ofParts parts: [Tensor]) -> PendingGradient {
    guard let sum = parts.first else { return PendingGradient(Tensor(repeating: 0, shape: shape)) }
    guard isDivided else { return PendingGradient(sum) }
    let runs = runs(of: shape.count)
    let add = beginSum(parts.map(\.buffer), runs)
    return PendingGradient(holding: shape.count) {
      add()
      let share = beginSharing(sum.buffer, runs)
      return .waiting {
        share()
        return .formed(sum)
      }
    }
  }

  /// Begins to add up this rank's run of floats, into the first part; what is returned waits for the other ranks'.
  func beginSum(_ parts: [FloatBuffer], _ runs: [Range<Int>]) -> () -> Void {
    let room = FloatBuffer(count: roomForSum(runs))
    let finish = beginSum(parts.map(\.base), runs, room: room.base, Self.add)
    return { withExtendedLifetime((parts, room)) { finish() } }
  }

  /// Begins to give this rank's run of floats to the others; what is returned waits for theirs.
  func beginSharing(_ floats: FloatBuffer, _ runs: [Range<Int>]) -> () -> Void {
    let finish = beginSharing(floats.base, runs)
    return { withExtendedLifetime(floats) { finish() } }
  }

  /// Adds the second to the first, which nobody else holds.
  static func added(_ sum: Tensor, _ other: Tensor) -> Tensor {
    withExtendedLifetime((sum, other)) { add(sum.buffer.base, other.buffer.base, sum.shape.count) }
    return sum
  }

  private static func add(
    _ sum: UnsafeMutablePointer<Float>, _ other: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    Parallel.forEachBlock(of: count, size: elementwiseBlock) {
      cxr_add(sum + $0.lowerBound, other + $0.lowerBound, $0.count)
    }
  }
}
