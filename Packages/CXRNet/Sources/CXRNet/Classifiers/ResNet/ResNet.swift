import CXRParallel
import CXRTensor

/// ResNet-18.
public typealias ResNet18 = ResNet<ResNet18Kind>
/// ResNet-50.
public typealias ResNet50 = ResNet<ResNet50Kind>

/// A residual network (He, Zhang, Ren and Sun, CVPR 2016) with torchvision's structure and names: a strided convolution and a
/// pooling, four stages of blocks of which each but the first halves the sides and doubles the width, global average pooling
/// and one logit a label.
///
/// A strided 1×1 convolution reads only the pixels that it uses.
public struct ResNet<Kind: ResNetKind>: FilmClassifier {
  public static var name: String { Kind.name }
  public static var defaults: [String: Setting] {
    ["width": .integer(64), "blocks": .integers(Kind.blocks)]
      .merging(FilmInput.defaults) { $1 }.merging(
        NormSettings.defaults(epsilon: 1e-5, momentum: 0.9, variance: .unbiased)
      ) { $1 }
  }

  public let architecture: Architecture
  public let imageSize: Int
  public let labels: Int
  public let filmConstants: FilmConstants?
  private var body: Sequential
  private var head: Sequential

  public init(
    _ architecture: Architecture, side: Int, labels: Int, random: RandomStream
  ) throws {
    let width = try architecture.integer("width", in: 1...1024)
    let blocks = try architecture.integers("blocks", count: 1...6, in: 1...64)
    let norms = try NormSettings(architecture)
    let input = try FilmInput(architecture)
    // Two cells a side are left, so that even one film has a variance.
    let smallest = 4 << blocks.count
    guard side >= smallest else {
      throw NetError.imageTooSmall(size: side, smallest: smallest)
    }
    (self.architecture, imageSize, self.labels) = (architecture, side, labels)
    filmConstants = input.constants

    var layers: [(name: String, layer: any Layer)] = [
      ("conv1", input.convolution(to: width, random: random.child("conv1"))),
      ("bn1", norms.norm(width)), ("relu", Activation.relu),
      ("maxpool", MaxPool(window: 3, stride: 2, padding: .explicit(before: 1, after: 1))),
    ]
    var channels = width
    for (stage, count) in blocks.enumerated() {
      let name = "layer\(stage + 1)"
      let own = (0..<count).map { place -> (name: String, layer: any Layer) in
        defer { channels = (width << stage) * Kind.expansion }
        return (
          "\(place)",
          Self.block(
            from: channels, width: width << stage, stride: place == 0 && stage > 0 ? 2 : 1, norms,
            random.child(name).child(place))
        )
      }
      layers.append((name, Sequential(own)))
    }
    body = Sequential(layers)
    head = Sequential([("fc", Dense(from: channels, to: labels, random: random.child("fc")))])
  }

  private static func block(
    from inputs: Int, width: Int, stride: Int, _ norms: NormSettings, _ random: RandomStream
  ) -> ResNetBlock {
    let outputs = width * Kind.expansion
    func conv(_ name: String, _ inputs: Int, _ outputs: Int, _ side: Int, stride: Int = 1) -> Conv2D
    {
      Conv2D(
        unbiased: .heNormal([side, side, inputs, outputs], random: random.child(name)),
        stride: stride)
    }
    let body: [(name: String, layer: any Layer)] =
      Kind.expansion == 1
      ? [
        ("conv1", conv("conv1", inputs, width, 3, stride: stride)), ("bn1", norms.norm(width)),
        ("relu1", Activation.relu), ("conv2", conv("conv2", width, outputs, 3)),
        ("bn2", norms.norm(outputs)),
      ]
      : [
        ("conv1", conv("conv1", inputs, width, 1)), ("bn1", norms.norm(width)),
        ("relu1", Activation.relu), ("conv2", conv("conv2", width, width, 3, stride: stride)),
        ("bn2", norms.norm(width)), ("relu2", Activation.relu),
        ("conv3", conv("conv3", width, outputs, 1)), ("bn3", norms.norm(outputs)),
      ]
    return ResNetBlock(
      body: Sequential(body),
      downsample: inputs == outputs && stride == 1
        ? nil
        : Sequential([
          ("0", conv("downsample", inputs, outputs, 1, stride: stride)),
          ("1", norms.norm(outputs)),
        ]))
  }

  public mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {
    self.body.forEachParameter(at: path, body)
    head.forEachParameter(at: path, body)
  }

  public func featureMaps(_ films: Variable, in pass: inout Pass) -> Variable {
    body(films, in: &pass)
  }

  public func logits(ofFeatures features: Variable, in pass: inout Pass) -> Variable {
    head(features, in: &pass)
  }
}
