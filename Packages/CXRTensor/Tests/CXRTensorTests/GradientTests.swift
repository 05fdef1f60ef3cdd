import CXRParallel
import Testing

@testable import CXRTensor

/// Every operation's gradient against central differences.
@Suite struct GradientTests {
  private func check(
    _ name: String, _ shapes: [Shape], step: Float = 1e-2, tolerance: Float = 2e-2,
    sourceLocation: SourceLocation = #_sourceLocation, _ function: ([Variable]) -> Variable
  ) {
    let leaves = shapes.enumerated().map { Tensor.random($1, seed: UInt64(40 + $0)) }
    var seed: Tensor?
    func value(_ leaves: [Variable]) -> Variable {
      let y = function(leaves)
      let weights = seed ?? Tensor.random(y.shape, seed: 99)
      seed = weights
      return y.multiplied(by: weights).sum()
    }
    let (_, gradients) = Variable.differentiate(leaves, value)
    for (i, leaf) in leaves.enumerated() {
      guard let gradient = gradients[i], gradient.shape == leaf.shape else {
        Issue.record("\(name): input \(i) has no gradient", sourceLocation: sourceLocation)
        continue
      }
      for j in 0..<leaf.shape.count {
        func at(_ h: Float) -> Float {
          var moved = leaves
          moved[i].withMutableScalars { $0[j] += h }
          return value(moved.map { Variable($0) }).value.scalar
        }
        let numeric = (at(step) - at(-step)) / (2 * step)
        let exact = gradient.scalars[j]
        #expect(
          abs(numeric - exact) < tolerance * max(1, abs(exact)), "\(name): input \(i)[\(j)]",
          sourceLocation: sourceLocation)
      }
    }
  }

  @Test func ofEveryOperation() {
    check("matrixProduct", [[3, 4], [4, 2]]) { $0[0].matrixProduct($0[1]) }
    check("add", [[3, 4], [3, 4]]) { $0[0] + $0[1] }
    check("add row", [[2, 3, 4], [4]]) { $0[0] + $0[1] }
    check("row add", [[4], [2, 3, 4]]) { $0[0] + $0[1] }
    check("sigmoid", [[3, 4]]) { $0[0].sigmoid() }
    check("relu", [[3, 4]], step: 1e-3) { $0[0].relu() }
    check("convolved valid", [[1, 5, 4, 2], [2, 3, 2, 3], [3]]) {
      $0[0].convolved(kernel: $0[1], bias: $0[2])
    }
    check("convolved same", [[2, 5, 4, 2], [3, 3, 2, 2], [2]]) {
      $0[0].convolved(kernel: $0[1], bias: $0[2], stride: 2, padding: .same)
    }
    check("averagePooled", [[1, 5, 4, 2]]) { $0[0].averagePooled(window: 2) }
    check("maxPooled", [[1, 5, 4, 2]], step: 1e-4, tolerance: 0.1) { $0[0].maxPooled(window: 2) }
    let border = Padding.explicit(before: 1, after: 1)
    check("convolved in a border", [[2, 5, 4, 2], [3, 3, 2, 2], [2]]) {
      $0[0].convolved(kernel: $0[1], bias: $0[2], stride: 2, padding: border)
    }
    check("averagePooled overlapping", [[1, 5, 4, 2]]) {
      $0[0].averagePooled(window: 3, stride: 2, padding: border)
    }
    check("averagePooled of all cells", [[1, 5, 4, 2]]) {
      $0[0].averagePooled(window: 3, stride: 1, padding: border, countsPadding: true)
    }
    check("maxPooled overlapping", [[1, 5, 4, 2]], step: 1e-4, tolerance: 0.1) {
      $0[0].maxPooled(window: 3, stride: 2, padding: border)
    }
    check("globalAveragePooled", [[2, 3, 4, 2]]) { $0[0].globalAveragePooled() }
    check("batchNormalized", [[3, 2, 2, 2], [2], [2]]) {
      $0[0].batchNormalized(scale: $0[1], shift: $0[2], epsilon: 1e-3).output
    }
    check("batchNormalizedAndRectified", [[3, 2, 2, 2], [2], [2]], step: 1e-4, tolerance: 0.1) {
      $0[0].batchNormalizedAndRectified(.batch, scale: $0[1], shift: $0[2], epsilon: 1e-3).output
    }
    check(
      "batchNormalizedAndRectified plus", [[3, 2, 2, 2], [3, 2, 2, 2], [2], [2]], step: 1e-4,
      tolerance: 0.1
    ) {
      $0[0].batchNormalizedAndRectified(
        plus: $0[1], .batch, scale: $0[2], shift: $0[3], epsilon: 1e-3
      ).output
    }
    check("scaledAndShifted", [[2, 3, 2], [2], [2]]) { $0[0].scaledAndShifted(by: $0[1], $0[2]) }
    check("dropout", [[4, 5]]) { $0[0].dropout(rate: 0.4, random: RandomStream(seed: 3)) }
    check("sum", [[3, 2]]) { $0[0].sum() }
    check("mean", [[3, 2]]) { $0[0].mean() }
    check("reshaped", [[3, 2]]) { $0[0].reshaped(to: [2, 3]) }
    check("concatenated", [[2, 3], [2, 1]]) { .concatenated($0, axis: 1) }
    check("add broadcast", [[2, 1, 4], [3, 1]]) { $0[0] + $0[1] }
    check("subtract", [[2, 3, 4], [2, 1, 1]]) { $0[0] - $0[1] }
    check("multiply", [[2, 1, 4], [3, 1]]) { $0[0] * $0[1] }
    check("divide", [[2, 3], [3]], step: 1e-3) { $0[0] / ($0[1] * $0[1] + 1) }
    check("maximum", [[2, 3], [2, 1]], step: 1e-3) { .maximum($0[0], $0[1]) }
    check("exp", [[2, 3]]) { $0[0].exp() }
    check("log", [[2, 3]], step: 1e-3) { ($0[0] + 2).log() }
    check("squareRoot", [[2, 3]], step: 1e-3) { ($0[0] + 2).squareRoot() }
    check("tanh", [[2, 3]]) { $0[0].tanh() }
    check("squared", [[2, 3]]) { $0[0].squared() }
    check("raised", [[2, 3]], step: 1e-3) { ($0[0] + 2).raised(to: 2.5) }
    check("clamped", [[4, 5]], step: 1e-4, tolerance: 0.1) { $0[0].clamped(to: -0.5...0.4) }
    check("softmax", [[2, 3, 4]]) { $0[0].softmax(axis: 1) }
    check("sum over", [[2, 3, 4]]) { $0[0].sum(over: [0, 2]) }
    check("mean over", [[2, 3, 4]]) { $0[0].mean(over: [-1], keepingAxes: true) }
    check("maximum over", [[2, 3, 4]], step: 1e-4, tolerance: 0.1) { $0[0].maximum(over: [1]) }
    check("sliced", [[2, 3, 4]]) { $0[0].sliced(1..<3, axis: 2) }
    let labels = Tensor([1, 0, 0, 1, 1, 0], shape: [2, 3])
    check("binaryCrossEntropy", [[2, 3]]) { $0[0].binaryCrossEntropy(labels: labels) }
    check("weightedBinaryCrossEntropy", [[2, 3]]) {
      $0[0].weightedBinaryCrossEntropy(
        labels: labels, negativeWeights: Tensor([0.5, 1, 2], shape: [3]),
        positiveWeights: Tensor([3, 7, 1], shape: [3]))
    }
  }

  @Test func aValueUsedTwiceGetsBothGradients() {
    let x = Tensor([2, 3], shape: [2])
    let (_, gradients) = Variable.differentiate([x]) { ($0[0] + $0[0] + $0[0].relu()).sum() }
    #expect(gradients[0]?.scalars == [3, 3])
  }

  @Test func constantsRecordNothing() {
    let (value, gradients) = Variable.differentiate([Tensor([1], shape: [1])]) { _ in
      Variable(Tensor([5], shape: []))
    }
    #expect(value.scalar == 5 && gradients[0] == nil)
  }

  @Test func crossEntropyIsExactAtTheEnds() {
    #expect(binaryCrossEntropy(logit: 100, label: 0) == 100)
    #expect(binaryCrossEntropy(logit: -100, label: 1) == 100)
    #expect(binaryCrossEntropy(logit: 100, label: 1) < 1e-37)
    let (_, gradients) = Variable.differentiate([Tensor([100, -100], shape: [1, 2])]) {
      $0[0].binaryCrossEntropy(labels: Tensor([0, 1], shape: [1, 2]))
    }
    #expect(gradients[0]?.scalars == [0.5, -0.5])
  }

  /// Cells of unknown labels take no part: the others count as if they were alone.
  @Test func unknownLabelsAreLeftOut() throws {
    let x = Tensor([0.5, -1, 2, 0.25, 3, -2], shape: [2, 3])
    let labels = Tensor([1, .nan, 0, .nan, 1, 0], shape: [2, 3])
    let known = [0, 2, 4, 5]
    let (value, gradients) = Variable.differentiate([x]) {
      $0[0].binaryCrossEntropy(labels: labels)
    }
    let (alone, expected) = Variable.differentiate([
      Tensor(known.map { x.scalars[$0] }, shape: [1, 4])
    ]) { $0[0].binaryCrossEntropy(labels: Tensor([1, 0, 1, 0], shape: [1, 4])) }
    #expect(value.scalar == alone.scalar)
    try #require(gradients[0]?.shape == x.shape && expected[0]?.shape == [1, 4])
    #expect(gradients[0]?.scalars[1] == 0 && gradients[0]?.scalars[3] == 0)
    for (place, i) in known.enumerated() {
      #expect(gradients[0]?.scalars[i] == expected[0]?.scalars[place])
    }
    let (negative, positive) = (
      Tensor([0.5, 1, 2], shape: [3]), Tensor([3, 7, 1], shape: [3])
    )
    let (weighted, slopes) = Variable.differentiate([x]) {
      $0[0].weightedBinaryCrossEntropy(
        labels: labels, negativeWeights: negative, positiveWeights: positive)
    }
    let terms: [Float] = [
      3 * binaryCrossEntropy(logit: 0.5, label: 1), 2 * binaryCrossEntropy(logit: 2, label: 0),
      7 * binaryCrossEntropy(logit: 3, label: 1), 2 * binaryCrossEntropy(logit: -2, label: 0),
    ]
    #expect(abs(weighted.scalar - terms.reduce(0, +) / 2) < 1e-6)
    try #require(slopes[0]?.shape == x.shape)
    #expect(slopes[0]?.scalars[1] == 0 && slopes[0]?.scalars[3] == 0)
    let (none, nothing) = Variable.differentiate([x]) {
      $0[0].binaryCrossEntropy(labels: Tensor(repeating: .nan, shape: [2, 3]))
    }
    #expect(none.scalar == 0 && nothing[0]?.scalars.allSatisfy { $0 == 0 } == true)
  }
}
