#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// The system's functions, whose names the methods below bear too.
private func exponential(_ x: Float) -> Float { exp(x) }
private func logarithm(_ x: Float) -> Float { log(x) }
private func hyperbolicTangent(_ x: Float) -> Float { tanh(x) }
private func power(_ x: Float, _ exponent: Float) -> Float { pow(x, exponent) }

extension Variable {
  /// A function of each element, and its slope by the element and the function's value.
  private func elementwise(
    _ operation: @autoclosure () -> TracedOperation, _ function: @escaping (Float) -> Float,
    slope: @escaping (_ x: Float, _ y: Float) -> Float
  ) -> Variable {
    if let traced = Variable.traced(operation(), [self], shape) { return traced }
    let x = value
    let y = x.mapped { x, y, count in for i in 0..<count { y[i] = function(x[i]) } }
    return .recorded(
      y,
      (
        self,
        { dy in
          let slopes = x.mapped(with: y) { x, y, slopes, count in
            for i in 0..<count { slopes[i] = slope(x[i], y[i]) }
          }
          return dy * slopes
        }
      ))
  }

  /// eˣ, any shape.
  public func exp() -> Variable {
    elementwise(TracedOperation("exp", keeps: [.inputs, .output]), exponential) { _, y in y }
  }

  /// The natural logarithm, any shape: −∞ of 0, NaN of negative numbers.
  public func log() -> Variable { elementwise(TracedOperation("log"), logarithm) { x, _ in 1 / x } }

  /// The square root, any shape: NaN of negative numbers. The gradient at 0 is infinite.
  public func squareRoot() -> Variable {
    elementwise(
      TracedOperation("sqrt", keeps: [.inputs, .output]), { $0.squareRoot() },
      slope: { _, y in 0.5 / y })
  }

  /// (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), any shape.
  public func tanh() -> Variable {
    elementwise(TracedOperation("tanh", keeps: [.inputs, .output]), hyperbolicTangent) { _, y in
      1 - y * y
    }
  }

  /// x², any shape.
  public func squared() -> Variable {
    elementwise(TracedOperation("square"), { $0 * $0 }, slope: { x, _ in 2 * x })
  }

  /// xⁿ, any shape: NaN of negative numbers unless n is whole. The gradient of x⁰ is 0.
  public func raised(to exponent: Float) -> Variable {
    elementwise(
      TracedOperation("power", ["exponent": Double(exponent)]), { power($0, exponent) },
      slope: { x, _ in exponent == 0 ? 0 : exponent * power(x, exponent - 1) })
  }

  /// Each element, or the nearer bound where it lies outside; the gradient outside is 0, at a bound 1. NaN stays NaN.
  public func clamped(to range: ClosedRange<Float>) -> Variable {
    elementwise(
      TracedOperation(
        "clamp", ["low": Double(range.lowerBound), "high": Double(range.upperBound)]),
      { $0 < range.lowerBound ? range.lowerBound : $0 > range.upperBound ? range.upperBound : $0 },
      slope: { x, _ in range.contains(x) ? 1 : 0 })
  }
}
