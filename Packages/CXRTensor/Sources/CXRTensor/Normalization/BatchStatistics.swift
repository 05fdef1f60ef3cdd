/// Mean and deviation of a batch and what follows from them, `[K]` each.
struct BatchStatistics {
  let mean: [Double]
  /// Biased.
  let variance: [Double]
  /// 1/√(σ² + ε)
  let inverse: [Double]
  /// γ/√(σ² + ε), and β − μ times that.
  let factor: [Float]
  let offset: [Float]
  /// Values a channel; `nil` where the statistics are not theirs.
  let count: Double?

  init(
    mean: [Double], variance: [Double], epsilon: Float, scale: Tensor, shift: Tensor, count: Int
  ) {
    self.init(mean, variance, epsilon, scale, shift, count: Double(count))
  }

  /// Those of values that were summed up.
  init(_ moments: BatchMoments, epsilon: Float, scale: Tensor, shift: Tensor) {
    self.init(moments.mean, moments.variance, epsilon, scale, shift, count: moments.count)
  }

  /// Statistics that do not depend on the values.
  init(stored mean: [Double], variance: [Double], epsilon: Float, scale: Tensor, shift: Tensor) {
    self.init(mean, variance, epsilon, scale, shift, count: nil)
  }

  private init(
    _ mean: [Double], _ variance: [Double], _ epsilon: Float, _ scale: Tensor, _ shift: Tensor,
    count: Double?
  ) {
    (self.mean, self.variance, self.count) = (mean, variance, count)
    let inverse = variance.map { 1 / ($0 + Double(epsilon)).squareRoot() }
    self.inverse = inverse
    factor = mean.indices.map { Float(Double(scale.scalars[$0]) * inverse[$0]) }
    offset = mean.indices.map {
      Float(Double(shift.scalars[$0]) - mean[$0] * Double(scale.scalars[$0]) * inverse[$0])
    }
  }

  /// The coefficients of dx = a·dy + b·x + c, from the sums of dy and of dy·(x − μ):
  /// dx = γ/σ·(dy − mean(dy) − x̂·mean(dy·x̂)), with x̂ = (x − μ)/σ; γ/σ·dy of stored statistics.
  func gradientCoefficients(
    gamma: Tensor, sums: (gradient: [Double], product: [Double])
  ) -> (a: [Float], b: [Float], c: [Float]) {
    let a = mean.indices.map { Double(gamma.scalars[$0]) * inverse[$0] }
    guard let count else {
      let zeros = [Float](repeating: 0, count: a.count)
      return (a.map { Float($0) }, zeros, zeros)
    }
    let b = mean.indices.map { -a[$0] * inverse[$0] * inverse[$0] * sums.product[$0] / count }
    let c = mean.indices.map { -a[$0] * sums.gradient[$0] / count - b[$0] * mean[$0] }
    return (a.map { Float($0) }, b.map { Float($0) }, c.map { Float($0) })
  }
}

extension [Double] {
  /// `[count]`.
  var tensor: Tensor { Tensor(map { Float($0) }, shape: [count]) }
}
