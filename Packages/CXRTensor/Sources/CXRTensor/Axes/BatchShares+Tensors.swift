import CXRParallel
import CTensorKernels

extension BatchShares {
  /// The sum, in the tree of shares, of a tensor a share, here and on other ranks; zeros where there is no image.
  ///
  /// - Parameters:
  ///   - shape: of each.
  ///   - tensor: of a share that is here; nobody else holds it.
  func sum(shape: Shape, _ tensor: (_ share: Int) -> Tensor) -> Tensor {
    let parts = partSums(tensor, Self.added)
    guard let sum = parts.first else { return Tensor(repeating: 0, shape: shape) }
    sumOverRanks(parts.map(\.buffer))
    return sum
  }

  /// Adds up what the parts of the tree came to on all ranks, into the first.
  private func sumOverRanks(_ parts: [FloatBuffer]) {
    guard let first = parts.first, isDivided else { return }
    let runs = runs(of: first.count)
    sumRuns(parts, runs)
    withExtendedLifetime(first) { shareRuns(first.base, runs) }
  }

  /// Adds up this rank's run of them, into the first.
  func sumRuns(_ parts: [FloatBuffer], _ runs: [Range<Int>]) {
    var room: FloatBuffer?
    withExtendedLifetime(parts) {
      sumRuns(
        parts.map(\.base), runs,
        room: { count in
          let buffer = FloatBuffer(count: count)
          room = buffer
          return buffer.base
        }, Self.add)
    }
    withExtendedLifetime(room) {}
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
