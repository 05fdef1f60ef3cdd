import CXRParallel
import CXRTensor

/// A small residual network for chest films (He, Zhang, Ren and Sun, CVPR 2016): a strided convolution and a pooling,
/// stages of two-convolution blocks of which each stage but the first halves the sides, then global average pooling,
/// dropout and one logit a label.
public struct ChestResNet: FilmClassifier {
  public static let name = "chest-resnet"
  public static let defaults: [String: Setting] = [
    "channels": .integers([16, 32, 64, 128]), "blocks": .integer(2), "kernel": .integer(7),
    "dropout": .number(0.2),
  ].merging(NormSettings.defaults(epsilon: 1e-3, momentum: 0.99, variance: .biased)) { $1 }

  public let architecture: Architecture
  public let imageSize: Int
  public let labels: Int
  private var body: Sequential
  private var head: Sequential

  public init(
    _ architecture: Architecture, side: Int, labels: Int, random: RandomStream
  ) throws {
    let channels = try architecture.integers("channels", count: 1...8, in: 1...4096)
    let blocks = try architecture.integer("blocks", in: 1...64)
    let kernel = try architecture.integer("kernel", in: 1...63)
    let dropout = try architecture.number("dropout", in: 0...0.99)
    let norms = try NormSettings(architecture)
    // Two cells a side are left, so that even one film has a variance.
    let smallest = (2 << channels.count) + 1
    guard side >= smallest else {
      throw NetError.imageTooSmall(size: side, smallest: smallest)
    }
    (self.architecture, imageSize, self.labels) = (architecture, side, labels)

    func conv(
      _ inputs: Int, _ outputs: Int, _ kernel: Int, stride: Int = 1, _ random: RandomStream
    ) -> Conv2D {
      Conv2D(
        from: inputs, to: outputs, kernel: kernel, stride: stride,
        padding: .explicit(before: kernel / 2, after: kernel / 2), hasBias: false, random: random)
    }
    func block(_ inputs: Int, _ outputs: Int, stride: Int, _ random: RandomStream) -> Residual {
      let same = inputs == outputs && stride == 1
      return Residual(
        body: Sequential([
          ("conv1", conv(inputs, outputs, 3, stride: stride, random.child("conv1"))),
          ("norm1", norms.norm(outputs)), ("relu", Activation.relu),
          ("conv2", conv(outputs, outputs, 3, random.child("conv2"))),
          ("norm2", norms.norm(outputs)),
        ]),
        shortcut: same
          ? nil
          : Sequential([
            ("conv", conv(inputs, outputs, 1, stride: stride, random.child("shortcut"))),
            ("norm", norms.norm(outputs)),
          ]))
    }

    var layers: [(name: String, layer: any Layer)] = [
      ("conv", conv(1, channels[0], kernel, stride: 2, random.child("conv"))),
      ("norm", norms.norm(channels[0])), ("relu", Activation.relu),
      ("maximum", MaxPool(window: 3, stride: 2, padding: .explicit(before: 1, after: 1))),
    ]
    for (stage, outputs) in channels.enumerated() {
      for place in 0..<blocks {
        let name = "stage\(stage + 1)block\(place + 1)"
        let isFirst = place == 0
        layers.append(
          (
            name,
            block(
              isFirst && stage > 0 ? channels[stage - 1] : outputs, outputs,
              stride: isFirst && stage > 0 ? 2 : 1, random.child(name))
          ))
        layers.append((name + "relu", Activation.relu))
      }
    }
    body = Sequential(layers)
    head = Sequential([
      ("dropout", Dropout(rate: Float(dropout))),
      (
        "head",
        Dense(from: channels[channels.count - 1], to: labels, random: random.child("head"))
      ),
    ])
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
