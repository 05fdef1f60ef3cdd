import CXRParallel
import CXRTensor
import Testing

@testable import CXRNet

/// A network's gradients on several ranks are those of one, bit for bit.
@Suite(.serialized) struct RankTests {
  static let small: [(name: String, settings: [String: Setting])] = [
    ("chest-cnn", ["channels": .integers([8, 16, 16, 24]), "dropout": .number(0.4)]),
    ("densenet121", ["growth": .integer(12), "blocks": .integers([2, 2, 2, 2])]),
    (
      "densenet121",
      [
        "growth": .integer(8), "blocks": .integers([1, 1]), "input_channels": .integer(3),
        "input_constants": .text("imagenet"),
      ]
    ),
    ("resnet18", ["width": .integer(8)]),
    ("resnet50", ["width": .integer(4), "blocks": .integers([1, 2, 1, 1])]),
  ]

  /// Everything that a step knows, as bits.
  private struct Found: Equatable {
    var loss: UInt32
    var gradients: [[UInt32]?]
    var statistics: [Int: [UInt32]]
  }

  private func model(_ place: Int) throws -> any FilmClassifier {
    try Architectures.standard.make(
      Architecture(Self.small[place].name, Self.small[place].settings), side: side(place),
      labels: 3,
      random: RandomStream(seed: 7))
  }

  private func side(_ place: Int) -> Int { Self.small[place].name == "chest-cnn" ? 106 : 64 }

  private func found(
    _ model: some FilmClassifier, _ films: Tensor, _ labels: Tensor, _ shares: BatchShares,
    _ loss: Loss
  ) -> Found {
    let places = shares.firstPlace..<shares.firstPlace + shares.images
    func rows(_ tensor: Tensor) -> Tensor {
      let each = tensor.shape.count / tensor.shape[0]
      return Tensor(
        Array(tensor.scalars[places.lowerBound * each..<places.upperBound * each]),
        shape: Shape([places.count] + tensor.shape.dimensions.dropFirst()))
    }
    let gradients = model.gradients(random: RandomStream(seed: 3), shares: shares) { model, pass in
      loss(
        logits: model(Variable(images: rows(films), in: pass.shares), in: &pass),
        labels: rows(labels))
    }
    func bits(_ tensor: Tensor) -> [UInt32] { tensor.scalars.map(\.bitPattern) }
    return Found(
      loss: gradients.loss.bitPattern, gradients: gradients.tensors.map { $0.map(bits) },
      statistics: gradients.statistics.mapValues(bits))
  }

  /// Of 8 shares; with 9 images of 16 some ranks have none, and one has a single one.
  @Test(arguments: small.indices, [16, 9, 2]) func gradientsAreThoseOfOneProcess(
    place: Int, images: Int
  ) throws {
    let model = try model(place)
    var random = RandomStream(seed: 5)
    let side = side(place)
    let films = Tensor(
      (0..<images * side * side).map { _ in random.uniform(in: -2..<2) },
      shape: [images, side, side, 1])
    let labels = Tensor(
      (0..<images * 3).map { $0 % 7 == 3 ? .nan : $0 % 2 == 0 ? 1 : 0 }, shape: [images, 3])
    let whole = BatchShares(images: images, of: 16, count: 8)
    let focal = Loss("focal") { logits, labels in
      (logits - Variable(labels)).squared() * (1 / (1 + logits.squared()))
    }
    let weighted = Loss.weightedBinaryCrossEntropy(
      negative: Tensor([0.2, 0.4, 0.1], shape: [3]), positive: Tensor([0.8, 0.6, 0.9], shape: [3]))
    for loss in [weighted, focal, .binaryCrossEntropy] {
      let one = found(model, films, labels, whole, loss)
      for count in [1, 2, 3, 4, 8] {
        let all = LocalRanks.run(count) { ranks in
          whole.divided(among: ranks).map { self.found(model, films, labels, $0, loss) }
        }
        let active = all.compactMap { $0 }
        let runs = BatchShares.runs(ofShares: 8, ranks: count)
        #expect(active.count == runs.count { $0.lowerBound * 2 < images })
        for found in active { #expect(found == one, "\(count) ranks, \(loss.name)") }
      }
    }
  }
}
