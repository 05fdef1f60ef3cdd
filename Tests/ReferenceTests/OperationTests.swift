import CXRTensor
import CXRTestSupport
import Testing

/// Every operation's output and gradients against TensorFlow's.
@Suite struct OperationTests {
  func check(
    _ name: String, in fixture: String = "operations", inputs: Int = 1, tolerance: Double = 2e-6,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ function: ([Variable], [String: Tensor]) -> Variable
  ) throws {
    let arrays = try Fixture.arrays(fixture).mapValues(\.tensor)
    let leaves = try (0..<inputs).map { try #require(arrays["\(name)/input\($0)"]) }
    let seed = try #require(arrays["\(name)/seed"])
    let expected = try #require(arrays["\(name)/output"])
    var output = Tensor(repeating: .nan, shape: [])
    let (_, gradients) = Variable.differentiate(leaves) { variables in
      let result = function(variables, arrays)
      output = result.value
      return result.multiplied(by: seed).sum()
    }
    #expect(output.shape == expected.shape, "\(name)", sourceLocation: sourceLocation)
    let distance = relativeDistance(output.scalars, expected.scalars)
    #expect(distance < tolerance, "\(name): output", sourceLocation: sourceLocation)
    for i in 0..<inputs {
      let reference = try #require(arrays["\(name)/gradient\(i)"])
      let gradient = try #require(gradients[i], sourceLocation: sourceLocation)
      let distance = relativeDistance(gradient.scalars, reference.scalars)
      #expect(distance < 5 * tolerance, "\(name): gradient \(i)", sourceLocation: sourceLocation)
    }
  }

  @Test func matrixProduct() throws {
    try check("matmul", inputs: 2) { x, _ in x[0].matrixProduct(x[1]) }
  }
  @Test func addition() throws {
    try check("add", inputs: 2) { x, _ in x[0] + x[1] }
    try check("addRow", inputs: 2) { x, _ in x[0] + x[1] }
  }
  @Test func activations() throws {
    try check("relu") { x, _ in x[0].relu() }
    try check("sigmoid") { x, _ in x[0].sigmoid() }
  }
  @Test func convolutions() throws {
    let names = try Fixture.arrays("operations").keys.filter {
      $0.hasPrefix("conv/") && $0.hasSuffix("/output")
    }.map { String($0.dropLast("/output".count)) }
    #expect(names.count == 7)
    for name in names {
      let fields = name.split(separator: "/")[1].split(separator: "_").map(String.init)
      let stride = try #require(Int(fields[7]))
      let padding = try #require(["valid": Padding.valid, "same": .same][fields[8]])
      try check(name, inputs: 3) { x, _ in
        x[0].convolved(kernel: x[1], bias: x[2], stride: stride, padding: padding)
      }
    }
  }
  @Test func pooling() throws {
    try check("maxPool2") { x, _ in x[0].maxPooled(window: 2) }
    try check("maxPool3") { x, _ in x[0].maxPooled(window: 3) }
    try check("averagePool2") { x, _ in x[0].averagePooled(window: 2) }
    try check("globalAverage") { x, _ in x[0].globalAveragePooled() }
  }
  @Test func reductionsAndShapes() throws {
    try check("sum") { x, _ in x[0].sum() }
    try check("mean") { x, _ in x[0].mean() }
    try check("reshape") { x, _ in x[0].reshaped(to: [2, 6]) }
    try check("concat1", inputs: 2) { x, _ in .concatenated(x, axis: 1) }
    try check("concat2", inputs: 2) { x, _ in .concatenated(x, axis: 2) }
  }
  @Test func batchNormalization() throws {
    try check("norm", inputs: 3, tolerance: 1e-5) { x, _ in
      x[0].batchNormalized(scale: x[1], shift: x[2], epsilon: 1e-3).output
    }
  }
  @Test func losses() throws {
    try check("bce") { x, a in
      x[0].binaryCrossEntropy(labels: a["loss/labels"] ?? Tensor(repeating: 0, shape: []))
    }
    try check("weightedBCE") { x, a in
      let missing = Tensor(repeating: 0, shape: [])
      return x[0].weightedBinaryCrossEntropy(
        labels: a["loss/labels"] ?? missing, negativeWeights: a["loss/negative"] ?? missing,
        positiveWeights: a["loss/positive"] ?? missing)
    }
  }
}
