import CXRParallel

/// Elements an elementwise operation gives to a thread at a time.
let elementwiseBlock = 1 << 16

extension Tensor {
  /// A tensor of the same shape whose elements `body` writes from this one's, block by block.
  func mapped(
    _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Tensor {
    scalars.withUnsafeBufferPointer { source in
      Tensor(shape: shape) { target in
        guard let source = source.baseAddress else { return }
        Parallel.forEachBlock(of: shape.count, size: elementwiseBlock) {
          body(source + $0.lowerBound, target + $0.lowerBound, $0.count)
        }
      }
    }
  }

  /// A tensor of the same shape written from this one's elements and another's.
  func mapped(
    with other: Tensor,
    _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Tensor {
    precondition(shape == other.shape, "shapes \(shape) and \(other.shape) differ")
    return other.scalars.withUnsafeBufferPointer { second in
      scalars.withUnsafeBufferPointer { first in
        Tensor(shape: shape) { target in
          guard let first = first.baseAddress, let second = second.baseAddress else { return }
          Parallel.forEachBlock(of: shape.count, size: elementwiseBlock) {
            let at = $0.lowerBound
            body(first + at, second + at, target + at, $0.count)
          }
        }
      }
    }
  }
}
