// Either side may be broadcast, as NumPy does: axes are compared from the last, and sizes are equal, or one is 1 or not
// there. The gradient of what was broadcast is summed over what it was broadcast to, in Double.
extension Variable {
  private static func traced(
    _ name: String, keeps: TracedOperation.Keeping = .inputs, _ left: Variable, _ right: Variable
  ) -> Variable? {
    traced(name, keeps: keeps, [left, right], Shape.broadcast(left.shape, right.shape, name))
  }

  /// The element-wise sum.
  public static func + (left: Variable, right: Variable) -> Variable {
    if let traced = traced("add", keeps: [], left, right) { return traced }
    let (first, second, shares) = (left.extent, right.extent, shares(of: [left, right]))
    var sum: Tensor
    if Shape.broadcast(left.shape, right.shape, "+") == left.shape {
      sum = left.value
      sum += right.value.broadcast(to: left.shape)
    } else {
      sum = left.value + right.value
    }
    return .recorded(
      sum, (left, { $0.summed(to: first, shares) }), (right, { $0.summed(to: second, shares) }))
  }

  /// The element-wise difference.
  public static func - (left: Variable, right: Variable) -> Variable {
    if let traced = traced("subtract", keeps: [], left, right) { return traced }
    let (first, second, shares) = (left.extent, right.extent, shares(of: [left, right]))
    return .recorded(
      left.value - right.value, (left, { $0.summed(to: first, shares) }),
      (right, { (-1 * $0).summed(to: second, shares) }))
  }

  /// The element-wise product.
  public static func * (left: Variable, right: Variable) -> Variable {
    if let traced = traced("multiply", left, right) { return traced }
    let (a, b, shares) = (left.value, right.value, shares(of: [left, right]))
    let (first, second) = (left.extent, right.extent)
    return .recorded(
      a * b, (left, { ($0 * b).summed(to: first, shares) }),
      (right, { ($0 * a).summed(to: second, shares) }))
  }

  /// The element-wise quotient.
  public static func / (left: Variable, right: Variable) -> Variable {
    if let traced = traced("divide", keeps: [.inputs, .output], left, right) { return traced }
    let (a, b, shares) = (left.value, right.value, shares(of: [left, right]))
    let (first, second) = (left.extent, right.extent)
    let y = a / b
    return .recorded(
      y, (left, { ($0 / b).summed(to: first, shares) }),
      (right, { (-1 * ($0 * y / b)).summed(to: second, shares) }))
  }

  /// The element-wise larger one; where both are equal the gradient is the left one's. NaN where either is.
  public static func maximum(_ left: Variable, _ right: Variable) -> Variable {
    if let traced = traced("maximum", left, right) { return traced }
    let (a, b, shares) = (left.value, right.value, shares(of: [left, right]))
    let (first, second) = (left.extent, right.extent)
    let y = Tensor.maximum(a, b)
    // 1 where the left one is taken.
    let taken = a.broadcast(to: y.shape).mapped(with: b.broadcast(to: y.shape)) {
      a, b, taken, count in
      for i in 0..<count { taken[i] = a[i] >= b[i] || a[i].isNaN ? 1 : 0 }
    }
    return .recorded(
      y, (left, { ($0 * taken).summed(to: first, shares) }),
      (right, { ($0 - $0 * taken).summed(to: second, shares) }))
  }

  /// Each element with its sign turned.
  public static prefix func - (variable: Variable) -> Variable { -1 * variable }

  /// `factor` times each element.
  public static func * (factor: Float, variable: Variable) -> Variable {
    if let traced = traced(
      TracedOperation("scale", ["factor": Double(factor)], keeps: []), [variable], variable.shape)
    {
      return traced
    }
    return .recorded(factor * variable.value, (variable, { factor * $0 }))
  }

  /// Each element times `factor`.
  public static func * (variable: Variable, factor: Float) -> Variable { factor * variable }

  /// Each element divided by `divisor`.
  public static func / (variable: Variable, divisor: Float) -> Variable {
    variable / Variable(Tensor([divisor], shape: []))
  }

  /// A number divided by each element.
  public static func / (dividend: Float, variable: Variable) -> Variable {
    Variable(Tensor([dividend], shape: [])) / variable
  }

  /// Each element and `addend`.
  public static func + (variable: Variable, addend: Float) -> Variable {
    variable + Variable(Tensor([addend], shape: []))
  }

  /// `addend` and each element.
  public static func + (addend: Float, variable: Variable) -> Variable { variable + addend }

  /// Each element less `subtrahend`.
  public static func - (variable: Variable, subtrahend: Float) -> Variable {
    variable + -subtrahend
  }

  /// A number less each element.
  public static func - (minuend: Float, variable: Variable) -> Variable { -variable + minuend }
}
