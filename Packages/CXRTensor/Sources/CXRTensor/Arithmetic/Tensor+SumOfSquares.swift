import CTensorKernels

extension Tensor {
  /// The sum of the squares of the elements, in `Double`, with the same bits on every machine; not finite where
  /// an element is not.
  public var sumOfSquares: Double {
    scalars.withUnsafeBufferPointer { elements in
      elements.baseAddress.map { cxr_sum_of_squares($0, elements.count) } ?? 0
    }
  }
}
