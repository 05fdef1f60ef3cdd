import CXRParallel
@testable import CXRTensor

/// Operations as plain loops in Double, to judge the fast ones by.
enum Naive {
  /// A convolution's sizes, and the loop over all its products.
  struct Convolution {
    let x: Shape
    let w: Shape
    let stride: Int
    let rows: (size: Int, before: Int)
    let columns: (size: Int, before: Int)

    init(_ x: Shape, _ w: Shape, stride: Int, padding: Padding) {
      (self.x, self.w, self.stride) = (x, w, stride)
      rows = padding.output(size: x[1], kernel: w[0], stride: stride)
      columns = padding.output(size: x[2], kernel: w[1], stride: stride)
    }

    var output: Shape { [x[0], rows.size, columns.size, w[3]] }

    /// Calls `body` with the offsets of the first channel of input, kernel and output of every tap that lies
    /// within the input.
    private func forEachTap(_ body: (_ x: Int, _ w: Int, _ y: Int) -> Void) {
      for n in 0..<x[0] {
        for oy in 0..<rows.size {
          for ox in 0..<columns.size {
            let to = ((n * rows.size + oy) * columns.size + ox) * w[3]
            for r in 0..<w[0] {
              for s in 0..<w[1] {
                let (iy, ix) = (oy * stride + r - rows.before, ox * stride + s - columns.before)
                guard iy >= 0, iy < x[1], ix >= 0, ix < x[2] else { continue }
                body(((n * x[1] + iy) * x[2] + ix) * x[3], (r * w[1] + s) * x[3] * w[3], to)
              }
            }
          }
        }
      }
    }

    func output(_ x: [Double], kernel w: [Double], bias: [Double]) -> [Double] {
      var y = (0..<output.count).map { bias[$0 % bias.count] }
      let (channels, filters) = (self.x[3], self.w[3])
      y.withUnsafeMutableBufferPointer { y in
        x.withUnsafeBufferPointer { x in
          w.withUnsafeBufferPointer { w in
            forEachTap { at, tap, to in
              for c in 0..<channels {
                let (value, row) = (x[at + c], tap + c * filters)
                for k in 0..<filters { y[to + k] += value * w[row + k] }
              }
            }
          }
        }
      }
      return y
    }

    /// The gradients of what goes in from that of the output; the input's is empty where it is not wanted.
    func gradients(
      _ x: [Double], kernel w: [Double], _ dy: [Double], wantsInput: Bool = true
    ) -> (x: [Double], w: [Double], bias: [Double]) {
      let (channels, filters) = (self.x[3], self.w[3])
      var dx = [Double](repeating: 0, count: wantsInput ? x.count : 0)
      var dw = [Double](repeating: 0, count: w.count)
      var db = [Double](repeating: 0, count: filters)
      // A filter's taps side by side, so that both sums run along memory.
      var turned = w
      for i in w.indices {
        let (area, c, k) = (i / (channels * filters), i / filters % channels, i % filters)
        turned[(area * filters + k) * channels + c] = w[i]
      }
      dx.withUnsafeMutableBufferPointer { dx in
        dw.withUnsafeMutableBufferPointer { dw in
          x.withUnsafeBufferPointer { x in
            dy.withUnsafeBufferPointer { dy in
              turned.withUnsafeBufferPointer { turned in
                forEachTap { at, tap, to in
                  for c in 0..<channels {
                    let (value, row) = (x[at + c], tap + c * filters)
                    for k in 0..<filters { dw[row + k] += value * dy[to + k] }
                  }
                  guard wantsInput else { return }
                  for k in 0..<filters {
                    let (value, row) = (dy[to + k], tap + k * channels)
                    for c in 0..<channels { dx[at + c] += value * turned[row + c] }
                  }
                }
              }
            }
          }
        }
      }
      for i in dy.indices { db[i % db.count] += dy[i] }
      return (dx, dw, db)
    }
  }

  static func convolved(
    _ x: Tensor, kernel w: Tensor, bias: Tensor, stride: Int, padding: Padding
  ) -> [Double] {
    Convolution(x.shape, w.shape, stride: stride, padding: padding)
      .output(x.doubles, kernel: w.doubles, bias: bias.doubles)
  }

  /// ReLU, 2×2 maximum and batch normalisation of `[N, H, W, K]`, with the gradient of their input.
  struct PooledNormalization {
    let output: [Double]
    let shape: Shape
    let mean: [Double]
    let variance: [Double]
    private let winners: [Int]
    private let normalised: [Double]
    private let gamma: [Double]
    private let deviation: [Double]
    private let pooled: [Double]
    private let count: Int

    init(_ y: [Double], _ s: Shape, gamma: [Double], beta: [Double], epsilon: Double) {
      let (rows, columns, k) = (s[1] / 2, s[2] / 2, s[3])
      shape = [s[0], rows, columns, k]
      var (values, won) = ([Double](), [Int]())
      for n in 0..<s[0] {
        for py in 0..<rows {
          for px in 0..<columns {
            for c in 0..<k {
              func at(_ i: Int) -> Int {
                ((n * s[1] + 2 * py + i / 2) * s[2] + 2 * px + i % 2) * k + c
              }
              let best = (0..<4).map(at).reduce(at(0)) { y[$1] > y[$0] ? $1 : $0 }
              values.append(max(0, y[best]))
              won.append(best)
            }
          }
        }
      }
      let n = Double(values.count / k)
      var (mean, variance) = ([Double](repeating: 0, count: k), [Double](repeating: 0, count: k))
      for i in values.indices { mean[i % k] += values[i] / n }
      for i in values.indices {
        variance[i % k] += (values[i] - mean[i % k]) * (values[i] - mean[i % k]) / n
      }
      let deviation = variance.map { ($0 + epsilon).squareRoot() }
      let normalised = values.indices.map { (values[$0] - mean[$0 % k]) / deviation[$0 % k] }
      output = normalised.indices.map { gamma[$0 % k] * normalised[$0] + beta[$0 % k] }
      (self.mean, self.variance, self.deviation, self.normalised) = (
        mean, variance, deviation, normalised
      )
      (self.gamma, pooled, winners, count) = (gamma, values, won, y.count)
    }

    func gradients(_ dz: [Double]) -> (y: [Double], gamma: [Double], beta: [Double]) {
      let k = gamma.count
      let n = Double(dz.count / k)
      var (sum, product) = ([Double](repeating: 0, count: k), [Double](repeating: 0, count: k))
      for i in dz.indices {
        sum[i % k] += dz[i]
        product[i % k] += dz[i] * normalised[i]
      }
      var dy = [Double](repeating: 0, count: count)
      for i in dz.indices where pooled[i] > 0 {
        let c = i % k
        dy[winners[i]] +=
          gamma[c] / deviation[c] * (dz[i] - sum[c] / n - normalised[i] * product[c] / n)
      }
      return (dy, product, sum)
    }
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
  var doubles: [Double] { scalars.map(Double.init) }

  static func random(_ shape: Shape, seed: UInt64) -> Tensor {
    var random = RandomStream(seed: seed)
    return Tensor((0..<shape.count).map { _ in random.uniform(in: -1..<1) }, shape: shape)
  }
}
