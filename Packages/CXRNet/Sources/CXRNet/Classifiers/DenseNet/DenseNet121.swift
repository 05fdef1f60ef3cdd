import CXRParallel
import CXRTensor

/// DenseNet-121 (Huang, Liu, van der Maaten and Weinberger, *Densely Connected Convolutional Networks*, CVPR 2017) with
/// torchvision's structure and names: a strided convolution and a pooling, dense blocks with a halving transition between
/// them, a last normalisation, global average pooling and one logit a label.
///
/// In a transition the mean of 2×2 is taken before the 1×1 convolution, which has no bias: the two commute, and it is a quarter
/// of the work.
public struct DenseNet121: FilmClassifier {
  public static let name = "densenet121"
  public static let defaults: [String: Setting] = [
    "growth": .integer(32), "blocks": .integers([6, 12, 24, 16]), "bottleneck": .integer(4),
  ].merging(FilmInput.defaults) { $1 }.merging(
    NormSettings.defaults(epsilon: 1e-5, momentum: 0.9, variance: .unbiased)
  ) { $1 }

  public let architecture: Architecture
  public let imageSize: Int
  public let labels: Int
  public let filmConstants: FilmConstants?
  private var features: Sequential
  private var head: Sequential

  public init(
    _ architecture: Architecture, side: Int, labels: Int, random: RandomStream
  ) throws {
    let growth = try architecture.integer("growth", in: 1...512)
    let blocks = try architecture.integers("blocks", count: 1...6, in: 1...64)
    let bottleneck = try architecture.integer("bottleneck", in: 1...16)
    let norms = try NormSettings(architecture)
    let input = try FilmInput(architecture)
    // Two cells a side are left, so that even one film has a variance.
    let smallest = 4 << blocks.count
    guard side >= smallest else {
      throw NetError.imageTooSmall(size: side, smallest: smallest)
    }
    (self.architecture, imageSize, self.labels) = (architecture, side, labels)
    filmConstants = input.constants

    var channels = 2 * growth
    var layers: [(name: String, layer: any Layer)] = [
      ("conv0", input.convolution(to: channels, random: random.child("conv0"))),
      ("norm0", norms.norm(channels)), ("relu0", Activation.relu),
      ("pool0", MaxPool(window: 3, stride: 2, padding: .explicit(before: 1, after: 1))),
    ]
    for (place, count) in blocks.enumerated() {
      let name = "denseblock\(place + 1)"
      layers.append(
        (
          name,
          DenseBlock(
            from: channels, count: count, growth: growth, bottleneck: bottleneck, norms: norms,
            random: random.child(name))
        ))
      channels += count * growth
      guard place + 1 < blocks.count else { break }
      let transition = "transition\(place + 1)"
      layers.append(
        (
          transition,
          Sequential([
            ("norm", norms.norm(channels)), ("relu", Activation.relu), ("pool", AveragePool()),
            (
              "conv",
              Conv2D(
                unbiased: .heNormal(
                  [1, 1, channels, channels / 2], random: random.child(transition)))
            ),
          ])
        ))
      channels /= 2
    }
    let last = blocks.count + 1
    layers += [("norm\(last)", norms.norm(channels)), ("relu\(last)", Activation.relu)]
    features = Sequential(layers)
    head = Sequential([
      ("classifier", Dense(from: channels, to: labels, random: random.child("classifier")))
    ])
  }

  public mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {
    features.forEachParameter(at: path / "features", body)
    head.forEachParameter(at: path, body)
  }

  public func featureMaps(_ films: Variable, in pass: inout Pass) -> Variable {
    pass.apply(features, named: "features", to: films)
  }

  public func logits(ofFeatures features: Variable, in pass: inout Pass) -> Variable {
    head(features, in: &pass)
  }
}
