import CXRParallel
import CTensorKernels

/// Elements a block of a step: most parameters are small, and each element is read and written several times.
private let parameterBlock = 1 << 13

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
            Parallel.forEachBlock(of: count, size: parameterBlock) {
              let i = $0.lowerBound
              cxr_adam(
                w + i, g + i, m + i, v + i, $0.count, alpha, firstShare, secondShare, epsilon)
            }
          }
        }
      }
    }
  }

  /// Makes every value smaller in place by its share: w −= (w·decay)·learningRate, rounded in that order.
  public mutating func decay(_ decay: Float, learningRate: Float) {
    let count = shape.count
    withMutableScalars { w in
      guard let w = w.baseAddress else { return }
      Parallel.forEachBlock(of: count, size: parameterBlock) {
        cxr_decay(w + $0.lowerBound, $0.count, decay, learningRate)
      }
    }
  }

  /// One step down the gradient in place: w −= g·rate. Both shapes are equal.
  public mutating func updateBySGD(gradient: Tensor, rate: Float) {
    precondition(
      gradient.shape == shape, "updateBySGD: weights \(shape), gradient \(gradient.shape)")
    let count = shape.count
    withMutableScalars { w in
      gradient.scalars.withUnsafeBufferPointer { g in
        guard let w = w.baseAddress, let g = g.baseAddress else { return }
        Parallel.forEachBlock(of: count, size: parameterBlock) {
          cxr_sgd(w + $0.lowerBound, g + $0.lowerBound, $0.count, rate)
        }
      }
    }
  }

  /// One step with momentum in place, with its velocity: v = v·momentum + g·inner; w += v·outer, or with Nesterov's
  /// momentum w += (v·momentum + g·inner)·outer. All shapes are equal.
  ///
  /// With a learning rate of lr, `inner` −lr and `outer` 1 are Keras's form, `inner` 1 and `outer` −lr PyTorch's.
  public mutating func updateBySGD(
    gradient: Tensor, velocity: inout Tensor, momentum: Float, nesterov: Bool, inner: Float,
    outer: Float
  ) {
    precondition(
      gradient.shape == shape && velocity.shape == shape,
      "updateBySGD: weights \(shape), gradient \(gradient.shape), velocity \(velocity.shape)")
    let count = shape.count
    withMutableScalars { w in
      velocity.withMutableScalars { v in
        gradient.scalars.withUnsafeBufferPointer { g in
          guard let w = w.baseAddress, let v = v.baseAddress, let g = g.baseAddress else { return }
          Parallel.forEachBlock(of: count, size: parameterBlock) {
            let i = $0.lowerBound
            cxr_sgd_momentum(w + i, g + i, v + i, $0.count, momentum, nesterov, inner, outer)
          }
        }
      }
    }
  }
}
