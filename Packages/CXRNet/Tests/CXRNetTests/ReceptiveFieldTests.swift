import CXRParallel
import CXRTensor
import Testing

@testable import CXRNet

/// A cell of the feature maps depends on the pixels of its box, on all of them, and on no other.
@Suite struct ReceptiveFieldTests {
  private let random = RandomStream(seed: 11)

  @Test(arguments: FieldNetworkTests.small.indices) func ofNetworksOfTheField(place: Int) throws {
    let small = FieldNetworkTests.small[place]
    let model = try Architectures.standard.make(
      Architecture(small.name, small.settings.merging(["blocks": .integers([1, 1])]) { $1 }),
      side: 57,
      labels: 1, random: random)
    func check(_ model: some FilmClassifier) {
      let model = positive(model)
      self.check({ model.featureMaps($0, in: &$1) }, model.grid, side: 57, cells: [0, 3])
    }
    check(model)
  }

  /// The same with positive numbers in all parameters, so that no way through the network is cut.
  private func positive<Model: Module>(_ model: Model) -> Model {
    var (model, values) = (model, random.child("values"))
    model.forEachParameter(at: .root) { path, parameter in
      let isMean = path.description.hasSuffix("moving_mean")
      parameter.value.withMutableScalars { scalars in
        for i in scalars.indices { scalars[i] = isMean ? 0 : values.uniform(in: 0.1..<1) }
      }
    }
    return model
  }

  /// The rows and columns of pixels that move a cell on any of many films.
  private func pixels(
    moving cell: (row: Int, column: Int), side: Int, films count: Int,
    _ maps: (Variable, inout Pass) -> Variable
  ) -> Set<[Int]> {
    var (found, values) = (Set<[Int]>(), random.child("films"))
    let films = Tensor(
      (0..<count * side * side).map { _ in values.uniform() }, shape: [count, side, side, 1])
    let (_, gradients) = Variable.differentiate([films]) { leaves in
      var pass = Pass.inference()
      return maps(leaves[0], &pass).sliced(cell.row..<cell.row + 1, axis: 1)
        .sliced(cell.column..<cell.column + 1, axis: 2).sum()
    }
    guard let slopes = gradients[0] else { return [] }
    // Tiles in the frequency domain leave rounding where there is nothing.
    let least = 1e-6 * (slopes.scalars.map(abs).max() ?? 0)
    for (i, slope) in slopes.scalars.enumerated() where abs(slope) > least {
      found.insert([i / side % side, i % side])
    }
    return found
  }

  /// The pixels of a film's box that a grid states.
  private func box(_ grid: ReceptiveGrid, _ cell: (row: Int, column: Int), side: Int) -> Set<[Int]>
  {
    func range(_ place: Int) -> Range<Int> {
      guard let field = grid.field else { return 0..<side }
      let low = grid.first - (field - 1) / 2 + Double(place) * grid.step
      return max(0, Int(low))..<min(side, Int(low + field))
    }
    return Set(range(cell.row).flatMap { row in range(cell.column).map { [row, $0] } })
  }

  private func check(
    _ maps: (Variable, inout Pass) -> Variable, _ grid: ReceptiveGrid, side: Int, cells: [Int]
  ) {
    for cell in zip(cells, cells.reversed()) {
      let (stated, found) = (
        box(grid, cell, side: side), pixels(moving: cell, side: side, films: 400, maps)
      )
      // Sets of hundreds of pixels are nothing to print.
      let isEqual = found == stated
      #expect(
        isEqual,
        "cell \(cell): \(stated.subtracting(found).count) still, \(found.subtracting(stated).count) outside"
      )
    }
  }

  @Test func ofTheReferenceNetwork() throws {
    let model = positive(
      try ChestCNN(imageSize: 60, labels: 1, channels: [2, 2], kernel: 3, random: random))
    #expect(model.grid.first == 4.5 && model.grid.step == 4 && model.grid.field == 10)
    check({ model.featureMaps($0, in: &$1) }, model.grid, side: 60, cells: [0, 5, 12])
  }

  @Test func ofAResidualNetwork() throws {
    let architecture = try Architectures.standard.complete(
      Architecture(
        "chest-resnet",
        ["channels": .integers([2, 3]), "blocks": .integer(1), "kernel": .integer(3)]))
    let model = positive(try ChestResNet(architecture, side: 97, labels: 1, random: random))
    #expect(model.grid.step == 8 && model.grid.field == 47 && model.grid.first == 0)
    check({ model.featureMaps($0, in: &$1) }, model.grid, side: 97, cells: [0, 6, 12])
  }

  /// Branches of other windows, strides that leave pixels out, and concatenation.
  @Test func ofBranches() throws {
    let inner = random
    let layers = positive(
      Sequential([
        ("pool", AveragePool(window: 2, stride: 2)),
        (
          "dense",
          DenselyConnected(
            Sequential([
              ("conv", Conv2D(from: 1, to: 2, kernel: 5, padding: .same, random: inner))
            ]))
        ),
        (
          "residual",
          Residual(
            body: Sequential([
              (
                "conv",
                Conv2D(
                  from: 3, to: 3, kernel: 3, padding: .explicit(before: 2, after: 0), random: inner)
              )
            ]))
        ),
        ("max", MaxPool(window: 3, stride: 2, padding: .explicit(before: 1, after: 1))),
      ]))
    let graph = layers.traced([1, 42, 42, 1])
    let grid = try #require(ReceptiveGrid(of: graph))
    #expect(grid.step == 4)
    check({ layers($0, in: &$1) }, grid, side: 42, cells: [0, 4, 9])
  }

  /// A gate that looks at the whole film, as squeeze and excitation do.
  @Test func ofAGate() throws {
    let graph = TracedGraph { recorder in
      let film = recorder.input([1, 20, 20, 4])
      let pooled = film.maxPooled(window: 2)
      return [pooled * pooled.mean(over: [1, 2], keepingAxes: true).sigmoid()]
    }
    let grid = try #require(ReceptiveGrid(of: graph))
    #expect(grid.first == 0.5 && grid.step == 2 && grid.field == nil)
    // Rows and columns that are not alike have no grid of squares.
    let wide = TracedGraph { recorder in
      [recorder.input([1, 9, 9, 1]).convolved(kernel: recorder.parameter("k", [3, 5, 1, 1]))]
    }
    #expect(ReceptiveGrid(of: wide) == nil)
    let lost = TracedGraph { [$0.input([1, 4, 4, 1]).reshaped(to: [1, 16])] }
    #expect(ReceptiveGrid(of: lost) == nil)
  }
}
