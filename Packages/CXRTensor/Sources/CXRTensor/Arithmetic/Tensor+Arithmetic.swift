import CTensorKernels

// Either side may be broadcast: axes are compared from the last, and sizes are equal, or one is 1 or not there.
extension Tensor {
  private static func combined(
    _ left: Tensor, _ right: Tensor, _ operation: String,
    _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Tensor {
    let shape = Shape.broadcast(left.shape, right.shape, operation)
    return left.broadcast(to: shape).mapped(with: right.broadcast(to: shape), body)
  }

  /// The element-wise sum.
  public static func + (left: Tensor, right: Tensor) -> Tensor {
    combined(left, right, "+") { a, b, y, count in for i in 0..<count { y[i] = a[i] + b[i] } }
  }

  /// The element-wise difference.
  public static func - (left: Tensor, right: Tensor) -> Tensor {
    combined(left, right, "-") { a, b, y, count in for i in 0..<count { y[i] = a[i] - b[i] } }
  }

  /// The element-wise product.
  public static func * (left: Tensor, right: Tensor) -> Tensor {
    combined(left, right, "*") { cxr_multiply($0, $1, $2, $3) }
  }

  /// The element-wise quotient.
  public static func / (left: Tensor, right: Tensor) -> Tensor {
    combined(left, right, "/") { a, b, y, count in for i in 0..<count { y[i] = a[i] / b[i] } }
  }

  /// The element-wise larger one; NaN where either is.
  static func maximum(_ left: Tensor, _ right: Tensor) -> Tensor {
    combined(left, right, "maximum") { a, b, y, count in
      for i in 0..<count { y[i] = a[i] >= b[i] || a[i].isNaN ? a[i] : b[i] }
    }
  }

  /// `factor` times each element.
  public static func * (factor: Float, tensor: Tensor) -> Tensor { tensor.scaled(by: factor) }

  /// Each element times `factor`.
  public static func * (tensor: Tensor, factor: Float) -> Tensor { tensor.scaled(by: factor) }

  /// `factor` times this tensor.
  func scaled(by factor: Float) -> Tensor {
    mapped { cxr_scale($0, factor, $1, $2) }
  }
}
