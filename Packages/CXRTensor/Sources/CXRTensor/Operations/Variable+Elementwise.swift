import CXRParallel
import CTensorKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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

  /// `factor` times this tensor.
  func scaled(by factor: Float) -> Tensor {
    mapped { cxr_scale($0, factor, $1, $2) }
  }
}

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

  /// The element-wise product with a constant of the same shape, as dropout's mask.
  public func multiplied(by mask: Tensor) -> Variable {
    precondition(shape == mask.shape, "multiplied: shapes \(shape) and \(mask.shape) differ")
    if let traced = Variable.traced("multiply", [self, Variable(mask)], shape) { return traced }
    func product(_ x: Tensor) -> Tensor {
      x.mapped(with: mask) { cxr_multiply($0, $1, $2, $3) }
    }
    return .recorded(product(value), (self, product))
  }

  /// Zeroes each element with probability `rate` in `0...1` and scales the others by 1/(1 − rate).
  ///
  /// The mask is drawn from `random` in element order. A rate of 1 gives zeros, a rate of 0 the
  /// input.
  public func dropout(rate: Float, random: RandomStream) -> Variable {
    precondition((0...1).contains(rate), "dropout: rate \(rate) is outside 0...1")
    guard rate > 0 else { return self }
    if let traced = Variable.traced(
      Operation("dropout", ["rate": Double(rate)], keeps: [], kept: 4 * shape.count), [self], shape)
    {
      return traced
    }
    var random = random
    let kept = rate < 1 ? 1 / (1 - rate) : 0
    let mask = Tensor(
      (0..<shape.count).map { _ in random.uniform() < rate ? 0 : kept }, shape: shape)
    return multiplied(by: mask)
  }
}
