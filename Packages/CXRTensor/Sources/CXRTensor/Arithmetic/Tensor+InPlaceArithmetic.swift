import CTensorKernels
import CXRParallel

extension Tensor {
  /// Adds `right`, of the same shape, in place.
  public static func += (left: inout Tensor, right: Tensor) {
    precondition(left.shape == right.shape, "+=: shapes \(left.shape) and \(right.shape) differ")
    let count = left.shape.count
    left.withMutableScalars { sum in
      right.scalars.withUnsafeBufferPointer { addend in
        guard let sum = sum.baseAddress, let addend = addend.baseAddress else { return }
        Parallel.forEachBlock(of: count, size: elementwiseBlock / 4) {
          cxr_add(sum + $0.lowerBound, addend + $0.lowerBound, $0.count)
        }
      }
    }
  }

  /// Subtracts `right`, broadcast to this tensor's shape, in place.
  public static func -= (left: inout Tensor, right: Tensor) {
    precondition(
      Shape.broadcast(left.shape, right.shape, "-=") == left.shape,
      "-=: \(left.shape) would become \(right.shape)")
    let count = left.shape.count
    let right = right.broadcast(to: left.shape)
    left.withMutableScalars { elements in
      right.scalars.withUnsafeBufferPointer { subtrahend in
        for i in 0..<count { elements[i] -= subtrahend[i] }
      }
    }
  }

  /// Multiplies every element by `factor`, in place.
  public mutating func scale(by factor: Float) {
    withMutableScalars { elements in
      guard let base = elements.baseAddress else { return }
      Parallel.forEachBlock(of: elements.count, size: elementwiseBlock) {
        cxr_scale(base + $0.lowerBound, factor, base + $0.lowerBound, $0.count)
      }
    }
  }
}
