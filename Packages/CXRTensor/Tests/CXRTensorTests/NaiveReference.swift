@testable import CXRTensor

/// Operations as plain loops in Double, to judge the fast ones by.
enum Naive {
  static func convolved(
    _ x: Tensor, kernel w: Tensor, bias: Tensor, stride: Int, padding: Padding
  ) -> [Double] {
    let (rows, top) = padding.output(size: x.shape[1], kernel: w.shape[0], stride: stride)
    let (columns, left) = padding.output(size: x.shape[2], kernel: w.shape[1], stride: stride)
    var y: [Double] = []
    for n in 0..<x.shape[0] {
      for oy in 0..<rows {
        for ox in 0..<columns {
          for k in 0..<w.shape[3] {
            var sum = Double(bias.scalars[k])
            for r in 0..<w.shape[0] {
              for s in 0..<w.shape[1] {
                let (iy, ix) = (oy * stride + r - top, ox * stride + s - left)
                guard iy >= 0, iy < x.shape[1], ix >= 0, ix < x.shape[2] else { continue }
                for c in 0..<w.shape[2] {
                  sum +=
                    Double(x.scalars[((n * x.shape[1] + iy) * x.shape[2] + ix) * x.shape[3] + c])
                    * Double(w.scalars[((r * w.shape[1] + s) * w.shape[2] + c) * w.shape[3] + k])
                }
              }
            }
            y.append(sum)
          }
        }
      }
    }
    return y
  }

  static func matrixProduct(_ a: Tensor, _ b: Tensor) -> [Double] {
    let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
    return (0..<m * n).map { i in
      (0..<k).reduce(0) {
        $0 + Double(a.scalars[i / n * k + $1]) * Double(b.scalars[$1 * n + i % n])
      }
    }
  }
}

extension Tensor {
  static func random(_ shape: Shape, seed: UInt64) -> Tensor {
    var random = RandomStream(seed: seed)
    return Tensor((0..<shape.count).map { _ in random.uniform(in: -1..<1) }, shape: shape)
  }
}

func relativeDistance(_ a: [Float], _ b: [Double]) -> Double {
  guard a.count == b.count, a.allSatisfy(\.isFinite) else { return .infinity }
  let difference = zip(a, b).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
  let norm = b.reduce(0) { $0 + $1 * $1 }
  return norm > 0 ? (difference / norm).squareRoot() : difference.squareRoot()
}
