import CXRParallel
import CXRTensor

/// The reference network for chest films: blocks of convolution, ReLU, 2×2 max-pooling and batch
/// normalisation, then global average pooling, dropout and one logit a label.
///
/// With its defaults and 14 labels it has 530,638 parameters, 530,158 of them trained.
///
/// ```swift
/// let model = try ChestCNN(imageSize: 224, labels: 14, random: RandomStream(seed: 0))
/// let films = Tensor(repeating: 0, shape: [2, 224, 224, 1])
/// var pass = Pass.inference()
/// let probabilities = model.probabilities(films, in: &pass)   // [2, 14]
/// ```
public struct ChestCNN: FilmClassifier {
  public static let name = "chest-cnn"
  public static let recordedName = "ChestCNN"
  public static let defaults: [String: Setting] = [
    "channels": .integers([16, 32, 64, 128]), "kernel": .integer(7), "dropout": .number(0.2),
  ]

  public let imageSize: Int
  public let labels: Int
  /// Channels out of each block.
  public let channels: [Int]
  /// The side of every convolution kernel, in pixels.
  public let kernel: Int
  /// The share of features that training zeroes, as it was given.
  private let dropout: Double
  private var blocks: Sequential
  private var head: Sequential

  public init(
    _ architecture: Architecture, side: Int, labels: Int, random: RandomStream
  ) throws {
    try self.init(
      imageSize: side, labels: labels,
      channels: architecture.integers("channels", count: 1...16, in: 1...4096),
      kernel: architecture.integer("kernel", in: 1...63),
      dropout: architecture.number("dropout", in: 0...0.99), random: random)
  }

  /// A model with fresh weights; `dropout` is the share of features that training zeroes.
  /// - Throws: ``NetError/imageTooSmall(size:smallest:)``.
  public init(
    imageSize: Int, labels: Int, channels: [Int] = [16, 32, 64, 128], kernel: Int = 7,
    dropout: Double = 0.2, random: RandomStream
  ) throws {
    precondition(
      labels > 0 && kernel > 0 && !channels.isEmpty && channels.allSatisfy { $0 > 0 },
      "ChestCNN: \(labels) labels, kernel \(kernel), channels \(channels)")
    let smallest = channels.reduce(1) { size, _ in size * 2 + kernel - 1 }
    guard imageSize >= smallest else {
      throw NetError.imageTooSmall(size: imageSize, smallest: smallest)
    }
    (self.imageSize, self.labels, self.channels) = (imageSize, labels, channels)
    (self.kernel, self.dropout) = (kernel, dropout)
    blocks = Sequential(
      zip([1] + channels, channels).enumerated().map { i, block in
        let name = "block\(i + 1)"
        let conv = Conv2D(
          from: block.0, to: block.1, kernel: kernel, random: random.child(name).child("conv"))
        return (
          name,
          Sequential([
            ("conv", conv), ("relu", Activation.relu), ("pool", MaxPool()),
            ("norm", BatchNorm(channels: block.1)),
          ])
        )
      })
    head = Sequential([
      ("dropout", Dropout(rate: Float(dropout))),
      (
        "head",
        Dense(
          from: channels[channels.count - 1], to: labels, random: random.child("head"))
      ),
    ])
  }

  public var architecture: Architecture {
    Architecture(
      Self.recordedName,
      ["channels": .integers(channels), "kernel": .integer(kernel), "dropout": .number(dropout)])
  }

  public mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {
    blocks.forEachParameter(at: path, body)
    head.forEachParameter(at: path, body)
  }

  public func featureMaps(_ films: Variable, in pass: inout Pass) -> Variable {
    blocks(films, in: &pass)
  }

  public func logits(ofFeatures features: Variable, in pass: inout Pass) -> Variable {
    head(features, in: &pass)
  }
}
