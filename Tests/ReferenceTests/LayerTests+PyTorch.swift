import CXRParallel
import CXRNet
import CXRTensor
import CXRTestSupport
import Testing

/// Layers as PyTorch has them: given borders, overlapping windows, a running average of the unbiased variance.
@Suite struct PyTorchLayerTests {
  private let arrays: [String: Tensor]

  init() throws { arrays = try Fixture.arrays("layers").mapValues(\.tensor) }

  private func array(_ name: String) throws -> Tensor { try #require(arrays[name], "\(name)") }

  private func check(
    _ name: String, inputs: Int = 1, tolerance: Double = 2e-6,
    sourceLocation: SourceLocation = #_sourceLocation, _ function: ([Variable]) -> Variable
  ) throws {
    let leaves = try (0..<inputs).map { try array("\(name)/input\($0)") }
    let (seed, expected) = (try array("\(name)/seed"), try array("\(name)/output"))
    var output = Tensor(repeating: .nan, shape: [])
    let (_, gradients) = Variable.differentiate(leaves) {
      let result = function($0)
      output = result.value
      return result.multiplied(by: seed).sum()
    }
    #expect(output.shape == expected.shape, "\(name)", sourceLocation: sourceLocation)
    #expect(
      relativeDistance(output.scalars, expected.scalars) < tolerance, "\(name): output",
      sourceLocation: sourceLocation)
    for i in 0..<inputs {
      let gradient = try #require(gradients[i], sourceLocation: sourceLocation)
      let reference = try array("\(name)/gradient\(i)")
      #expect(gradient.shape == reference.shape, "\(name)", sourceLocation: sourceLocation)
      #expect(
        relativeDistance(gradient.scalars, reference.scalars) < 5 * tolerance,
        "\(name): gradient \(i)", sourceLocation: sourceLocation)
    }
  }

  @Test func convolutionsInABorder() throws {
    let names = arrays.keys.filter { $0.hasPrefix("conv/") && $0.hasSuffix("/output") }
      .map { String($0.dropLast("/output".count)) }
    #expect(names.count == 8)
    for name in names {
      let fields = name.split(separator: "/")[1].split(separator: "_").compactMap { Int($0) }
      try #require(fields.count == 8)
      let (stride, padding) = (fields[6], Padding.explicit(before: fields[7], after: fields[7]))
      try check(name, inputs: 2) {
        $0[0].convolved(kernel: $0[1], stride: stride, padding: padding)
      }
    }
  }

  @Test(arguments: ["even", "odd"]) func poolingWithOverlaps(name: String) throws {
    let border = Padding.explicit(before: 1, after: 1)
    try check("max/\(name)", tolerance: 1e-12) {
      $0[0].maxPooled(window: 3, stride: 2, padding: border)
    }
    try check("average/\(name)/cells") {
      $0[0].averagePooled(window: 3, stride: 2, padding: border, countsPadding: true)
    }
    try check("average/\(name)/pixels") {
      $0[0].averagePooled(window: 3, stride: 2, padding: border)
    }
    try check("average/\(name)/2") { $0[0].averagePooled(window: 2) }
  }

  /// Two steps of training, each from the averages that the one before left, then prediction.
  @Test func batchNormalizationWithRunningAverages() throws {
    var norm = BatchNorm(channels: 5, momentum: 0.9, epsilon: 1e-5, runningVariance: .unbiased)
    norm.movingMean.value = try array("norm/mean")
    norm.movingVariance.value = try array("norm/variance")
    norm.gamma.value = try array("norm/0/input1")
    norm.beta.value = try array("norm/0/input2")
    for step in 0..<2 {
      let name = "norm/\(step)"
      try check(name, inputs: 3, tolerance: 1e-5) {
        $0[0].batchNormalized(scale: $0[1], shift: $0[2], epsilon: 1e-5).output
      }
      let (x, seed) = (try array("\(name)/input0"), try array("\(name)/seed"))
      var output = Tensor(repeating: .nan, shape: [])
      let gradients = norm.gradients(random: RandomStream(seed: 0)) { norm, pass in
        let y = norm(Variable(x), in: &pass)
        output = y.value
        return y.multiplied(by: seed).sum()
      }
      #expect(relativeDistance(output.scalars, try array("\(name)/output").scalars) < 1e-6)
      for (slot, gradient) in [(0, "gradient1"), (1, "gradient2")] {
        #expect(
          relativeDistance(
            gradients.tensors[slot]?.scalars ?? [], try array("\(name)/\(gradient)").scalars) < 1e-5
        )
      }
      let (mean, variance) = (
        try #require(gradients.statistics[2]), try #require(gradients.statistics[3])
      )
      #expect(relativeDistance(mean.scalars, try array("\(name)/mean").scalars) < 1e-6)
      #expect(relativeDistance(variance.scalars, try array("\(name)/variance").scalars) < 1e-6)
      norm.movingMean.value = mean
      norm.movingVariance.value = variance
    }
    var pass = Pass.inference()
    let y = norm(Variable(try array("norm/inference/input0")), in: &pass).value
    #expect(relativeDistance(y.scalars, try array("norm/inference/output").scalars) < 1e-6)
  }
}
