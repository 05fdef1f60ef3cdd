import CXRNet
import CXRParallel
import CXRTensor
import Testing

@testable import CXRTraining

/// Averages that are set exactly, and what is said where moving ones lag.
@Suite struct NormAveragesTests {
  /// The first normalisation's averages are those of all its inputs, by hand in Double.
  @Test(arguments: [RunningVariance.biased, .unbiased])
  func theyAreThoseOfAllFilms(kind: RunningVariance) throws {
    var random = RandomStream(seed: 5)
    let films = Tensor(
      (0..<11 * 400).map { _ in random.uniform(in: -1..<3) }, shape: [11, 20, 20, 1])
    var model = try #require(
      try Architectures.standard.make(
        Architecture(
          "resnet18",
          [
            "width": .integer(2), "blocks": .integers([1]),
            "norm_variance": .text(kind.rawValue),
          ]), side: 20, labels: 3, random: RandomStream(seed: 3)) as? ResNet18)
    let kernel = try #require(model.namedArrays.first { $0.name == "conv1/kernel" })
    let values = Variable(films).convolved(
      kernel: Variable(Tensor(kernel.scalars, shape: Shape(kernel.shape))), stride: 2,
      padding: .explicit(before: 3, after: 3)
    ).value
    var averages = NormAverages()
    for part in [0..<4, 4..<8, 8..<11] {
      averages.add(
        model,
        Tensor(
          films.scalars[part.lowerBound * 400..<part.upperBound * 400],
          shape: [part.count, 20, 20, 1]), in: BatchShares(images: part.count, of: 4))
    }
    averages.set(in: &model)
    for c in 0..<2 {
      let own = values.scalars.enumerated().filter { $0.offset % 2 == c }.map { Double($0.element) }
      let mean = own.reduce(0, +) / Double(own.count)
      let squares = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let expected = squares / Double(own.count - (kind == .unbiased ? 1 : 0))
      func found(_ name: String) throws -> Double {
        Double(try #require(model.namedArrays.first { $0.name == "bn1/" + name }).scalars[c])
      }
      #expect(abs(try found("moving_mean") - mean) < 1e-6)
      #expect(abs(try found("moving_variance") - expected) < 1e-6 * expected)
    }
  }

  /// Few steps an epoch: moving averages still hold what they began with; exact ones do not.
  @Test func itIsSaidWhereAveragesLag() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let trainer = try set.trainer("run", set.options)
    let stale = try #require(trainer.staleShareOfAverages)
    var share = 1.0
    for _ in 0..<trainer.stepsPerEpoch { share *= 0.99 }
    #expect(abs(stale - share) < 1e-6 && stale > 0.9)
    var exact = set.options
    exact.recalibratesNorm = true
    #expect(try set.trainer("exact", exact).staleShareOfAverages == nil)
    // The run's averages are those of the training films as they are: the second run's differ from the first's.
    exact.epochs = 1
    var moving = set.options
    moving.epochs = 1
    try set.train("moving", moving)
    try set.train("again", exact)
    let (one, other) = (
      try ChestClassifier(path: set.folder + "/moving/best.npz").model.namedArrays,
      try ChestClassifier(path: set.folder + "/again/best.npz").model.namedArrays
    )
    for (a, b) in zip(one, other) {
      #expect((a.scalars == b.scalars) == !a.name.contains("moving"), "\(a.name)")
    }
  }

  @Test func standardisationsByName() throws {
    #expect(Standardisation("training") == .training && Standardisation("imagenet") == .imagenet)
    #expect(
      Standardisation("0.5,0.25") == .constants(FilmConstants(mean: 0.5, deviation: 0.25)))
    for text in ["", "0.5", "0.5,0", "2,1", "a,b", "0.5,0.25,1", "0.5,nan", "inf,1"] {
      #expect(Standardisation(text) == nil, "\(text)")
    }
    for one in [
      Standardisation.training, .imagenet, .constants(FilmConstants(mean: 0.1, deviation: 0.2)),
    ] {
      #expect(Standardisation(one.description) == one)
    }
    // A network that counts on constants takes no others.
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    options.preparation.imageSize = 64
    options.architecture = Architecture(
      "resnet18",
      [
        "width": .integer(2), "input_channels": .integer(3), "input_constants": .text("imagenet"),
      ])
    do {
      _ = try set.trainer("run", options)
      Issue.record("other constants were taken")
    } catch {
      #expect("\(error)".contains("give imagenet"))
    }
    options.standardisation = .imagenet
    _ = try set.trainer("right", options)
  }
}
