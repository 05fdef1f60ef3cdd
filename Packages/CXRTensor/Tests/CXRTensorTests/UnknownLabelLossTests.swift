import CXRTensor
import Testing

/// A label that is not known adds nothing to a loss, and moves no logit.
@Suite struct UnknownLabelLossTests {
  private let logits = Tensor([0.7, -1.2, 2.5, -0.3, 0.1, 1.9], shape: [3, 2])
  private let labels = Tensor([1, .nan, 0, 1, .nan, 0], shape: [3, 2])
  private let known = [0, 2, 3, 5]
  private let weights: (negative: Tensor, positive: Tensor) = (
    Tensor([0.2, 0.6], shape: [2]), Tensor([0.8, 0.4], shape: [2])
  )

  private func weight(_ cell: Int) -> Double {
    let (w, k) = (weights, cell % 2)
    return Double(labels.scalars[cell] > 0.5 ? w.positive.scalars[k] : w.negative.scalars[k])
  }

  /// By the definition, in 64 bits: the loss, and its slope along each logit.
  private func expected(
    _ weight: (Int) -> Double, divisor: Double
  ) -> (loss: Double, slopes: [Double]) {
    var (loss, slopes) = (0.0, [Double](repeating: 0, count: 6))
    for cell in known {
      let (z, y) = (Double(logits.scalars[cell]), Double(labels.scalars[cell]))
      loss += weight(cell) * Double(binaryCrossEntropy(logit: Float(z), label: Float(y)))
      slopes[cell] = weight(cell) * (Double(logistic(Float(z))) - y) / divisor
    }
    return (loss / divisor, slopes)
  }

  private func check(
    _ expected: (loss: Double, slopes: [Double]), _ loss: (Variable) -> Variable
  ) throws {
    let (value, gradients) = Variable.differentiate([logits]) { loss($0[0]) }
    #expect(abs(Double(value.scalar) - expected.loss) < 1e-6)
    let slopes = try #require(gradients.first ?? nil).scalars
    try #require(slopes.count == 6)
    for (own, slope) in zip(slopes, expected.slopes) { #expect(abs(Double(own) - slope) < 1e-6) }
    #expect(slopes[1] == 0 && slopes[4] == 0)
  }

  @Test func thePlainLossIsTheMeanOfWhatIsKnown() throws {
    try check(expected({ _ in 1 }, divisor: 4)) { $0.binaryCrossEntropy(labels: labels) }
  }

  @Test func theWeightedLossIsASumOfWhatIsKnown() throws {
    try check(expected(weight, divisor: 3)) {
      $0.weightedBinaryCrossEntropy(
        labels: labels, negativeWeights: weights.negative, positiveWeights: weights.positive)
    }
  }
}
