import CXRParallel
import CTensorKernels

extension Tensor {
  private var rowBlock: Int { Swift.max(1, elementwiseBlock / Swift.max(1, shape[-1])) }

  /// x·factor + offset, `[…, C]`, with one factor and offset a channel, `[C]` each.
  func scaledAndShifted(by factor: [Float], _ offset: [Float]) -> Tensor {
    let channels = shape[-1]
    return scalars.withUnsafeBufferPointer { x in
      Tensor(shape: shape) { y in
        guard let x = x.baseAddress else { return }
        Parallel.forEachBlock(of: shape.count / channels, size: rowBlock) { rows in
          let at = rows.lowerBound * channels
          cxr_scale_shift(x + at, factor, offset, rows.count, channels, y + at)
        }
      }
    }
  }

  /// a·dy + b·x + c with x this tensor, `[…, C]`, and coefficients of `[C]` each.
  func batchNormGradient(
    _ dy: Tensor, _ a: [Float], _ b: [Float], _ c: [Float]
  ) -> Tensor {
    let channels = shape[-1]
    return scalars.withUnsafeBufferPointer { x in
      dy.scalars.withUnsafeBufferPointer { dy in
        Tensor(shape: shape) { dx in
          guard let x = x.baseAddress, let dy = dy.baseAddress else { return }
          Parallel.forEachBlock(of: shape.count / channels, size: rowBlock) { rows in
            let at = rows.lowerBound * channels
            cxr_batch_norm_gradient(x + at, dy + at, a, b, c, rows.count, channels, dx + at)
          }
        }
      }
    }
  }
}
