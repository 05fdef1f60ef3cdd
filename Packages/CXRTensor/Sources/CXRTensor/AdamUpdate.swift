import CTensorKernels

extension Tensor {
  /// One Adam update of this tensor in place, with its moments (Kingma and Ba, 2015, in Keras's
  /// form: w −= α·m/(√v + ε), α already bias-corrected). All shapes are equal; the shares are 1 − β₁ and
  /// 1 − β₂, what a new gradient counts in the moments.
  public mutating func updateByAdam(
    gradient: Tensor, firstMoment: inout Tensor, secondMoment: inout Tensor, alpha: Float,
    firstShare: Float, secondShare: Float, epsilon: Float
  ) {
    precondition(
      gradient.shape == shape && firstMoment.shape == shape && secondMoment.shape == shape,
      "updateByAdam: weights \(shape), gradient \(gradient.shape), moments \(firstMoment.shape)")
    let count = shape.count
    withMutableScalars { w in
      firstMoment.withMutableScalars { m in
        secondMoment.withMutableScalars { v in
          gradient.scalars.withUnsafeBufferPointer { g in
            guard let w = w.baseAddress, let m = m.baseAddress, let v = v.baseAddress,
              let g = g.baseAddress
            else { return }
            Parallel.forEachBlock(of: count, size: elementwiseBlock) {
              let i = $0.lowerBound
              cxr_adam(
                w + i, g + i, m + i, v + i, $0.count, alpha, firstShare, secondShare, epsilon)
            }
          }
        }
      }
    }
  }
}
