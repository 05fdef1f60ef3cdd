import CXRParallel
import Testing

@testable import CXRTensor

/// A pass on shapes alone tells the shapes that a pass with numbers has.
@Suite struct TraceTests {
  private static let cases:
    [(name: String, inputs: [Shape], function: @Sendable ([Variable]) -> Variable)] =
      [
        ("relu", [[2, 3]], { $0[0].relu() }), ("sigmoid", [[2, 3]], { $0[0].sigmoid() }),
        ("multiplied", [[2, 3]], { $0[0].multiplied(by: Tensor(repeating: 1, shape: [2, 3])) }),
        ("dropout", [[4, 5]], { $0[0].dropout(rate: 0.5, random: RandomStream(seed: 0)) }),
        ("exp", [[3]], { $0[0].exp() }), ("log", [[3]], { $0[0].log() }),
        ("squareRoot", [[3]], { $0[0].squareRoot() }), ("tanh", [[3]], { $0[0].tanh() }),
        ("squared", [[3]], { $0[0].squared() }), ("raised", [[3]], { $0[0].raised(to: 3) }),
        ("clamped", [[3]], { $0[0].clamped(to: 0...1) }),
        ("softmax", [[3, 4]], { $0[0].softmax(axis: 0) }),
        ("+", [[2, 1, 4], [3, 1]], { $0[0] + $0[1] }), ("-", [[4], [2, 4]], { $0[0] - $0[1] }),
        ("*", [[2, 3], []], { $0[0] * $0[1] }), ("/", [[2, 3], [3]], { $0[0] / $0[1] }),
        ("maximum", [[2, 3], [3]], { .maximum($0[0], $0[1]) }),
        ("numbers", [[2, 3]], { 1 - (2 * -$0[0] + 3) / 4 }), ("sum", [[2, 3]], { $0[0].sum() }),
        ("mean", [[2, 3]], { $0[0].mean() }),
        ("sum over", [[2, 3, 4]], { $0[0].sum(over: [0, -1]) }),
        ("mean over", [[2, 3, 4]], { $0[0].mean(over: [1], keepingAxes: true) }),
        ("maximum over", [[2, 3, 4]], { $0[0].maximum(over: [2]) }),
        ("reshaped", [[2, 6]], { $0[0].reshaped(to: [3, 4]) }),
        ("concatenated", [[2, 1, 3], [2, 4, 3]], { .concatenated($0, axis: 1) }),
        ("sliced", [[2, 5, 3]], { $0[0].sliced(1..<3, axis: 1) }),
        ("matrixProduct", [[2, 5], [5, 3]], { $0[0].matrixProduct($0[1]) }),
        (
          "batchNormalized", [[2, 4, 4, 3], [3], [3]],
          { $0[0].batchNormalized(scale: $0[1], shift: $0[2], epsilon: 0.001).output }
        ), ("scaledAndShifted", [[2, 3], [3], [3]], { $0[0].scaledAndShifted(by: $0[1], $0[2]) }),
        (
          "binaryCrossEntropy", [[2, 3]],
          { $0[0].binaryCrossEntropy(labels: Tensor(repeating: 1, shape: [2, 3])) }
        ),
        (
          "weightedBinaryCrossEntropy", [[2, 3]],
          {
            let ones = Tensor(repeating: 1, shape: [3])
            return $0[0].weightedBinaryCrossEntropy(
              labels: Tensor(repeating: 1, shape: [2, 3]), negativeWeights: ones,
              positiveWeights: ones
            )
          }
        ),
        (
          "convolved", [[2, 9, 8, 3], [3, 3, 3, 4], [4]],
          {
            $0[0].convolved(
              kernel: $0[1], bias: $0[2], stride: 2, padding: .explicit(before: 1, after: 2))
          }
        ), ("no bias", [[2, 9, 9, 3], [5, 5, 3, 4]], { $0[0].convolved(kernel: $0[1]) }),
        (
          "maxPooled", [[2, 9, 8, 3]],
          { $0[0].maxPooled(window: 3, stride: 2, padding: .explicit(before: 1, after: 1)) }
        ), ("averagePooled", [[2, 9, 8, 3]], { $0[0].averagePooled(window: 2, padding: .same) }),
        ("globalAveragePooled", [[2, 9, 8, 3]], { $0[0].globalAveragePooled() }),
        (
          "convolutionBlock", [[2, 24, 22, 8], [7, 7, 8, 16], [16], [16], [16]],
          {
            $0[0].convolutionBlock(
              kernel: $0[1], bias: $0[2], scale: $0[3], shift: $0[4], epsilon: 0.001
            ).output
          }
        ),
      ]

  @Test(arguments: cases.indices) func shapesAreThoseOfNumbers(place: Int) throws {
    let (name, shapes, function) = Self.cases[place]
    let numbers = function(
      shapes.enumerated().map { Variable(Tensor.random($1, seed: UInt64($0))) })
    let graph = TracedGraph { recorder in [function(shapes.map { recorder.input($0) })] }
    let output = try #require(graph.outputs.first)
    #expect(graph.nodes[output].shape == numbers.shape, "\(name)")
    guard case .operation(let operation) = graph.nodes[output].source else {
      Issue.record("\(name) is no operation")
      return
    }
    #expect(!operation.name.isEmpty && !graph.nodes[output].inputs.isEmpty, "\(name)")
    // A traced variable among constants is enough, and the constants are nodes.
    let mixed = TracedGraph { recorder in
      [
        function(
          shapes.enumerated().map {
            $0 == 0 ? recorder.input($1) : Variable(Tensor(repeating: 1, shape: $1))
          })
      ]
    }
    #expect(mixed.nodes[mixed.outputs[0]].shape == numbers.shape, "\(name)")
  }

  /// y = relu(x·w) of 100 films: x and w are kept for gradients, y by the slope; the gradient of x is asked of nobody.
  @Test func memoryIsCountedByHand() {
    let graph = TracedGraph { recorder in
      let (x, w) = (recorder.input([100, 50]), recorder.parameter("w", [50, 20]))
      return [x.matrixProduct(w).relu().sum()]
    }
    let (x, y) = (4 * 100 * 50, 4 * 100 * 20)
    // The product beside what relu makes of it; nothing as small as this is kept for later.
    #expect(graph.inferenceBytes == x + 2 * y)
    // Backward, y stands beside the slopes of relu's output and of the product, and the sum is still there.
    #expect(graph.trainingBytes == x + 3 * y + 4)
  }

  @Test func scopesNameLayers() {
    let graph = TracedGraph { recorder in
      let x = recorder.input([1, 4])
      recorder.enter("outer")
      recorder.enter("inner")
      let y = x.relu()
      recorder.leave(kind: "ReLU", shape: y.shape, parameterCount: 0)
      recorder.leave(kind: "Sequential", shape: y.shape, parameterCount: 3)
      return [y]
    }
    #expect(graph.layers.map(\.path) == ["outer/inner", "outer"])
    #expect(graph.layers.map(\.hasInner) == [false, true])
    #expect(graph.nodes.last?.scope == "outer/inner")
  }
}
