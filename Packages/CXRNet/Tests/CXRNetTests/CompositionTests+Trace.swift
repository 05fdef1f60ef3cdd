import CXRTensor
import Testing

@testable import CXRNet

// Summaries and receptive grids of networks that branch.
extension CompositionTests {
  @Test func aSummaryGoesDownIntoCompositions() throws {
    let net = Sequential([
      ("stem", Conv2D(from: 1, to: 4, kernel: 3, padding: border, hasBias: false, random: random)),
      (
        "stage",
        Sequential([
          (
            "one",
            Residual(
              body: body(from: 4, to: 6, stride: 2), shortcut: shortcut(from: 4, to: 6, stride: 2))
          ), ("two", Residual(body: body(from: 6, to: 6))),
        ])
      ), ("dense", DenselyConnected(body(from: 6, to: 3))), ("pool", GlobalAveragePooling()),
    ])
    let lines = try net.summary(for: [1, 8, 10, 1]).split(separator: "\n").map(String.init)
    let expected = [
      "stem Conv2D 3×3 [1, 8, 10, 4] 36", "stage/one/body/conv Conv2D 3×3 /2 [1, 4, 5, 6] 216",
      "stage/one/body/norm BatchNorm [1, 4, 5, 6] 24", "stage/one/body/relu ReLU [1, 4, 5, 6] 0",
      "stage/one/shortcut/conv Conv2D 1×1 /2 [1, 4, 5, 6] 24", "stage/one Residual [1, 4, 5, 6] 0",
      "stage/two/body/conv Conv2D 3×3 [1, 4, 5, 6] 324",
      "stage/two/body/norm BatchNorm [1, 4, 5, 6] 24", "stage/two/body/relu ReLU [1, 4, 5, 6] 0",
      "stage/two Residual [1, 4, 5, 6] 0", "dense/body/conv Conv2D 3×3 [1, 4, 5, 3] 162",
      "dense/body/norm BatchNorm [1, 4, 5, 3] 12", "dense/body/relu ReLU [1, 4, 5, 3] 0",
      "dense DenselyConnected [1, 4, 5, 9] 0", "pool GlobalAveragePooling [1, 9] 0",
    ]
    try #require(lines.count == expected.count + 3)
    for (line, expected) in zip(lines.dropFirst(2), expected) {
      #expect(line.split(separator: " ").joined(separator: " ") == expected)
    }
    let rows = expected.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
    #expect(net.parameterCount == rows.reduce(0, +))
    #expect(lines.last?.hasPrefix("\(net.parameterCount) parameters") == true)
    #expect(throws: NetError.self) { try net.summary(for: [1, 8, 10, 2]) }
  }

  @Test func gridsGoThroughCompositions() {
    let same = Sequential([
      (
        "conv",
        Conv2D(
          from: 1, to: 2, kernel: 7, stride: 2, padding: .explicit(before: 3, after: 3),
          hasBias: false, random: random)
      ),
      ("pool", MaxPool(window: 3, stride: 2, padding: border)),
      ("sum", Residual(body: body(from: 2, to: 2))),
      (
        "down",
        Residual(
          body: body(from: 2, to: 3, stride: 2), shortcut: shortcut(from: 2, to: 3, stride: 2))
      ), ("dense", DenselyConnected(body(from: 3, to: 1))), ("mean", AveragePool()),
    ])
    // Borders keep cells on their pixels, and the last mean is of two of them.
    let grid = ReceptiveGrid(of: same.traced([1, 224, 224, 1]))
    #expect(grid?.first == 4 && grid?.step == 16)
    let apart = Sequential([
      (
        "sum",
        Residual(body: Sequential([("pool", MaxPool())]), shortcut: body(from: 1, to: 1, stride: 2))
      )
    ])
    // Pixels 0 and 1 of the one, -1 to 1 of the other.
    let joined = ReceptiveGrid(of: apart.traced([1, 8, 8, 1]))
    #expect(joined?.first == 0 && joined?.step == 2 && joined?.field == 3)
  }
}
