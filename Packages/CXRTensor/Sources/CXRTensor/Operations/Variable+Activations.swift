import CTensorKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// 1/(1 + e⁻ˣ), without overflow at either end.
@inlinable
public func logistic(_ x: Float) -> Float {
  let e = exp(-abs(x))
  return x >= 0 ? 1 / (1 + e) : e / (1 + e)
}

extension Variable {
  /// max(x, 0), any shape. The gradient at 0 is 0. A NaN stays NaN.
  public func relu() -> Variable {
    if let traced = Variable.traced("relu", keeps: .output, [self], shape) { return traced }
    let y = value.mapped { cxr_relu($0, $1, $2) }
    return .recorded(
      y, (self, { dy in y.mapped(with: dy) { cxr_relu_gradient($0, $1, $2, $3) } }))
  }

  /// 1/(1 + e⁻ˣ), any shape.
  public func sigmoid() -> Variable {
    if let traced = Variable.traced("sigmoid", keeps: .output, [self], shape) { return traced }
    let y = value.mapped { x, y, count in for i in 0..<count { y[i] = logistic(x[i]) } }
    return .recorded(
      y,
      (
        self,
        { dy in
          y.mapped(with: dy) { y, dy, dx, count in
            for i in 0..<count { dx[i] = dy[i] * y[i] * (1 - y[i]) }
          }
        }
      ))
  }

  /// eˣ over the sum of eˣ along an axis, the last if none is named; without overflow.
  public func softmax(axis: Int = -1) -> Variable {
    let places = shape.places(of: [axis], "softmax")
    if let traced = Variable.traced(
      TracedOperation(
        "softmax", ["axis": Double(axis)], reach: shape.reach(over: places), keeps: .output,
        kept: 8 * shape.count),
      [self], shape)
    {
      return traced
    }
    // What is taken off changes no value, so that no gradient flows through it.
    let e = (self - Variable(value.largest(over: places))).exp()
    return e / e.sum(over: [axis], keepingAxes: true)
  }
}
