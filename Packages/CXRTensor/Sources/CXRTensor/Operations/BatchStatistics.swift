/// Mean and deviation of a batch and what follows from them, `[K]` each.
struct BatchStatistics {
  let mean: [Double]
  /// 1/√(σ² + ε)
  let inverse: [Double]
  /// γ/√(σ² + ε), and β − μ times that.
  let factor: [Float]
  let offset: [Float]
  /// Values a channel.
  let count: Double

  init(
    mean: [Double], variance: [Double], epsilon: Float, scale: Tensor, shift: Tensor, count: Int
  ) {
    self.mean = mean
    self.count = Double(count)
    let inverse = variance.map { 1 / ($0 + Double(epsilon)).squareRoot() }
    self.inverse = inverse
    factor = mean.indices.map { Float(Double(scale.scalars[$0]) * inverse[$0]) }
    offset = mean.indices.map {
      Float(Double(shift.scalars[$0]) - mean[$0] * Double(scale.scalars[$0]) * inverse[$0])
    }
  }

  /// The coefficients of dx = a·dy + b·x + c, from the sums of dy and of dy·(x − μ):
  /// dx = γ/σ·(dy − mean(dy) − x̂·mean(dy·x̂)), with x̂ = (x − μ)/σ.
  func gradientCoefficients(
    gamma: Tensor, sums: (gradient: [Double], product: [Double])
  ) -> (a: [Float], b: [Float], c: [Float]) {
    let a = mean.indices.map { Double(gamma.scalars[$0]) * inverse[$0] }
    let b = mean.indices.map { -a[$0] * inverse[$0] * inverse[$0] * sums.product[$0] / count }
    let c = mean.indices.map { -a[$0] * sums.gradient[$0] / count - b[$0] * mean[$0] }
    return (a.map { Float($0) }, b.map { Float($0) }, c.map { Float($0) })
  }
}

extension [Double] {
  /// `[count]`.
  var tensor: Tensor { Tensor(map { Float($0) }, shape: [count]) }
}
