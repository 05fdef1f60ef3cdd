import CXRTensor
import Testing

/// Element-wise operations with broadcasting, functions, and reductions over axes.
extension OperationTests {
  private func check(
    _ name: String, inputs: Int = 1, sourceLocation: SourceLocation = #_sourceLocation,
    _ function: ([Variable]) -> Variable
  ) throws {
    try check(name, in: "algebra", inputs: inputs, sourceLocation: sourceLocation) { x, _ in
      function(x)
    }
  }

  @Test(arguments: ["equal", "row", "column", "both", "scalar"])
  func broadcasting(kind: String) throws {
    try check("add/\(kind)", inputs: 2) { $0[0] + $0[1] }
    try check("subtract/\(kind)", inputs: 2) { $0[0] - $0[1] }
    try check("multiply/\(kind)", inputs: 2) { $0[0] * $0[1] }
    try check("divide/\(kind)", inputs: 2) { $0[0] / $0[1] }
    try check("maximum/\(kind)", inputs: 2) { .maximum($0[0], $0[1]) }
  }

  @Test func functions() throws {
    try check("exp") { $0[0].exp() }
    try check("log") { $0[0].log() }
    try check("sqrt") { $0[0].squareRoot() }
    try check("tanh") { $0[0].tanh() }
    try check("square") { $0[0].squared() }
    try check("power") { $0[0].raised(to: 2.5) }
    try check("cube") { $0[0].raised(to: 3) }
    try check("clip") { $0[0].clamped(to: -1.5...2) }
    try check("softmax") { $0[0].softmax() }
    try check("softmax1") { $0[0].softmax(axis: 1) }
  }

  @Test(arguments: [[0], [1], [2], [0, 2], [0, 1, 2]])
  func reductionsOverAxes(axes: [Int]) throws {
    let name = axes.map(String.init).joined()
    try check("sum\(name)") { $0[0].sum(over: axes) }
    try check("mean\(name)") { $0[0].mean(over: axes, keepingAxes: true) }
    try check("max\(name)") { $0[0].maximum(over: axes) }
  }

  @Test func slices() throws {
    try check("slice") { $0[0].sliced(1..<3, axis: 1) }
    try check("slice2") { $0[0].sliced(2..<5, axis: -1) }
  }
}
