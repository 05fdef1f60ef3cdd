import CXRParallel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// −(y·log p + (1 − y)·log(1 − p)) in nats with p = 1/(1 + e⁻ᶻ), from the logit z.
///
/// max(z, 0) − z·y + log(1 + e^−|z|): exact at any z, and its gradient never vanishes.
public func binaryCrossEntropy(logit z: Float, label y: Float) -> Float {
  max(z, 0) - z * y + log1p(exp(-abs(z)))
}

extension Variable {
  /// Mean over images and classes of the binary cross-entropy, in nats, of these logits `[N, K]`.
  ///
  /// - Parameter labels: `[N, K]`, each in 0…1, or NaN where unknown: such a cell is left out of the mean.
  /// - Returns: a scalar.
  public func binaryCrossEntropy(labels: Tensor) -> Variable {
    let ones = Tensor(repeating: 1, shape: [shape[-1]])
    return binaryCrossEntropy(
      labels: labels, negativeWeights: ones, positiveWeights: ones,
      divisor: Double(max(1, countInBatch(labels.scalars.count { !$0.isNaN }))),
      operation: "binaryCrossEntropy")
  }

  /// Sum over classes, mean over images, of (y·w₊ + (1 − y)·w₋) times the binary cross-entropy, in
  /// nats, of these logits `[N, K]`.
  ///
  /// - Parameters:
  ///   - labels: `[N, K]`, each in 0…1, or NaN where unknown: such a cell adds nothing.
  ///   - negativeWeights: w₋, `[K]`.
  ///   - positiveWeights: w₊, `[K]`.
  /// - Returns: a scalar.
  public func weightedBinaryCrossEntropy(
    labels: Tensor, negativeWeights: Tensor, positiveWeights: Tensor
  ) -> Variable {
    binaryCrossEntropy(
      labels: labels, negativeWeights: negativeWeights, positiveWeights: positiveWeights,
      divisor: Double(shape[0] / batchImages.here * batchImages.whole),
      operation: "weightedBinaryCrossEntropy")
  }

  private func binaryCrossEntropy(
    labels: Tensor, negativeWeights: Tensor, positiveWeights: Tensor, divisor: Double,
    operation: String
  ) -> Variable {
    let classes = shape[-1]
    precondition(
      shape.rank == 2 && labels.shape == shape && negativeWeights.shape == [classes]
        && positiveWeights.shape == [classes] && shape.count > 0,
      "\(operation): logits \(shape), labels \(labels.shape), weights \(negativeWeights.shape) and "
        + "\(positiveWeights.shape)")
    if let traced = Variable.traced(
      TracedOperation("binary cross-entropy", reach: .all), [self, Variable(labels)], [])
    {
      return traced
    }
    let z = value.scalars
    let y = labels.scalars.map { $0.isNaN ? 0 : $0 }
    let weights = z.indices.map { i -> Float in
      let k = i % classes
      if labels.scalars[i].isNaN { return 0 }
      return y[i] * positiveWeights.scalars[k] + (1 - y[i]) * negativeWeights.scalars[k]
    }
    let shares = shares?.suiting(images: self.shape[0]) ?? BatchShares(images: self.shape[0])
    let total =
      shares.sum { share in
        let films = shares.places(of: share)
        let sum = (films.lowerBound * classes..<films.upperBound * classes).reduce(0.0) {
          $0 + Double(weights[$1])
            * Double(CXRTensor.binaryCrossEntropy(logit: z[$1], label: y[$1]))
        }
        return [sum]
      }?[0] ?? 0
    let shape = self.shape
    return .recorded(
      Tensor([Float(total / divisor)], shape: []),
      (
        self,
        { dy in
          let scale = Float(Double(dy.scalar) / divisor)
          return Tensor(
            z.indices.map { weights[$0] * (logistic(z[$0]) - y[$0]) * scale }, shape: shape)
        }
      ))
  }
}
